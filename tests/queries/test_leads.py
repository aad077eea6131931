"""A registered class of industry is a hint whom to ask: alone it moves no label, figure or list."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bulian.graph.duckdb_store import open_duckdb
from bulian.ingest.pipeline import ingest
from bulian.queries.results import Finding, WeakReport
from bulian.queries.scenario import run_scenario
from bulian.queries.targets import find_targets
from bulian.queries.weak_links import find_weak_links

PRODUCTS = (
    "产品名称,类别,产业链,代码,终端产品\n车床,设备,机床,GB:3421,是\n"
    "刀塔,零部件,机床,GB:3425,\n丝杠,零部件,机床,GB:3489,\n"
)
LINKS = "产品,关系,对象,必要性,产业链\n车床,需要,刀塔,必需,机床\n车床,需要,丝杠,必需,机床\n"
SEARCHED = "地区,产品名称,检索来源,检出率,日期\n温岭市,丝杠,名录,0.95,2024-01-01\n"
PLACE = "浙江省,台州市,温岭市"
WITHOUT = f"企业名称,省份,城市,区县,主营产品,置信度\n甲厂,{PLACE},,1\n乙厂,{PLACE},刀塔,1\n丙厂,浙江省,杭州市,,,1\n"
WITH = (
    f"企业名称,省份,城市,区县,主营产品,行业代码,国标行业小类,置信度\n甲厂,{PLACE},,C3421,金属切削机床制造,1\n"
    f"乙厂,{PLACE},刀塔,C3425,机床功能部件及附件制造,1\n丙厂,浙江省,杭州市,,,3489,其他通用零部件制造,1\n"
)


def report(folder: Path, firms: str) -> tuple[WeakReport, object, object]:
    folder.mkdir()
    for name, text in (("产品", PRODUCTS), ("关系", LINKS), ("检索", SEARCHED), ("企业", firms)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    with open_duckdb(str(folder / "s.duckdb"), write=True) as store:
        ingest(store, [folder])
        return (
            find_weak_links(store, "温岭市", "机床"),
            find_targets(store, "温岭市", "机床"),
            run_scenario(store, "机床", ["境外"], region="温岭市"),
        )


def bare(finding: Finding) -> Finding:
    """The finding without its hints and without what differs by the names of files."""
    numbers = {name: value for name, value in finding.numbers.items() if name != "industry_leads"}
    unknowns = tuple(text for text in finding.unknowns if not text.startswith("线索"))
    return replace(finding, numbers=numbers, unknowns=unknowns, evidence=())


def test_a_code_alone_changes_no_label_number_or_list(tmp_path: Path) -> None:
    with_codes, targets, scenario = report(tmp_path / "a", WITH)
    without, targets_without, scenario_without = report(tmp_path / "b", WITHOUT)
    assert [bare(f) for f in with_codes.findings] == [bare(f) for f in without.findings]
    assert with_codes.lists == without.lists
    assert (scenario, [(gap.product, [t.name for t in gap.targets]) for gap in targets.gaps]) == (  # type: ignore[attr-defined]
        scenario_without, [(gap.product, [t.name for t in gap.targets]) for gap in targets_without.gaps],  # type: ignore[attr-defined]
    )  # fmt: skip
    labels = {finding.product: (finding.regional, finding.national) for finding in with_codes.findings}
    assert labels["车床"] == ("未知", "未知")  # 甲厂 has the very code of lathes
    assert labels["丝杠"][0] == "断链"  # searched; 丙厂 with its code is elsewhere, and a code would not lift it anyway


def test_the_hint_is_told_where_no_maker_is_confirmed(tmp_path: Path) -> None:
    found = {finding.product: finding for finding in report(tmp_path / "a", WITH)[0].findings}
    told = [text for text in found["车床"].unknowns if text.startswith("线索")]
    assert len(told) == 1
    assert "甲厂" in told[0]
    assert "不算生产" in told[0]
    assert found["车床"].numbers["industry_leads"] == 1
    assert not [text for text in found["刀塔"].unknowns if text.startswith("线索")]  # 乙厂 makes it: no hint needed
    assert found["刀塔"].numbers["industry_leads"] == found["丝杠"].numbers["industry_leads"] == 0


@pytest.mark.parametrize("code", ["GB:3489", "GB:348"])
def test_a_local_firm_with_the_code_does_not_undo_an_absence_either(tmp_path: Path, code: str) -> None:
    local = WITH.replace("丙厂,浙江省,杭州市,", f"丙厂,{PLACE}")
    folder = tmp_path / "a"
    finding = next(f for f in report(folder, local)[0].findings if f.product == "丝杠")
    assert (finding.regional, finding.numbers["industry_leads"]) == ("断链", 1)
    with open_duckdb(str(folder / "s.duckdb")) as view:
        facts = [fact for fact in view.all_facts() if fact.method.startswith("link:industry:")]
    assert {(fact.predicate, fact.modality) for fact in facts} == {("MENTIONED_WITH", "inferred")}
    assert max(fact.confidence for fact in facts) <= 0.3
    assert {fact.quote for fact in facts} >= {"3489 其他通用零部件制造"}
    assert all(fact.locator for fact in facts)
