"""Relations: modality, slots, pairs, places, years, and the rules as sound data."""

from __future__ import annotations

import re

import pytest

from bulian.graph.regions import default_regions
from bulian.ingest.rules import RULES
from bulian.ingest.text import Extractor, Lexicon

NAMES = {
    "数控机床": ("Product", "数控机床"),
    "机床": ("Product", "机床"),
    "主轴": ("Product", "主轴"),
    "丝杠": ("Product", "滚珠丝杠"),
    "热补偿技术": ("Technology", "误差补偿技术"),
    "北山": ("Enterprise", "浙江北山数控股份有限公司"),
    "华岭": ("Enterprise", "华岭精机有限公司"),
    "机器人": ("Enterprise", "沈阳机器人自动化股份有限公司"),
    "GSK": ("Enterprise", "广州数控设备有限公司"),
    "海曜（上海）有限公司": ("Enterprise", "海曜（上海）有限公司"),
    "江大": ("Institute", "江南理工大学"),
}
EXTRACTOR = Extractor(Lexicon(NAMES, frozenset({"机器人"})), default_regions())


def stated(text: str, *, inferred: bool = False) -> set[tuple[str, str, str, str]]:
    facts = EXTRACTOR.extract(text).facts
    kept = [f for f in facts if (f.modality == "inferred") == inferred and f.object is not None]
    return {(f.subject.text, f.relation, f.object.text, f.modality) for f in kept if f.object}


def test_a_self_name_acts_only_where_the_text_defines_it() -> None:
    twice = "甲川有限公司（简称“海曜”）和乙川有限公司（简称“海曜”）。海曜研发主轴。"
    assert not stated(twice)
    own = "浙江海曜股份有限公司（以下简称“公司”）成立。公司研发主轴，子公司研发丝杠。"
    assert stated(own) == {("公司", "RESEARCHES", "主轴", "stated")}


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("北山研发主轴。", "stated"),
        ("北山拟研发主轴。", "planned"),
        ("北山将研发主轴。", "planned"),
        ("北山力争到2025年研发出主轴。", "planned"),
        ("若北山研发主轴，进口会减少。", "planned"),
        ("建议北山研发主轴。", "planned"),
        ("鼓励北山研发主轴。", "planned"),
        ("北山计划扩产，研发主轴。", "planned"),
        ("北山尚未研发主轴。", "negated"),
        ("北山不具备研发主轴的能力。", "negated"),
        ("北山没有停止研发主轴。", "stated"),
        ("缺乏资金的北山研发了主轴。", "stated"),
        ("北山研发国内尚无的主轴。", "stated"),
        ("北山研发的主轴没有批量应用。", "stated"),
        ("北山承担国家重点研发计划，研发主轴。", "stated"),
        ("无锡未来有限公司研发主轴。", "stated"),
        ("北山面向未来研发主轴。", "stated"),
        ("北山通过模拟研究主轴。", "stated"),
        ("北山与江大不存在合作关系。", "negated"),
        ("北山与江大解除合作关系。", "negated"),
    ],
)
def test_modality(text: str, modality: str) -> None:
    assert {found for *_, found in stated(text)} == {modality}


@pytest.mark.parametrize(
    "text",
    [
        "北山研发中心生产主轴。", "北山研究机床产业发展。", "该公司研发主轴。", "我市与江大签署合作协议。",
        "北山与华岭签订主轴采购协议。", "北山的轴承生产基地位于温岭。", "北山位于温岭市的项目开工。",
        "北山控股子公司与江大共建实验室。", "北山走访江大。", "北山生产主轴。",
        "江大研究生到北山实习，研究主轴。",
    ],
)  # fmt: skip
def test_what_is_not_said_is_not_found(text: str) -> None:
    assert not stated(text)


def test_roles_of_the_slots() -> None:
    research = "RESEARCHES"
    assert stated("江大为北山研发主轴。") == {("江大", research, "主轴", "stated")}
    assert stated("北山采用江大研发的热补偿技术。") == {("江大", research, "热补偿技术", "stated")}
    assert stated("北山联合江大研发主轴。") >= {(who, research, "主轴", "stated") for who in ("北山", "江大")}
    assert stated("主轴由华岭研制。") == {("华岭", research, "主轴", "stated")}
    assert stated("北山收购研究主轴的华岭。") == {("华岭", research, "主轴", "stated")}
    assert stated("江大研究主轴、丝杠和热补偿技术。") == {
        ("江大", research, thing, "stated") for thing in ("主轴", "丝杠", "热补偿技术")
    }


def test_cooperation_is_symmetric_and_pairs_only_what_is_said() -> None:
    def pairs(text: str) -> set[frozenset[str]]:
        return {frozenset((a, b)) for a, relation, b, _ in stated(text) if relation == "COOPERATES_WITH"}

    everyone = {frozenset(pair) for pair in (("北山", "华岭"), ("北山", "江大"), ("华岭", "江大"))}
    assert pairs("北山、华岭、江大联合申报项目。") == everyone
    assert pairs("北山与华岭、江大签署合作协议。") == everyone - {frozenset(("华岭", "江大"))}
    assert pairs("北山与江大合作。") == pairs("江大与北山合作。") == {frozenset(("北山", "江大"))}


def test_place_in_a_name_is_only_inferred() -> None:
    text = "杭州明锐有限公司研发主轴。海曜（上海）有限公司参展。"
    assert stated(text) == {("杭州明锐有限公司", "RESEARCHES", "主轴", "stated")}
    assert stated("杭州明锐有限公司研发主轴。杭州明锐有限公司参展。", inferred=True) == {
        ("杭州明锐有限公司", "LOCATED_IN", "杭州", "inferred")
    }
    assert stated("北山总部位于温岭市。") == {("北山", "LOCATED_IN", "温岭市", "stated")}


def test_years_are_read_not_guessed() -> None:
    def year(text: str) -> int | None:
        (fact,) = EXTRACTOR.extract(text).facts
        return fact.year

    assert year("2022年，北山研发主轴。") == 2022
    assert year("北山2021年研发主轴。") == 2021
    assert year("去年北山研发主轴。") is None
    assert year("2019年至2022年北山研发主轴。") is None
    assert year("北山成立于2005年，研发主轴。") is None
    assert year("2010年成立的北山位于温岭市。") is None


def test_rules_are_sound_data() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.pattern.count("【") == rule.pattern.count("】") == 1
        assert ("{O}" in rule.pattern) != ("{G}" in rule.pattern)
        assert 0.5 <= rule.confidence <= 1
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", rule.id)
        assert re.search("[一-鿿]", rule.title)
