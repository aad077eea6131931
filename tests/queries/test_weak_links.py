"""Weak links against planted truth: labels and numbers equal a second opinion, and every answer shows its grounds."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from bulian.graph.errors import NotFoundError
from bulian.queries.results import NATIONAL_LABELS, REGIONAL_LABELS, Finding, WeakReport, as_json
from bulian.queries.settings import Settings
from bulian.queries.weak_links import find_weak_links

from .oracle import Oracle, Verdict
from .planted import HOMES, Tables, plant
from .planted_store import stored

SEEDS = range(11)
CHAINS = 8
NUMBERS = {
    "local_groups", "local_n_eff", "domestic_groups", "foreign_groups", "p_absent_local", "p_absent_national",
    "blocks", "lq",
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """One region's look at one chain: the tables, the product's report and the oracle's verdicts."""

    seed: int
    tables: Tables
    report: WeakReport
    verdicts: dict[str, Verdict]

    @property
    def where(self) -> str:
        """For messages."""
        return f"seed {self.seed}, {self.report.region.name}, {self.report.chain}"


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[World]:
    found = []
    for seed in SEEDS:
        tables = plant(seed, CHAINS)
        oracle = Oracle(tables)
        homes = [sorted(HOMES)[seed % 4], sorted(HOMES)[(seed + 1) % 4]]
        with stored(tables, tmp_path_factory.mktemp("world"), seed) as store:
            for chain in store.chains():
                for home in homes:
                    report = find_weak_links(store, home, chain)
                    found.append(World(seed, tables, report, oracle.judge(home, chain)))
    return found


def findings(worlds: list[World]) -> list[tuple[World, Finding]]:
    return [(world, finding) for world in worlds for finding in world.report.findings]


def test_labels_equal_the_second_opinion(worlds: list[World]) -> None:
    assert len(worlds) >= 150
    for world in worlds:
        told = {f.product: (f.regional, f.national) for f in world.report.findings}
        expected = {product: (v.regional, v.national) for product, v in world.verdicts.items()}
        assert told == expected, world.where


def test_numbers_equal_the_second_opinion(worlds: list[World]) -> None:
    for world, finding in findings(worlds):
        for name, value in world.verdicts[finding.product].numbers.items():
            where = f"{world.where}, {finding.product}, {name}"
            expected = value if value is None else pytest.approx(value, abs=1e-9)
            assert finding.numbers[name] == expected, where


def test_every_label_is_planted_more_than_once(worlds: list[World]) -> None:
    regional = Counter(verdict.regional for world in worlds for verdict in world.verdicts.values())
    national = Counter(verdict.national for world in worlds for verdict in world.verdicts.values())
    assert set(regional) == set(REGIONAL_LABELS)
    assert set(national) == set(NATIONAL_LABELS)
    assert min((regional + national).values()) >= 5, regional + national


def test_severity_is_the_share_of_finals_that_stop(worlds: list[World]) -> None:
    for _, finding in findings(worlds):
        finals = finding.numbers["finals"]
        assert finding.severity == pytest.approx(finding.numbers["blocks"] / finals if finals else 0.0)
        assert 0 <= finding.severity <= 1


def test_a_supplier_is_cited(worlds: list[World]) -> None:
    for world, finding in findings(worlds):
        made = [e for e in finding.evidence if e.method == "table:企业产品"]
        assert all(" 生产 " in line.statement for line in made)
        if finding.numbers["local_groups"] or finding.national == "国内可供":
            assert any(line.confidence >= 0.5 for line in made), (world.where, finding.product)


def _cites(finding: Finding, *words: str) -> bool:
    return any(all(word in line.statement for word in words) for line in finding.evidence)


def test_a_label_by_a_claim_cites_the_claim(worlds: list[World]) -> None:
    for world, finding in findings(worlds):
        where = f"{world.where}, {finding.product}"
        if finding.regional in ("短板", "强链"):
            assert _cites(finding, f"区位商 {finding.numbers['lq']:g}"), where
        if finding.regional == "疑似断链":
            assert _cites(finding, "本地生产 无"), where
        if finding.regional in ("断链", "可替代缺口"):
            assert _cites(finding, "检索"), where
        if finding.national in ("卡脖子", "疑似卡脖子"):
            assert _cites(finding, "出口管制 是") or _cites(finding, "首位国家专利份额"), where
        if finding.national in ("卡脖子", "疑似卡脖子", "对外依赖"):
            assert any(_cites(finding, word) for word in ("国产化率", "进口依赖度", "进口额")), where


def test_every_line_of_evidence_says_who_where_and_what(worlds: list[World]) -> None:
    for world, finding in findings(worlds):
        facts = [line.fact for line in finding.evidence]
        assert len(facts) == len(set(facts))
        for line in finding.evidence:
            assert line.source.title, world.where
            assert line.source.uri
            assert re.search(r"\.csv 第\d+行$", line.locator)
            assert line.quote
            assert line.statement
            assert 0 <= line.confidence <= 1
            assert line.modality in ("stated", "planned", "negated", "inferred", "manual")


def test_reasons_and_unknowns_are_sentences(worlds: list[World]) -> None:
    for world, finding in findings(worlds):
        for text in (*finding.reasons, *finding.unknowns, finding.counterfactual):
            assert re.search(r"[\u4e00-\u9fff].*。$", text), text
        assert len(finding.reasons) >= 3
        if finding.regional in ("未知", "疑似断链"):
            assert any("下一步" in text for text in finding.unknowns), (world.where, finding.product)
        if finding.national == "未知":
            assert finding.unknowns


def test_reasons_name_only_confirmed_suppliers(worlds: list[World]) -> None:
    for world, finding in findings(worlds):
        told = next((text for text in finding.reasons if "家独立供应者（" in text), "")
        for firm in re.findall(r"试验\d{3}号机械有限公司", told):
            short = {row["企业名称"]: row.get("简称") for row in world.tables.rows["企业"]}[firm]
            rows = [
                r for r in world.tables.rows["企业产品"] if r["企业名称"] in (firm, short) and r.get("角色") == "生产"
            ]
            assert any(float(row.get("置信度", "0.9")) >= 0.5 for row in rows)


def test_shares_on_both_sides_of_a_threshold_are_named(worlds: list[World]) -> None:
    seen = 0
    for world, finding in findings(worlds):
        oracle = Oracle(world.tables)
        said = [c for c in oracle.said(finding.product, "国产化率") if c[2] >= 0.5]
        values = [float(cell[:-1]) / 100 if "%" in cell else 0.1 if "成" in cell else float(cell) for _, cell, _ in said]
        for limit in (lambda v: v <= 0.1, lambda v: v < 0.5):
            if len({limit(value) for value in values}) == 2:
                seen += 1
                assert any("国产化率的说法不一" in text for text in finding.unknowns), (world.where, finding.product)
    assert seen > 10


def test_worst_comes_first_in_a_stable_order(worlds: list[World]) -> None:
    for world in worlds:
        keys = [(REGIONAL_LABELS.index(f.regional), -f.numbers["blocks"]) for f in world.report.findings]
        assert keys == sorted(keys)


def test_monopolies_duplicates_and_unverified_claims_are_planted(worlds: list[World]) -> None:
    found = [finding for _, finding in findings(worlds)]
    assert sum(f.regional == "弱链" and f.numbers["local_groups"] > 1 for f in found) >= 5
    assert sum(f.numbers["local_firms"] > f.numbers["local_groups"] for f in found) >= 5
    assert sum(bool(f.numbers["unverified_local"]) and not f.numbers["local_groups"] for f in found) >= 5
    assert sum(bool(f.numbers["near_groups"]) and f.regional == "未知" for f in found) >= 5


def test_every_rule_says_over_what_it_was_judged(worlds: list[World]) -> None:
    for world in worlds:
        rules, found = world.report.rules, world.report.findings
        for axis in ("regional", "national"):
            mine = {name: rule for name, rule in rules.items() if rule["axis"] == axis}
            assert sum(rule["fired"] for rule in mine.values()) == len(found)
            for name, rule in mine.items():
                fired = [f for f in found if f.numbers[f"rule_{axis}"] == name]
                assert rule["fired"] == len(fired) <= rule["judged"] <= len(found), (world.where, name)
                assert {getattr(f, axis) for f in fired} <= {rule["label"]}
                assert all(f.reasons.count(rule["definition"]) == 1 for f in fired)
                assert rule["thresholds"].items() <= world.report.settings.items()
        made = sum(f.numbers["local_groups"] > 0 for f in found)
        assert rules["regional.weak"]["judged"] == made
        assert rules["regional.broken"]["judged"] == len(found) - made
        known = [f for f in found if f.numbers["dependent"] is not None and f.numbers["technology_gap"] is not None]
        assert rules["national.choked"]["judged"] == len(known)


def test_the_three_lists_hold_what_their_names_say(worlds: list[World]) -> None:
    held = 0
    for world in worlds:
        lists, found = world.report.lists, world.report.findings
        assert list(lists) == ["强链", "补链", "延链"]
        assert lists["强链"] == tuple(f.product for f in found if f.regional == "强链")
        weak = [f.product for f in found if f.regional in ("断链", "疑似断链", "可替代缺口", "弱链", "短板")]
        rest = [f.product for f in found if f.product not in weak and f.national == "卡脖子"]
        held += len(rest)
        assert lists["补链"] == (*weak, *rest)
    assert held


def test_the_share_of_the_nation_is_that_of_its_groups(worlds: list[World]) -> None:
    for _, finding in findings(worlds):
        numbers = finding.numbers
        if numbers["domestic_groups"]:
            assert numbers["national_share"] == pytest.approx(numbers["local_groups"] / numbers["domestic_groups"])
        else:
            assert numbers["national_share"] is None
        assert (numbers["local_honours"] is not None) == (
            (numbers["lq"] or 0) >= 1.5 and numbers["local_n_eff"] >= 3 - 1e-9
        )


def _keys(value: Any) -> set[str]:
    return set(value)


def test_the_json_is_that_of_the_contract(worlds: list[World]) -> None:
    for world in worlds:
        told = as_json(world.report)
        assert json.loads(json.dumps(told, ensure_ascii=False, allow_nan=False)) == told
        assert _keys(told) == {
            "region", "chain", "settings", "coverage", "findings", "rules", "lists", "sensitivity", "assumptions",
        }  # fmt: skip
        assert _keys(told["region"]) == {"code", "name"}
        assert told["settings"] == dataclasses.asdict(Settings())
        for finding in told["findings"]:
            assert list(finding) == [
                "product", "regional", "national", "severity", "numbers", "reasons", "counterfactual", "unknowns",
                "evidence", "id", "changes", "stability", "assumption",
            ]  # fmt: skip
            assert NUMBERS <= _keys(finding["numbers"])
            for line in finding["evidence"]:
                assert list(line) == [
                    "fact", "statement", "source", "locator", "quote", "method", "confidence", "modality",
                ]  # fmt: skip
                assert list(line["source"]) == ["title", "uri", "date"]


def test_names_that_are_not_there_are_not_found(tmp_path_factory: pytest.TempPathFactory) -> None:
    with stored(plant(0, 1, 8), tmp_path_factory.mktemp("small")) as store:
        for region, chain in (("温岭市", "没有的链"), ("没有的县", "链0")):
            with pytest.raises(NotFoundError) as told:
                find_weak_links(store, region, chain)
            assert told.value.where
