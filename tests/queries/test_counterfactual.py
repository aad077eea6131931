"""Told changes are made: in the tables, which are read again, and in the rules as they are written a second time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bulian.queries.results import Finding
from bulian.queries.rules import Case
from bulian.queries.weak_links import find_weak_links

from .oracle import Oracle
from .planted import AREAS, HOMES, Tables, plant
from .planted_store import stored
from .test_rules import national, regional

HOME = "昆山市"
CHAINS = 3
ELSEWHERE = dict(zip(("省份", "城市", "区县"), HOMES["慈溪市"][1:], strict=True))
HERE = dict(zip(("省份", "城市", "区县"), HOMES[HOME][1:], strict=True))
Looks = Mapping[tuple[str, str], Finding]
MENDED = ("local_groups", "lq", "detection_rate", "domestic_groups")
FIELDS = {
    "local_groups": "local_groups", "lq": "lq", "blocks": "blocks", "dependent": "dependent",
    "technology_gap": "gap", "domestic_groups": "domestic_groups", "domestic_share": "domestic_share",
}  # fmt: skip


def look(tables: Tables, folder: Path) -> Looks:
    with stored(tables, folder) as store:
        reports = [find_weak_links(store, HOME, f"链{number}") for number in range(CHAINS)]
    return {(report.chain, f.product): f for report in reports for f in report.findings}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, Looks]:
    tables = plant(235, CHAINS, 40)
    return tables, look(tables, tmp_path_factory.mktemp("base"))


def numbers_of(change: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The changed number and those that go with it."""
    return [change, *change["with"]]


def test_a_change_says_what_it_is(base: tuple[Tables, Looks]) -> None:
    for key, finding in base[1].items():
        for change in finding.changes:
            assert list(change) == ["axis", "what", "from", "to", "label", "text", "with"]
            assert change["label"] != getattr(finding, change["axis"]), key
            assert change["text"].endswith(f"则为{change['label']}。")
            for number in numbers_of(change):
                if number["what"] in finding.numbers and number["what"] != "domestic_share":
                    assert number["from"] == finding.numbers[number["what"]], (key, number)
                assert number["from"] != number["to"]


def test_every_weak_link_is_told_how_it_would_be_sound(base: tuple[Tables, Looks]) -> None:
    told = {"弱链": 0, "短板": 0, "断链": 0, "未知": 0, "疑似断链": 0, "可替代缺口": 0}
    for key, finding in base[1].items():
        labels = [change["label"] for change in finding.changes if change["axis"] == "regional"]
        if finding.regional in told:
            told[finding.regional] += 1
            assert {"正常", "强链"} & set(labels), key
        if finding.national not in ("国内可供",):
            assert "国内可供" in [change["label"] for change in finding.changes if change["axis"] == "national"], key
    assert min(told.values()) > 0


def case_of(finding: Finding) -> Case:
    """The case as the report's numbers show it."""
    n = finding.numbers
    suspected = finding.regional == "疑似断链" or "说没有" in finding.counterfactual
    return Case(
        n["local_groups"], n["local_n_eff"], n["domestic_groups"], n["foreign_groups"], n["near_groups"],
        n["p_absent_local"], n["p_absent_national"], n["blocks"], n["lq"], suspected, n["dependent"], n["technology_gap"],
        n["domestic_share"], "national.perhaps_choked" == n["rule_national"] and n["domestic_groups"] > 0,
    )  # fmt: skip


def test_the_rules_written_again_agree_where_numbers_alone_decide(base: tuple[Tables, Looks]) -> None:
    tried = 0
    for key, finding in base[1].items():
        case = case_of(finding)
        for change in finding.changes:
            parts = numbers_of(change)
            if any(part["what"] in ("detection_rate", "near_groups", "import_dependence") for part in parts):
                continue
            if change["axis"] == "national" and "domestic_groups" in [p["what"] for p in parts if not p["to"]]:
                continue  # what the searches then say is not among the numbers
            fields = {FIELDS[part["what"]]: part["to"] for part in parts}
            if "local_groups" in fields:
                fields["local_n_eff"] = effective(finding, fields["local_groups"])
            if "domestic_share" in fields:
                fields["share_disputed"] = False
                fields.setdefault("dependent", case.dependent and fields["domestic_share"] < 0.5)
            values = {name: getattr(case, name) for name in Case.__slots__} | fields
            changed = Case(**values)
            if values["absence_stated"] is False and not changed.local_groups and change["label"] == "疑似断链":
                continue  # whether an absence is stated is not among the numbers
            tried += 1
            assert change["label"] == (regional if change["axis"] == "regional" else national)(changed), (key, change)
    assert tried > 20


def effective(finding: Finding, groups: int) -> float:
    """1/HHI with suppliers of mean size added one by one, or taken away where all count alike."""
    now, hhi = finding.numbers["local_groups"], 1 / (finding.numbers["local_n_eff"] or 1)
    if groups < now:
        return float(groups)
    squares, total = (hhi if now else 0.0), (1.0 if now else 0.0)
    mean = total / now if now else 1.0
    for _ in range(groups - now):
        squares, total = squares + mean**2, total + mean
    return total**2 / squares


def apply(tables: Tables, oracle: Oracle, chain: str, finding: Finding, change: Mapping[str, Any]) -> None:
    """Hand in what the change says as rows."""
    product = finding.product
    for part in numbers_of(change):
        if part["what"] == "lq":
            tables.add("指标", 对象=product, 指标="区位商", 数值=part["to"], 地区=HOME, 年份=2030)
        elif part["what"] == "detection_rate":
            area = HOME if change["axis"] == "regional" else "中国"
            tables.add("检索", 地区=area, 产品名称=product, 检索来源="新名录", 检出率=part["to"], 日期="2030-01-01")
        else:
            size = mean_capacity(oracle, chain, finding) if part["what"] == "local_groups" else {}
            for number in range(part["to"] - part["from"]):
                firm = f"新来{product}{number:02d}号机械有限公司"
                tables.add("企业", 企业名称=firm, **(HERE if part["what"] == "local_groups" else ELSEWHERE))
                tables.add("企业产品", 企业名称=firm, 产品名称=product, 角色="生产", **size)


def mean_capacity(oracle: Oracle, chain: str, finding: Finding) -> dict[str, str]:
    """What a local group makes on average, where all say so."""
    if not finding.numbers["local_capacity_known"]:
        return {}
    rows = [
        next((row for row in rows if "产能" in row and float(row.get("置信度", "0.9")) >= 0.5), None)
        for firm, leaves in oracle.makers(finding.product, chain).items() for rows in leaves.values()
        if (oracle.place(firm) or ())[: len(HOMES[HOME])] == AREAS[HOME]
    ]  # fmt: skip
    stated = [row for row in rows if row is not None]
    total = sum(float(row["产能"]) for row in stated)
    return {"产能": repr(total / finding.numbers["local_groups"]), "单位": stated[0]["单位"]}


def test_told_changes_come_true_when_they_are_handed_in(base: tuple[Tables, Looks], tmp_path: Path) -> None:
    tables, before = base
    oracle = Oracle(tables)
    tried = set()
    for turn in range(4):
        more, expected = tables.copy(), {}
        touched: set[str] = set()
        for (chain, product), finding in sorted(before.items()):
            kinds = {product, *oracle.kinds_of(product, chain)}
            above = {p for c, p in before if c == chain and product in oracle.kinds_of(p, chain)}
            possible = [
                change for change in finding.changes
                if all(part["what"] in MENDED and (part["to"] or 0) > (part["from"] or 0) for part in numbers_of(change))
            ]  # fmt: skip
            if len(possible) <= turn or touched & (kinds | above):
                continue  # what is made of a sub-type counts for both
            touched |= kinds | above
            apply(more, oracle, chain, finding, possible[turn])
            expected[chain, product] = possible[turn]
        (tmp_path / str(turn)).mkdir()
        after = look(more, tmp_path / str(turn)) if expected else {}
        for key, change in expected.items():
            tried.add((getattr(before[key], change["axis"]), change["what"], change["label"]))
            assert getattr(after[key], change["axis"]) == change["label"], (key, change)
    assert {what for _, what, _ in tried} == set(MENDED)
    assert {("弱链", "local_groups", "正常"), ("未知", "local_groups", "正常")} <= tried
