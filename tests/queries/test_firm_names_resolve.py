"""Which firm a name means: what always holds, and how good it is on real pairs."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.graph.names import normal_form
from bulian.queries.resolve import Asked, Names, Resolution

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"

OWN = st.text("恒林海天科德华中光洋秦川金鹰维克", min_size=2, max_size=3)
FULL = st.tuples(
    st.sampled_from(["", "浙江", "宁波", "广东省深圳市"]), OWN, st.sampled_from(["数控", "机械", "电子科技", "椅业", ""]),
    st.sampled_from(["股份有限公司", "有限公司", "集团有限公司", "(上海)有限公司", "研究院"]),
).map("".join)  # fmt: skip
FIRMS = st.lists(FULL, min_size=1, max_size=12, unique_by=normal_form)


def population(full_names: Sequence[str], **aliases: Sequence[str]) -> pa.Table:
    """What a store gives: the firms, and further names of some."""
    rows = [(f"Enterprise:{normal_form(name)}", name, normal_form(name)) for name in full_names]
    rows += [(f"Enterprise:{normal_form(name)}", name, normal_form(a)) for name, more in aliases.items() for a in more]
    return pa.table(dict(zip(("id", "name", "key"), map(list, zip(*rows, strict=True)), strict=True)))


def ask(names: Names, *asked: str) -> list[Resolution]:
    return list(names.resolve([Asked(number, name) for number, name in enumerate(asked)]))


def one(full_names: Sequence[str], asked: str, words: Sequence[str] = (), **aliases: Sequence[str]) -> Resolution:
    return ask(Names(population(full_names, **aliases), words), asked)[0]


@settings(max_examples=12)
@given(FIRMS)
def test_a_full_name_is_itself(firms: list[str]) -> None:
    for name, found in zip(firms, ask(Names(population(firms)), *firms), strict=True):
        assert (found.decision, found.rule, found.full_name, found.score) == ("match", "name", name, 1.0)


@settings(max_examples=12)
@given(FIRMS, FULL)
def test_a_full_name_that_is_not_there_is_never_a_match(firms: list[str], other: str) -> None:
    found = one([name for name in firms if normal_form(name) != normal_form(other)] or ["甲有限公司"], other)
    assert found.decision != "match"


@settings(max_examples=12)
@given(FIRMS, st.randoms(use_true_random=False), st.lists(OWN, min_size=1, max_size=4))
def test_neither_order_nor_company_changes_an_answer(firms: list[str], chance: random.Random, shorts: list[str]) -> None:
    table = population(firms)
    order = chance.sample(range(len(table)), len(table))
    answers = ask(Names(table), *shorts)
    assert ask(Names(table.take(order)), *shorts) == answers
    for number, short in enumerate(shorts):
        (alone,) = Names(table).resolve([Asked(number, short)])
        assert alone == answers[number]


@settings(max_examples=12)
@given(FIRMS, st.text("东西南北", min_size=3, max_size=4))
def test_a_recorded_name_is_its_firm(firms: list[str], alias: str) -> None:
    found = one(firms, f" {alias} ", **{firms[0]: [alias]})
    assert (found.decision, found.rule, found.full_name) == ("match", "name", firms[0])
    if len(firms) > 1:
        found = one(firms, alias, **{name: [alias] for name in firms[:2]})
        assert (found.decision, found.rule) == ("candidate", "several")
        assert {found.full_name, *(other.full_name for other in found.candidates)} == set(firms[:2])


def test_variants_are_other_firms_unless_an_alias_says_so() -> None:
    firm = "宁波海天精工股份有限公司"
    variants = ("宁波海天精工有限公司", "宁波海天精工集团有限公司", "宁波海天精工（上海）有限公司", "宁波海天精工研究院")
    for variant in variants:
        found = one([firm], variant)
        assert (found.decision, found.full_name) == ("candidate", firm), variant
        assert one([firm], variant, **{firm: [variant]}).decision == "match"
    assert one([firm], variants[0]).rule == "variant"


def test_width_brackets_marks_and_traditional_characters_do_not_matter() -> None:
    firms = ["东方电机（中国）股份有限公司", "宁波海天精工股份有限公司"]
    assert one(firms, "東方電機(中國)股份有限公司").rule == "name"
    assert one(["東方電機股份有限公司"], "东方电机股份有限公司").full_name == "東方電機股份有限公司"
    assert one(firms, "*ST海天精工").decision == "match"
    assert one(firms, "海天精工", **{firms[1]: ["海天精工"]}).rule == "name"
    assert one(firms, "ST 海天精工", **{firms[1]: ["海天精工"]}).rule == "name"


def test_an_abbreviation_is_a_match_only_where_no_other_firm_is_near() -> None:
    firms = ["浙江恒林精密机械股份有限公司", "江苏科德数控有限公司"]
    assert one(firms, "恒林精密").decision == "match"
    assert one([*firms, "广东恒林精密电子有限公司"], "恒林精密").decision == "candidate"
    assert one(firms, "恒机股份").decision == "candidate"  # in order, but not in one piece
    assert one(firms, "恒林").decision == "candidate"  # two characters are many firms


def test_a_word_is_no_firm_by_itself() -> None:
    firm = "沈阳新松机器人自动化股份有限公司"
    assert one([firm], "机器人").decision == "candidate"
    assert one(["宁波向日葵光能股份有限公司"], "向日葵").decision == "match"
    for aliases in ({}, {"宁波向日葵光能股份有限公司": ["向日葵"]}):
        found = one(["宁波向日葵光能股份有限公司"], "向日葵", ["向日葵"], **aliases)
        assert (found.decision, found.rule) == ("candidate", "word")


def test_nothing_near_is_nothing() -> None:
    for name in ("全然不同", "", "甲", " ", "☃☃"):
        found = one(["宁波海天精工股份有限公司"], name)
        assert (found.decision, found.entity, found.score, found.rule) == ("none", None, None, "nothing")


@pytest.mark.shared
def test_it_is_as_good_as_the_page_says_on_listed_companies() -> None:
    path = SHARED / "data" / "listed_companies" / "companies.csv"
    if not path.is_file():
        pytest.skip("没有参考数据 (the reference data is not beside the checkout)")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    truth: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        truth[row["name"]].add(row["fullname"])
    shorts = sorted(truth)
    full_names = sorted({row["fullname"] for row in rows})
    found = ask(Names(population(full_names)), *(row["name"] for row in rows))
    same = [answer.full_name == row["fullname"] for row, answer in zip(rows, found, strict=True)]
    assert sum(same) / len(rows) >= 0.95
    sure = [answer.full_name in truth[answer.name] for answer in found if answer.decision == "match"]
    assert len(sure) / len(rows) >= 0.615
    assert sum(sure) / len(sure) >= 0.998

    absent = set(random.Random(1).sample(shorts, len(shorts) // 2))
    gone = {name for short in absent for name in truth[short]}
    kept = [name for name in full_names if name not in gone]
    lost = [short for short in sorted(absent) if not truth[short] & set(kept)]
    matched = [answer for answer in ask(Names(population(kept)), *lost) if answer.decision == "match"]
    assert len(matched) / len(lost) <= 0.006
