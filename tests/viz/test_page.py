"""The HTML text: offline, escaped, policed, repeatable, written whole or not at all."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulian.graph.errors import RenderError
from bulian.queries.results import as_json
from bulian.viz.network_view import network_view
from bulian.viz.page import render_chain_map, render_page, write_page

TEMPLATES = Path(__file__).resolve().parents[2] / "viz" / "templates"


class Parts(HTMLParser):
    """Scripts, data block, policy, and every attribute that could load something."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.data = ""
        self.policy = ""
        self.loads: list[tuple[str, str]] = []
        self.handlers: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.loads += [(tag, value) for key, value in given.items() if key in ("src", "href", "action", "data")]
        self.handlers += [key for key in given if key.startswith("on")]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if tag == "script":
            self._inside = given.get("type", "script")
            self.scripts += [""] if self._inside == "script" else []

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside:
            self.data += data


def test_the_page_loads_nothing_and_has_no_handlers(sample) -> None:  # type: ignore[no-untyped-def]
    html = render_chain_map(sample.view())
    parts = Parts(html)
    assert html.startswith('<!doctype html>\n<html lang="zh-CN">')
    assert parts.loads == []
    assert parts.handlers == []


def test_the_policy_names_exactly_the_scripts_that_are_there(sample) -> None:  # type: ignore[no-untyped-def]
    parts = Parts(render_chain_map(sample.view()))
    made = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in parts.scripts]
    assert re.findall(r"'sha256-([^']+)'", parts.policy) == made
    assert parts.policy.startswith("default-src 'none'; ")
    assert "unsafe-eval" not in parts.policy
    assert "'unsafe-inline'" not in parts.policy.split("script-src")[1].split(";")[0]


def test_hostile_names_stay_data(sample) -> None:  # type: ignore[no-untyped-def]
    html = render_chain_map(sample.view())
    parts = Parts(html)
    data = json.loads(parts.data)
    assert {card["id"] for card in data["cards"].values()} == set(sample.chain)
    for bad in ("<", ">", "&", "\u2028", "\u2029"):
        assert bad not in parts.data
    assert "<script>hit" not in html
    assert "<img" not in html.replace('<img id="poster"', "")


@given(st.text(max_size=30))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_comes_back_as_it_was(text: str) -> None:
    view = network_view([("a", text, "Enterprise"), ("b", "乙", "Product")], [], title=text)
    data = json.loads(Parts(render_page(view)).data)
    assert data["cards"]["n0"].get("name", "") == text
    assert data["title"] == text


def test_same_answers_give_the_same_bytes_whatever_the_order(wide_sample) -> None:  # type: ignore[no-untyped-def]
    first = render_chain_map(wide_sample.view())
    chain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    chain.add_nodes_from(reversed(list(wide_sample.chain.nodes(data=True))))
    chain.add_edges_from(reversed(list(wide_sample.chain.edges(keys=True, data=True))))
    wide_sample.chain = chain
    assert render_chain_map(wide_sample.view()) == first


def test_evidence_is_kept_once_however_often_it_is_cited(sample) -> None:  # type: ignore[no-untyped-def]
    view = sample.view()
    lines = [json.dumps(as_json(line)) for line in view.evidence]
    assert len(lines) == len(set(lines))


def test_own_scripts_run_on_old_browsers_and_build_no_html() -> None:
    scripts = sorted(TEMPLATES.glob("*.js"))
    assert scripts
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\?\.[a-zA-Z\[(]|\?\?|\bstructuredClone\b|replaceAll\(|\.at\(", text), path.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), path
        assert not re.search(r"\bfetch\(|XMLHttpRequest|WebSocket|import\(", text), path.name
        assert len(text.splitlines()) <= 250


def test_a_page_is_utf8_and_leaves_no_temporary_file(tmp_path: Path, sample) -> None:  # type: ignore[no-untyped-def]
    html = render_chain_map(sample.view())
    path = write_page(html, tmp_path / "图.html")
    assert path.read_bytes() == html.encode("utf-8")
    assert [entry.name for entry in tmp_path.iterdir()] == ["图.html"]


def test_a_failed_write_keeps_the_old_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.html"
    path.write_text("旧", encoding="utf-8")

    def refuse(*_: object) -> None:
        raise PermissionError("in use")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(RenderError) as caught:
        write_page("新", path)
    assert caught.value.where == str(path)
    assert path.read_text(encoding="utf-8") == "旧"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.html"]


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("x", encoding="utf-8")
    with pytest.raises(RenderError, match="文件写不出去"):
        write_page("x", tmp_path / "文件" / "a.html")


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    assert write_page("x", tmp_path / "新" / "a.html").read_text(encoding="utf-8") == "x"
