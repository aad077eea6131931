"""What a company name is made of, and how well a short name reads as one of a full name."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.queries.firm_names import (
    FORM,
    OWN,
    OWN_ON,
    PLACE,
    TRADE,
    TRADE_ON,
    NameParts,
    folded,
    is_full,
    name_parts,
    reads_whole,
    unmarked,
)
from bulian.queries.firm_names_align import COSTS, align, missing_costs
from bulian.queries.firm_names_index import Postings
from bulian.queries.firm_names_words import FORMS, SIMPLE, TRADES

LETTERS = st.text("甲乙丙丁", min_size=1, max_size=4)


def cut(name: str) -> str:
    """A name with a bar between characters of different classes, words of a trade together."""
    parts = name_parts(folded(name))
    groups = {PLACE: "P", OWN: "O", OWN_ON: "O", TRADE: "T", TRADE_ON: "T", FORM: "F"}
    text, last = "", ""
    for character, kind in zip(parts.text, parts.classes, strict=True):
        if last and groups[kind] != last:
            text += "|"
        text, last = text + character, groups[kind]
    return text


@pytest.mark.parametrize(
    "name",
    [
        "浙江|恒林|椅业|股份有限公司", "浙江省台州市温岭市|三和|数控机床|有限公司", "纽威|数控装备|苏州|股份有限公司",
        "深圳市|天地|集团股份有限公司", "中国|三峡|新能源|集团股份有限公司", "内蒙古|北重|重型汽车|股份有限公司",
    ],
)  # fmt: skip
def test_a_name_is_place_own_name_trades_and_form(name: str) -> None:
    assert cut(name.replace("|", "")) == name


def test_brackets_hold_a_place_or_a_form() -> None:
    assert cut("纽威数控装备（苏州）股份有限公司") == "纽威|数控装备|苏州|股份有限公司"
    assert cut("潮州三环(集团)股份有限公司") == "潮州|三环|集团股份有限公司"
    assert name_parts(folded("青岛农村商业银行股份有限公司(简称:青岛农商银行)")).text.endswith("有限公司")


def test_a_county_of_another_province_is_no_place_behind_a_place() -> None:
    assert name_parts("广西桂东电力股份有限公司").own == "桂东"


@given(st.text(max_size=30))
def test_every_character_has_a_class(name: str) -> None:
    parts = name_parts(folded(name))
    assert len(parts.text) == len(parts.classes)
    assert set(parts.text) <= set(folded(name))
    assert parts.core in parts.text or parts.core == "".join(
        c for c, kind in zip(parts.text, parts.classes, strict=True) if kind not in (PLACE, FORM)
    )


def test_marks_of_an_exchange_go_and_names_stay() -> None:
    marked = {"*ST德豪": "德豪", "S*ST云大": "云大", "深桑达A": "深桑达", "百济神州-U": "百济神州", "锦旅B股": "锦旅",
              "武锅B退": "武锅", "退市海润": "海润", "N恒林": "恒林"}  # fmt: skip
    assert {name: unmarked(folded(name)) for name in marked} == marked
    for name in ("TCL集团", "中科曙光", "A股", "ST", "SST", "退市"):
        assert unmarked(folded(name)) == folded(name)


def test_traditional_characters_are_the_same_name() -> None:
    assert folded("東方電機（集團）有限公司") == folded("东方电机(集团)有限公司")
    assert not set(SIMPLE) & set(SIMPLE.values())


def test_full_names_are_told_from_short_ones() -> None:
    for form in FORMS[:6]:
        assert is_full(f"温岭三和{form}"), form
    assert is_full("广州机械科学研究院")
    for short in ("中金公司", "三一重工", "恒林股份", "设研院"):
        assert not is_full(short)


def test_a_whole_reading_begins_with_the_own_name_and_breaks_no_word() -> None:
    held = {"宁波海天精工股份有限公司": ("海天精工", "海天", "宁波海天"), "深南电路股份有限公司": ("深南电路", "深南"),
            "华兰生物工程股份有限公司": ("华兰生物", "华兰")}  # fmt: skip
    torn = {"宁波海天精工股份有限公司": ("天精工", "精工"), "深南电路股份有限公司": ("深南电", "电路"),
            "东方日升机器人股份有限公司": ("机器人",), "华兰生物工程股份有限公司": ("生物工程",)}  # fmt: skip
    for name, shorts in held.items():
        assert all(reads_whole(short, name_parts(name)) for short in shorts), name
    for name, shorts in torn.items():
        assert not any(reads_whole(short, name_parts(name)) for short in shorts), name


def worst(query: str, parts: NameParts) -> float:
    """The oracle: the best of all readings, one after the other."""
    lacking = missing_costs(query, COSTS)
    skip = [COSTS.skip[kind] for kind in parts.classes]
    head = [{TRADE: COSTS.head, TRADE_ON: COSTS.head / 2}.get(kind, COSTS.skip[kind]) for kind in parts.classes]

    @cache
    def best(turn: int, last: int) -> float:
        if turn == len(query):
            rest = sum(skip[last + 1 :])
            return -rest - 1.0 if last < 0 else -rest * COSTS.after
        found = best(turn + 1, last) - lacking[turn]
        for place in range(last + 1, len(parts.text)):
            if parts.text[place] != query[turn]:
                continue
            if last < 0:
                inside = place and parts.classes[place] == parts.classes[place - 1] == PLACE
                cost = sum(head[:place]) + COSTS.inside * inside
            else:
                cost = sum(skip[last + 1 : place]) + COSTS.jump * (place > last + 1)
            found = max(found, best(turn + 1, place) - cost)
        return found

    return best(0, -1)


PARTS = st.lists(st.tuples(st.sampled_from("甲乙丙丁"), st.sampled_from(range(6))), min_size=1, max_size=7).map(
    lambda pairs: NameParts("".join(c for c, _ in pairs), bytes(kind for _, kind in pairs), "", "")
)


@settings(max_examples=60)
@given(st.lists(st.tuples(LETTERS, PARTS), min_size=1, max_size=5))
def test_the_best_reading_is_the_best_of_all(pairs: list[tuple[str, NameParts]]) -> None:
    assert np.allclose(align(pairs, COSTS), [worst(query, parts) for query, parts in pairs])


def test_a_letter_stands_for_the_place() -> None:
    near, far = (name_parts(f"{place}宏远集团股份有限公司") for place in ("广东", "浙江"))
    good, bad = align([("粤宏远", near), ("粤宏远", far)], COSTS)
    assert good > bad


@given(st.lists(st.text("甲乙丙丁戊", min_size=1, max_size=6), min_size=1, max_size=12), LETTERS)
def test_names_with_two_rare_characters_come_into_question(names: list[str], query: str) -> None:
    postings = Postings(names, [query])
    have = [len(set(query) & set(name)) for name in names]
    found = postings.nearest(query, 100).tolist()
    assert found == sorted(set(found))
    asked = len(set(query))
    for number, count in enumerate(have):
        if count == asked or (asked > 2 and count == asked - 1):
            assert number in found
        if number in found:
            assert count >= min(2, asked)
    few = postings.nearest(query, 1).tolist()
    assert set(few) <= set(found)
    assert not few or have[few[0]] == max(have)


def test_traditional_names_are_found_by_simplified_ones() -> None:
    assert Postings(["東方電機", "西方"], ["东方电机"]).nearest("东方电机", 5).tolist() == [0]


def test_lists_hold_no_word_twice() -> None:
    assert len(TRADES) == len(set(TRADES))
    assert len(FORMS) == len(set(FORMS))
    for place, form in enumerate(FORMS):
        assert not any(form.endswith(shorter) for shorter in FORMS[:place] if shorter != form)
