"""Shares of countries and RTA out of a patent export: only of a query declared to be worldwide and whole in a field."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.graph.errors import InputError
from bulian.graph.facts import Fact
from bulian.ingest.patent_shares import _inside
from bulian.ingest.pipeline import ingest
from bulian.ingest.report import IngestReport
from bulian.queries.weak_links import find_weak_links

FIGURES = ["top_country_patent_share", "technology_advantage"]
PRODUCTS = "产品名称,产业链,代码,终端产品\n机床,机床,,是\n主轴,机床,IPC:B23Q1/70,\n刀塔,机床,,\n铣刀,机床,IPC:B23C,\n"
NEEDS = "技术名称,支撑产品\nIPC B23B 29/24,刀塔\n"
HEAD = "公开(公告)号,申请号,申请日,申请(专利权)人,当前申请(专利权)人国家/地区,IPC主分类号,IPC分类号,简单同族"
Row = tuple[str, str, int]  # country, class, how many
WORLD = '[mapping."专利*.csv"]\npatent_scope = "世界"\npatent_field = "B23Q；B23B"\n'
SPREAD = (("日本", "B23Q1/70", 24), ("中国", "B23Q1/70", 6), ("德国", "B23Q1/70", 10), ("中国", "B23B29/24", 90),
          ("日本", "B23B29/24", 10), ("中国", "B23Q3/06", 40), ("日本", "B23Q3/06", 20))  # fmt: skip


def export(rows: Sequence[Row], year: int = 2022, first: int = 0, family: bool = True) -> str:
    lines, number = [HEAD], first
    for country, ipc, count in rows:
        for _ in range(count):
            number += 1
            kin = f"CN{number}A | US{number}B" if family else ""
            lines.append(f"CN{number}A,CN{number},{year}-01-02,某公司,{country},{ipc},{ipc} | G05B1/00,{kin}")
    return "\n".join(lines) + "\n"


def run(folder: Path, patents: str, toml: str = WORLD, **more: str) -> tuple[DuckDBStore, IngestReport]:
    folder.mkdir(exist_ok=True)
    for name, text in {"产品": PRODUCTS, "技术": NEEDS, "专利": patents, **more}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "bulian.toml").write_text(toml, encoding="utf-8")
    store = open_duckdb(str(folder / "s.duckdb"), write=True)
    return store, ingest(store, [folder])


def figures(store: DuckDBStore) -> dict[tuple[str, str], Fact]:
    return {(fact.subject, fact.predicate): fact for fact in store.facts(predicates=FIGURES)}


def notes(report: IngestReport) -> str:
    return "；".join(next(entry for entry in report.files if entry.table == "专利").notes)


def test_shares_and_advantage_are_counted_as_defined(tmp_path: Path) -> None:
    store, report = run(tmp_path / "d", export(SPREAD))
    with store:
        found = figures(store)
        share, advantage = found["主轴", FIGURES[0]], found["主轴", FIGURES[1]]
        assert share.number == 0.6  # 24 of 40
        assert advantage.number == pytest.approx((6 / 136) / (40 / 200), abs=1e-4)
        assert found["刀塔", FIGURES[0]].number == 0.9  # an explicit link to the class
        assert ("刀塔", FIGURES[1]) in found  # 100 of 200: just half of the field
        assert {name for name, _ in found} == {"主轴", "刀塔"}
        assert (share.method, share.confidence, share.qualifiers["year"]) == ("patents:IPC B23Q1/70", 0.7, 2022)
        assert "2013–2022 年申请" in share.quote
        assert "共 40 族，最多为 JP 24，中国 6" in share.quote
        assert "声明的检索：世界，B23Q；B23B，共 200，中国 136" in share.quote
        assert "B23C 不在声明的 patent_field 之内" in notes(report)
        assert {e.unchanged for e in ingest(store, [tmp_path / "d"]).files} == {True}


def test_the_rule_reads_them_and_they_alone_settle_no_dependence(tmp_path: Path) -> None:
    store, _ = run(tmp_path / "d", export(SPREAD))
    with store:
        found = {finding.product: finding for finding in find_weak_links(store, "温岭市", "机床").findings}
    assert found["主轴"].numbers["technology_gap"] is True
    assert found["刀塔"].numbers["technology_gap"] is False
    assert found["铣刀"].numbers["technology_gap"] is None
    assert {finding.national for finding in found.values()} == {"未知"}


@pytest.mark.parametrize("toml", [
    "", '[mapping."专利*.csv"]\npatent_scope = "中国"\npatent_field = "B23Q；B23B"\n',
    '[mapping."专利*.csv"]\npatent_scope = "世界"\n', '[mapping."专利*.csv"]\npatent_field = "全部"\n',
])  # fmt: skip
def test_an_export_of_one_query_is_a_sample_and_says_nothing(tmp_path: Path, toml: str) -> None:
    store, report = run(tmp_path / "d", export(SPREAD), toml)
    with store:
        assert figures(store) == {}
        assert "只是样本" in notes(report)
        assert len(list(store.edges("RESEARCHES"))) == 2  # who holds what is still kept: B23Q and B23B


@pytest.mark.parametrize(("rows", "said"), [
    ((("日本", "B23Q1/70", 29), ("中国", "B23B1/00", 90)), "只有 29 件"),
    ((("日本", "B23Q1/70", 30), ("", "B23Q1/70", 4), ("中国", "B23B1/00", 90)), "4 件不知国家"),
    ((("日本", "B23Q1/70", 30), ("某局", "B23Q1/70", 4), ("中国", "B23B1/00", 90)), "4 件不知国家"),
])  # fmt: skip
def test_few_families_or_unknown_countries_say_nothing(tmp_path: Path, rows: Sequence[Row], said: str) -> None:
    store, report = run(tmp_path / "d", export(rows))
    with store:
        assert "主轴" not in {name for name, _ in figures(store)}
        assert said in notes(report)


@pytest.mark.parametrize("rows", [
    (("日本", "B23Q1/70", 40), ("中国", "B23B1/00", 3), ("德国", "B23B1/00", 90)),  # 0.9 Chinese ones expected
    (("日本", "B23Q1/70", 60), ("中国", "B23B1/00", 50)),  # the class is most of the field
])  # fmt: skip
def test_no_advantage_of_too_few_or_of_the_field_itself(tmp_path: Path, rows: Sequence[Row]) -> None:
    store, _ = run(tmp_path / "d", export(rows))
    with store:
        assert ("主轴", FIGURES[0]) in figures(store)
        assert ("主轴", FIGURES[1]) not in figures(store)


def test_a_family_counts_once_old_years_not_at_all(tmp_path: Path) -> None:
    twice = export(SPREAD) + export(SPREAD).split("\n", 1)[1].replace("A,CN", "B,CN")  # grants of the same families
    old = export((("美国", "B23Q1/70", 500),), year=2012, first=5000).split("\n", 1)[1]
    store, _ = run(tmp_path / "d", twice + old)
    with store:
        assert figures(store)["主轴", FIGURES[0]].number == 0.6
    alone, _ = run(
        tmp_path / "e", export(SPREAD, family=False).replace(",简单同族", "").replace("| G05B1/00,", "| G05B1/00")
    )
    with alone:
        assert "共 40 件申请（未并同族）" in figures(alone)["主轴", FIGURES[0]].quote


def test_computed_and_claimed_values_stand_side_by_side(tmp_path: Path) -> None:
    claim = "对象,指标,数值,年份\n主轴,首位国家专利份额,30%,2023\n主轴,技术显示优势,0.9,2020\n"
    store, _ = run(tmp_path / "d", export(SPREAD), 指标=claim)
    with store:
        finding = {f.product: f for f in find_weak_links(store, "温岭市", "机床").findings}["主轴"]
    told = "；".join(finding.unknowns)
    assert "首位国家专利份额的说法不一，分居阈值两侧：30%（2023" in told
    assert "0.6（2022" in told
    assert "技术显示优势（RTA）的说法不一" in told
    assert finding.numbers["technology_gap"] is False  # the newest share decides


def test_classes_inside_one_another() -> None:
    assert all(_inside("B23Q1/70", code) for code in ("B", "B23", "B23Q", "B23Q1", "B23Q1/00", "B23Q1/70"))
    assert not any(_inside("B23Q1/70", code) for code in ("B23B", "B23Q11", "B23Q1/7", "B23Q1/72", "B23Q10/70"))


def test_a_field_that_is_no_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="patent_field"):
        run(tmp_path / "d", export(SPREAD), '[mapping."专利.csv"]\npatent_field = "机床"\n')
