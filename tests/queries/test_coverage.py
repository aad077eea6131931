"""What was searched, what that proves, what to search next: a small county whose every figure is counted by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bulian.graph.duckdb_store import open_duckdb
from bulian.graph.store import Store
from bulian.ingest.pipeline import ingest
from bulian.queries.absence import chapman, wilson
from bulian.queries.coverage import find_coverage
from bulian.queries.coverage_results import CoverageReport
from bulian.queries.results import as_json
from bulian.queries.settings import Settings
from bulian.queries.weak_links import find_weak_links

HOME, CHAIN = "温岭市", "机床"
PLACE = ("浙江省", "台州市", "温岭市")
MAKERS = [f"温岭第{number:02d}厂" for number in range(70)]
FIRST, SECOND = MAKERS[:40], MAKERS[20:]  # 40 and 50 of which 20 are on both


def text(header: str, *rows: tuple[object, ...]) -> str:
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


TABLES = {
    "产品": text(
        "产品名称,产业链,终端产品",
        ("机床", CHAIN, "是"), ("主轴", CHAIN, ""), ("丝杠", CHAIN, ""), ("刀库", CHAIN, ""), ("导轨", CHAIN, ""),
    ),
    "关系": text(
        "产品,关系,对象,必要性,产业链",
        *(("机床", "需要", name, "必需", CHAIN) for name in ("主轴", "丝杠", "刀库", "导轨")),
    ),
    "企业": text(
        "企业名称,省份,城市,区县",
        *((name, *PLACE) for name in MAKERS), ("外地厂", "江苏省", "苏州市", "昆山市"), ("可疑厂", *PLACE),
    ),
    "协会": text("企业名称,产品名称,角色,来源", *((name, "主轴", "生产", "机床协会名册") for name in FIRST)),
    "导出": text(
        "企业名称,产品名称,角色,来源,置信度",
        *((name, "主轴", "生产", "企查查导出", 0.9) for name in SECOND),
        *((name, "主轴", "生产", "天眼查导出", 0.9) for name in SECOND[:45]),
        ("可疑厂", "导轨", "生产", "企查查导出", 0.3), ("外地厂", "丝杠", "生产", "企查查导出", 0.9),
    ),
    "检索": text(
        "地区,产品名称,检索来源,检出率,日期",
        (HOME, "丝杠", "企查查导出", 0.6, "2024-01-01"), (HOME, "丝杠", "天眼查导出", 0.6, ""),
        ("浙江省", "丝杠", "机床协会名册", 0.5, ""), ("中国", "", "机床协会名册", 0.3, ""),
        (HOME, "主轴", "机床协会名册", 0.95, ""), ("昆山市", "", "经信局名册", 0.85, ""),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("county")
    paths: list[Path] = []
    for name, table in TABLES.items():
        (folder / f"{name}.csv").write_text(table, encoding="utf-8")
        paths.append(folder / f"{name}.csv")
    made = open_duckdb(str(folder / "graph.duckdb"), write=True)
    try:
        report = ingest(made, paths)
        assert not report.rejects
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def report(store: Store) -> CoverageReport:
    return find_coverage(store, HOME, CHAIN)


def product(report: CoverageReport, name: str) -> Any:
    return next(one for one in report.products if one.product == name)


def test_every_product_says_what_was_searched_and_what_that_proves(store: Store, report: CoverageReport) -> None:
    findings = find_weak_links(store, HOME, CHAIN).findings
    assert [one.product for one in report.products] == [finding.product for finding in findings]
    for one, finding in zip(report.products, findings, strict=True):
        assert (one.regional, one.national, one.unknowns) == (finding.regional, finding.national, finding.unknowns)
        assert one.p_absent_local == finding.numbers["p_absent_local"]
        assert one.p_absent_national == finding.numbers["p_absent_national"]
    screw = product(report, "丝杠")
    lines = [(line.source, line.rate, line.date, line.basis, line.area.name, line.named) for line in screw.searches]
    assert lines == [
        ("企查查导出", 0.6, "2024-01-01", "检索表", "浙江省台州市温岭市", True),
        ("天眼查导出", 0.6, None, "检索表", "浙江省台州市温岭市", True),
        ("机床协会名册", 0.5, None, "检索表", "浙江省", True),
    ]
    assert screw.p_absent_local == pytest.approx(0.9259, abs=5e-5)
    assert (screw.settled, screw.rate_needed, screw.next) == (True, None, ())
    assert [(line.source, line.rate, line.area.name) for line in screw.searches_national] == [
        ("机床协会名册", 0.3, "中国")
    ]
    assert (screw.regional, screw.domestic_groups, screw.rate_needed_national) == ("断链", 1, None)


def test_what_to_search_next_names_known_rates_first(report: CoverageReport) -> None:
    magazine = product(report, "刀库")
    assert magazine.rate_needed == pytest.approx(1 - (1 / 9) / 0.7)
    named = [(one.name, one.kind, one.rate, one.enough) for one in magazine.next]
    assert named[:3] == [
        ("经信局名册", "检索来源", 0.85, True), ("企查查导出", "检索来源", 0.6, False),
        ("天眼查导出", "检索来源", 0.6, False),
    ]  # fmt: skip
    assert named[3][1:] == ("常见来源", None, None)
    assert all(one.name != "机床协会名册" for one in magazine.next), "it was searched, for every product of China"
    rail = product(report, "导轨")
    assert (rail.settled, rail.rate_needed) == (False, None), "doubtful claims stand against absence"
    assert {one.enough for one in rail.next} == {False}
    assert rail.p_absent_local == pytest.approx(0.5 / (0.5 * 0.7 + 0.5) * 0.7)


def test_the_sources_are_estimated_from_each_other(report: CoverageReport) -> None:
    sources = {one.title: one for one in report.sources}
    assert [one.title for one in report.sources] == ["企查查导出", "天眼查导出", "机床协会名册"]
    first, second, third = sources["机床协会名册"], sources["企查查导出"], sources["天眼查导出"]
    assert (first.makers, second.makers, third.makers) == (40, 50, 45)
    assert (first.found_again.known, first.found_again.again) == (50, 20)
    assert (first.found_again.rate, first.found_again.low, first.found_again.high) == pytest.approx(
        (0.4, *wilson(20, 50))
    )
    assert (second.found_again.known, second.found_again.again) == (40, 20), (
        "天眼查 shows the same register and is no judge"
    )
    assert (third.found_again.known, third.found_again.again) == (40, 20)
    assert (second.register, third.register, first.register) == ("工商登记", "工商登记", None)
    assert first.declared == (0.3, 0.5, 0.95)


def test_the_makers_are_estimated_for_the_chain_and_per_product(report: CoverageReport) -> None:
    assert report.makers.seen == 70
    assert report.makers.estimate == pytest.approx(70 + 50**2 / (2 * 20)), "two sources of one register are one look"
    assert product(report, "主轴").makers == report.makers
    assert product(report, "刀库").makers.estimate is None
    assert product(report, "刀库").makers.why
    pairs = {tuple(sorted((pair.first, pair.second))): pair for pair in report.pairs}
    told = pairs["企查查导出", "机床协会名册"]
    expected = chapman(50, 40, 20)
    assert (told.both, told.independent, told.estimate.estimate) == (20, True, pytest.approx(expected.estimate))
    same = pairs["企查查导出", "天眼查导出"]
    assert (same.both, same.independent, same.register, same.estimate.estimate) == (45, False, "工商登记", None)


def test_warnings_name_sources_that_are_not_independent(report: CoverageReport) -> None:
    searched, estimated = (text for text in report.warnings if "工商登记" in text)
    assert "检索" in searched
    assert all("企查查导出、天眼查导出" in text for text in (searched, estimated))
    assert any("企查查导出、天眼查导出都取自工商登记" in text for text in product(report, "丝杠").unknowns)


def test_estimates_decide_no_label(store: Store, report: CoverageReport) -> None:
    unsearched = find_coverage(store, "玉环市", CHAIN)
    assert unsearched.sources == ()
    assert unsearched.makers.estimate is None
    assert {one.p_absent_local for one in report.products if not one.searches} <= {None}
    assert report.settings == Settings().as_json()


def test_the_answer_is_json(report: CoverageReport) -> None:
    told = as_json(report)
    assert json.loads(json.dumps(told, ensure_ascii=False, allow_nan=False)) == told
    assert set(told) == {
        "region", "chain", "settings", "coverage", "makers", "products", "sources", "named_by_others", "pairs",
        "warnings", "assumptions",
    }  # fmt: skip
    assert told["coverage"]["products"] == 5
    assert told["coverage"]["settled"] == sum(one["settled"] for one in told["products"])


def test_the_estimate_stands_beside_every_weak_link_report_and_decides_nothing(store: Store) -> None:
    told = find_coverage(store, HOME, CHAIN).makers
    coverage = find_weak_links(store, HOME, CHAIN).coverage
    assert {name: coverage[f"makers_{name}"] for name in ("seen", "estimate", "low", "high", "coverage", "why")} == {
        name: getattr(told, name) for name in ("seen", "estimate", "low", "high", "coverage", "why")
    }  # fmt: skip
    assert (coverage["makers_seen"], coverage["makers_why"]) == (70, None)
    assert coverage["makers_coverage_low"] <= coverage["makers_coverage"] <= coverage["makers_coverage_high"] <= 1
    elsewhere = find_weak_links(store, "杭州市", CHAIN).coverage
    assert (elsewhere["makers_seen"], elsewhere["makers_estimate"]) == (0, None)
    assert "不足 10 家" in elsewhere["makers_why"]
