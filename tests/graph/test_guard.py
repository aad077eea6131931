"""Cells and file names from strangers."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulian.graph.guard import GUARDED, guard_csv, plain, safe_filename
from bulian.viz.evidence import web_address

RUNNING = "=+-@\t\r＝＋－＠"


@pytest.mark.parametrize("lead", ["", " ", "\ufeff", "\u200b", " \u3000\ufeff", "\n"])
@pytest.mark.parametrize("sign", list(RUNNING))
def test_a_cell_that_would_run_is_guarded(lead: str, sign: str) -> None:
    assert guard_csv(f"{lead}{sign}1+1") == f"'{lead}{sign}1+1"


@given(st.one_of(st.integers(), st.floats(allow_nan=False), st.none(), st.booleans()))
def test_what_is_no_text_stays_as_it_is(value: object) -> None:
    assert guard_csv(value) is value


@given(st.text(alphabet="'=+-@\t\r \ufeffab中1"))
def test_guarding_can_be_undone_and_nothing_runs(cell: str) -> None:
    guarded = guard_csv(cell)
    assert isinstance(guarded, str)
    stripped = guarded.lstrip(" \ufeff\u200b")
    assert stripped[:1] not in set(RUNNING) or stripped == ""
    undone = guarded[1:] if guarded[:1] == "'" and guard_csv(guarded[1:]) == guarded else guarded
    assert undone == cell


def test_plain_names_are_left_alone() -> None:
    for cell in ("浙江海德曼", "3-5月", "a=b", "'quoted'", ""):
        assert guard_csv(cell) == cell


@given(st.text())
def test_a_file_name_is_safe_everywhere(name: str) -> None:
    made = safe_filename(name)
    assert made
    assert not set(made) & set('<>:"/\\|?*')
    assert made == plain(made)
    assert len(made.encode("utf-8")) <= 201
    assert made not in (".", "..")
    assert not made.endswith((" ", "."))


@pytest.mark.parametrize("name", ["CON", "nul.txt", "com1", "", "..", "///"])
def test_reserved_and_empty_names_get_a_prefix_or_underscore(name: str) -> None:
    assert safe_filename(name).startswith("_")


@pytest.mark.parametrize("uri", ["http://a.cn/x", "https://a.cn", "HTTPS://例子.中国/路?a=1#b"])
def test_web_addresses(uri: str) -> None:
    assert web_address(uri) == uri


@pytest.mark.parametrize(
    "uri",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//a.cn/x", "\\\\host\\share", "https:///x",
     "java\nscript:x", " https://a.cn", "https://a.cn/ b", "ftp://a.cn", "清单.xlsx", "", "http://[", "https:\\\\a.cn"],
)  # fmt: skip
def test_everything_else_is_no_link(uri: str) -> None:
    assert web_address(uri) == ""


@given(st.text(alphabet="'=+-@＝ \u200b\n\t甲a1", max_size=6))
def test_what_was_guarded_comes_back(text: str) -> None:
    guarded = str(guard_csv(text))
    assert re.sub(GUARDED, r"\1", guarded) == text or guarded == text
    assert pc.replace_substring_regex(pa.array([guarded]), GUARDED, r"\1", max_replacements=1)[0].as_py() == re.sub(
        GUARDED, r"\1", guarded
    )
