"""Normal forms fold writing, never meaning; credit codes are checked by their check digit."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulian.graph.names import credit_code_error, credit_code_errors, normal_form, normal_forms

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PRINTED = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=30)
BODIES = st.text(ALPHABET, min_size=17, max_size=17)


def checked(body: str) -> str:
    """The body with its check digit, by the formula of GB 32100-2015: 31 - Σ C_i·3^(i-1) mod 31."""
    rest = sum(ALPHABET.index(letter) * 3**place for place, letter in enumerate(body)) % 31
    return body + ALPHABET[(31 - rest) % 31]


@given(PRINTED)
def test_a_normal_form_is_its_own(name: str) -> None:
    once = normal_form(name)
    assert normal_form(once) == once


@given(st.lists(st.one_of(st.none(), PRINTED), max_size=20))
def test_columns_are_single_names_at_once(names: list[str | None]) -> None:
    column = normal_forms(pa.array(names, pa.string())).to_pylist()
    assert column == [None if name is None else normal_form(name) or None for name in names]


@given(PRINTED, PRINTED)
def test_spaces_between_do_not_matter(left: str, right: str) -> None:
    for space in (" ", "\u3000", "\u00a0", "\n", "\u200b", "\t"):
        assert normal_form(f"{left}a{space}a{right}") == normal_form(f"{left}aa{right}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("温岭（甲）公司", "温岭(甲)公司"),
        ("〔甲〕", "【甲】"),
        ("ＣＮＣ机床", "cnc机床"),
        ("甲 公司", "甲公司"),
        ("㈱甲", "(株)甲"),
    ],
)
def test_the_same_written_otherwise(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("甲集团", "甲"), ("甲股份有限公司", "甲有限公司"), ("温岭甲公司", "甲公司"), ("甲一厂", "甲二厂"), ("A-1", "A1")],
)
def test_different_firms_stay_different(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


@given(BODIES)
def test_a_right_check_digit_is_right_and_every_other_is_wrong(body: str) -> None:
    right = checked(body)
    assert credit_code_error(right) is None
    for digit in ALPHABET.replace(right[-1], ""):
        assert credit_code_error(body + digit) == "校验位不符"


@given(BODIES, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_mistyped_character_is_always_seen(body: str, place: int, letter: str) -> None:
    code = checked(body)
    wrong = code[:place] + letter + code[place + 1 :]
    assert (credit_code_error(wrong) is None) == (wrong == code)


@given(st.lists(st.one_of(st.none(), BODIES.map(checked), BODIES, st.text("0AIO9", max_size=20)), max_size=20))
def test_the_column_check_is_the_single_check(codes: list[str | None]) -> None:
    column = credit_code_errors(pa.chunked_array([pa.array(codes, pa.string())])).to_pylist()
    assert column == [None if code is None else credit_code_error(code) is not None for code in codes]


def test_letters_that_look_like_digits_are_not_allowed() -> None:
    for letter in "IOZSV":
        assert credit_code_error(f"{'0' * 16}{letter}0") == "含有不允许的字符"


def test_one_name_folds_as_a_column_of_names_does() -> None:
    plain = "".join(map(chr, range(0x20, 0x7F)))
    names = [
        "沈阳 机床[集团] Co",
        plain,
        " ",
        "",
        "Ａ公司（甲）",
        "乙〔丙〕",
        "É厂",
        "甲\t乙",
        "㈱丁",
        "\ufa0e字",
        "丝杠\u200b",
    ]
    assert [normal_form(name) for name in names] == [
        form or "" for form in normal_forms(pa.array(names, pa.string())).to_pylist()
    ]
    common = [chr(code) for code in range(0x4E00, 0xA000)]
    assert normal_forms(pa.array(common, pa.string())).to_pylist() == common
