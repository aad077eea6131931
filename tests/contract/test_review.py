"""What people decide about doubtful links and names, on every store: it counts, outlives the files, and can be undone."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa

from bulian.graph.verdicts import Statement
from bulian.ingest.review import ReviewReport, apply_review
from bulian.queries.explain import explain
from bulian.queries.resolve import Asked, read_names
from bulian.queries.review import find_review
from bulian.queries.settings import Settings

from .test_who_is_who import code

HEADER = "审核编号,判定,改为,理由,审核人,日期"
MADE = "企业名称,产品名称,角色,置信度"


def link(firm: str, product: str) -> str:
    return f"Enterprise:{firm}｜PRODUCES｜Product:{product}"


def pair(one: str, other: str) -> str:
    return Statement(f"Enterprise:{one}", "same_as", f"Enterprise:{other}").key


def apply(door: Any, *rows: tuple[str, ...], name: str = "审核.csv") -> ReviewReport:
    sheet = door.file(name, HEADER, *((*row, *[""] * (6 - len(row))) for row in rows))
    with door.open(write=True) as store:
        return apply_review(store, sheet, rejects=door.folder / "退回.out")


def codes(report: ReviewReport) -> dict[str, int]:
    return {code: count for entry in report.files for code, count in entry.reasons.items()}


def makers(door: Any, product: str) -> dict[str, tuple[str, float]]:
    """Who counts as making it, and by what: a verdict, else what a source says."""
    with door.open() as view:
        edges = list(view.edges("PRODUCES", targets=[f"Product:{product}"]))
    made = {edge.source[11:]: (edge.modality, edge.confidence) for edge in edges if edge.modality == "stated"}
    return made | {edge.source[11:]: (edge.modality, edge.confidence) for edge in edges if edge.modality == "manual"}


def local_groups(door: Any, product: str) -> int:
    with door.open() as view:
        rows = view.supply(pa.table({"root": [product], "leaf": [product]}), "331081", 0.5).to_pylist()
    return sum(row["groups"] for row in rows if row["scope"] == "local")


def firms(door: Any) -> list[Path]:
    cells = ((name, "温岭市", short) for name, short in (
        ("甲公司", ""), ("乙公司", ""), ("丙公司", ""), ("丁达机床有限公司", "丁达"), ("丁达机床集团有限公司", ""),
    ))  # fmt: skip
    return [
        door.file("产品.csv", "产品名称,产业链", ("主轴", "机床"), ("刀塔", "机床"), ("导轨", "机床")),
        door.file("企业.csv", "企业名称,区县,简称", *cells),
        door.file("企业产品.csv", MADE, ("甲公司", "主轴", "生产", 0.3), ("乙公司", "主轴", "生产", 0.6),
                  ("丙公司", "刀塔", "生产", 0.6), ("丁达机床有限公司", "导轨", "生产", 0.9),
                  ("丁达机床集团有限公司", "导轨", "生产", 0.9)),
    ]  # fmt: skip


ROWS = (
    (link("甲公司", "主轴"), "确认", "", "看过车间", "张三", "2026-11-20"),
    (link("乙公司", "主轴"), "否决", "", "只做贸易"),
    (link("丙公司", "刀塔"), "改为", "主轴"),
    (pair("丁达机床有限公司", "丁达机床集团有限公司"), "确认"),
)


def test_verdicts_count_outlive_the_files_and_are_undone(door: Any) -> None:
    files = firms(door)
    door.ingest(*files)
    before = door.export()
    assert (local_groups(door, "主轴"), local_groups(door, "刀塔"), local_groups(door, "导轨")) == (1, 1, 2)

    report = apply(door, *ROWS)
    assert (report.exit_code, dict(report.verdicts)) == (0, {"确认": 2, "否决": 1, "改为": 1})
    assert makers(door, "主轴") == {"丙公司": ("manual", 0.99), "甲公司": ("manual", 0.99)}
    assert makers(door, "刀塔") == {}
    assert (local_groups(door, "主轴"), local_groups(door, "刀塔"), local_groups(door, "导轨")) == (2, 0, 1)
    decided = door.export()
    with door.open() as view:
        told = {line.modality: line for line in explain(view, "乙公司 生产 主轴").facts}
        assert set(told) == {"denied", "negated"}
        assert (told["denied"].source.title, told["denied"].locator) == ("企业产品.csv", "企业产品.csv 第3行")
        assert (told["negated"].source.title, told["negated"].quote) == ("审核.csv", "只做贸易")
        known = explain(view, "甲公司 生产 主轴").facts
        assert [(e.modality, e.source.date) for e in known if e.method.startswith("review:")] == [
            ("manual", "2026-11-20")
        ]
        assert view.find("丁达机床集团有限公司") == view.find("丁达")

    if not door.slow:  # a server is written from a mirror by the same code
        again = apply(door, *ROWS)
        assert (again.facts.new, again.facts.gone, again.exit_code) == (0, 0, 0)
        assert door.export() == decided
    gone = files[2:] if door.slow else files
    for file in gone:  # taken back and handed in again: the verdicts wait for their facts
        door.forget(str(file))
    assert door.slow or apply(door, *ROWS).exit_code == 0
    door.ingest(*reversed(gone))
    assert door.export() == decided

    if not door.slow:
        assert apply(door, (link("乙公司", "主轴"), "撤销"), name="撤销.csv").exit_code == 0
        assert makers(door, "主轴")["乙公司"] == ("stated", 0.6)
    door.forget("审核.csv")
    assert makers(door, "主轴") == {"甲公司": ("stated", 0.3), "乙公司": ("stated", 0.6)}
    assert door.export() == before


def test_what_to_review_is_the_same_on_every_store(door: Any) -> None:
    door.ingest(*firms(door))
    apply(door, (link("乙公司", "主轴"), "否决"), (pair("丁达机床有限公司", "丁达机床集团有限公司"), "否决"))
    with door.open() as view:
        found = find_review(view, "温岭市", "机床", 0.7, 9, Settings())
        first = find_review(view, "温岭市", "机床", 0.7, 1, Settings(), only=True)
        (named,) = read_names(view).resolve([Asked(1, "丁达机床有限公司", "Enterprise:丁达机床有限公司")])
    assert sorted(one.statement.key for one in found.links) == [link("丙公司", "刀塔"), link("甲公司", "主轴")]
    assert {one.evidence[0].locator for one in found.links} == {"企业产品.csv 第2行", "企业产品.csv 第4行"}
    assert not found.pairs, "a person said they are two"
    assert named.entity != "Enterprise:丁达机床集团有限公司"
    assert (first.links, first.left["links"]) == (found.links[:1], 1)


BAD = (
    (("Enterprise:没有｜PRODUCES｜Product:主轴", "确认"), "unknown_id"),
    (("随便写的", "确认"), "unknown_id"),
    ((pair("甲公司", "没有这家"), "确认"), "unknown_id"),
    ((link("甲公司", "主轴"), "也许"), "unknown_verdict"),
    ((link("乙公司", "主轴"), "改为"), "no_target"),
    ((link("乙公司", "主轴"), "确认", "刀塔"), "stray_target"),
    ((link("乙公司", "主轴"), "确认", "", "", "", "明天"), "bad_date"),
    ((link("甲公司", "主轴"), "改为", "火箭"), "unknown_target"),
    ((link("乙公司", "主轴"), "改为", "甲公司"), "unknown_target"),
    ((link("丁达机床有限公司", "导轨"), "改为", "导轨"), "same_target"),
)


def test_bad_rows_come_back_and_the_good_one_is_applied(duckdb_door: Any) -> None:
    duckdb_door.ingest(*firms(duckdb_door))
    report = apply(duckdb_door, *(row for row, _ in BAD), (link("丙公司", "刀塔"), "否决"))
    assert (report.exit_code, dict(report.verdicts)) == (4, {"否决": 1})
    assert codes(report) == Counter(code for _, code in BAD)
    assert not makers(duckdb_door, "刀塔")
    assert set(makers(duckdb_door, "主轴")) == {"甲公司", "乙公司"}
    with Path(report.rejects or "").open(encoding="utf-8-sig", newline="") as file:
        back = list(csv.DictReader(file))
    assert [(line["审核编号"], int(line["退回行号"])) for line in back] == [
        (row[0], at) for at, (row, _) in enumerate(BAD, 2)
    ]
    assert all(line["退回原因"] for line in back)


def test_verdicts_that_contradict_each_other_are_refused(duckdb_door: Any) -> None:
    door = duckdb_door
    door.ingest(*firms(door))
    same = link("甲公司", "主轴")
    assert codes(apply(door, (same, "确认"), (same, "否决"))) == {"contradiction": 2}
    assert apply(door, (same, "确认"), name="一.csv").exit_code == 0
    assert codes(apply(door, (same, "否决"), name="二.csv")) == {"contradiction": 1}
    assert apply(door, (same, "否决"), name="一.csv").exit_code == 0, "a sheet may correct itself"
    assert "甲公司" not in makers(door, "主轴")
    apart = pair("甲公司", "丙公司")
    assert apply(door, (apart, "否决"), name="三.csv").exit_code == 0
    chained = apply(door, (pair("甲公司", "乙公司"), "确认"), (pair("乙公司", "丙公司"), "确认"), name="四.csv")
    assert codes(chained) == {"contradiction": 1}


def test_a_missing_row_takes_nothing_back(duckdb_door: Any) -> None:
    door = duckdb_door
    door.ingest(*firms(door))
    apply(door, (link("乙公司", "主轴"), "否决"))
    apply(door, (link("乙公司", "主轴"), ""), (link("甲公司", "主轴"), "确认"))
    assert makers(door, "主轴") == {"甲公司": ("manual", 0.99)}


def test_a_confirmation_adds_no_capacity(duckdb_door: Any) -> None:
    door = duckdb_door
    rows = [(firm, "主轴", "生产", 0.6, 100, "台") for firm in ("甲公司", "乙公司")]
    door.ingest(*firms(door)[:2], door.file("企业产品.csv", f"{MADE},产能,单位", *rows))
    apply(door, (link("甲公司", "主轴"), "确认"))
    with door.open() as view:
        found = view.supply(pa.table({"root": ["主轴"], "leaf": ["主轴"]}), "331081", 0.5).to_pylist()
        (edge,) = view.edges("PRODUCES", sources=["Enterprise:甲公司"])
    assert {(row["groups"], row["hhi"], row["capacity_known"]) for row in found} == {(2, 0.5, True)}
    assert (edge.modality, edge.facts, edge.qualifiers["capacity"]) == ("manual", 2, 100)


def test_a_firm_that_gets_a_credit_code_keeps_its_verdicts(duckdb_door: Any) -> None:
    door = duckdb_door
    door.ingest(*firms(door))
    apply(door, *ROWS)
    coded = [("甲公司", code(1), ""), ("乙股份有限公司", code(2), "乙公司"), ("丁达机床集团有限公司", code(3), "")]
    door.ingest(door.file("更多.csv", "企业名称,统一社会信用代码,曾用名", *coded))
    assert makers(door, "主轴") == {code(1): ("manual", 0.99), "丙公司": ("manual", 0.99)}
    assert set(makers(door, "导轨")) == {code(3)}, "of names that are one, that with a credit code is kept"
    assert apply(door, *ROWS).exit_code == 0
    assert apply(door, (ROWS[1][0], "撤销")).exit_code == 0
    assert makers(door, "主轴")[code(2)] == ("stated", 0.6)


def test_a_denial_holds_for_what_was_judged_only(duckdb_door: Any) -> None:
    """Another source, or the same one more surely, is new evidence; the same row written otherwise is not."""
    door = duckdb_door
    door.ingest(*firms(door))
    apply(door, (link("乙公司", "主轴"), "否决"))
    for sure, counts in ((0.5, False), (0.6, False), (0.9, True)):
        door.ingest(door.file("企业产品.csv", f"{MADE},原文", ("乙公司", "主轴", "生产", sure, f"原文{sure}")))
        assert ("乙公司" in makers(door, "主轴")) == counts
    door.ingest(door.file("企业产品.csv", MADE, ("乙公司", "主轴", "生产", 0.6)))
    assert not makers(door, "主轴")
    door.ingest(door.file("新名录.csv", MADE, ("乙公司", "主轴", "生产", 0.4)))
    assert makers(door, "主轴") == {"乙公司": ("stated", 0.4)}


def test_names_said_to_be_two_are_not_united_by_a_short_name(duckdb_door: Any) -> None:
    door = duckdb_door
    made = door.file("企业产品.csv", MADE, ("海德曼", "主轴", "生产", 0.9))
    apart = (pair("海德曼", "海德曼机床有限公司"), "否决")
    door.ingest(made, door.file("企业.csv", "企业名称", ("海德曼机床有限公司",)))
    assert apply(door, apart).exit_code == 0
    door.ingest(door.file("企业.csv", "企业名称,简称", ("海德曼机床有限公司", "海德曼")))
    assert makers(door, "主轴") == {"海德曼": ("stated", 0.9)}
    with door.open() as view:
        (answer,) = read_names(view).resolve([Asked(1, "海德曼")])
        assert [answer.entity, *(one.entity for one in answer.candidates)] == ["Enterprise:海德曼"]
    door.forget("审核.csv")
    assert makers(door, "主轴") == {"海德曼机床有限公司": ("stated", 0.9)}


def test_a_pair_may_be_somebody_else_and_a_subject_another(duckdb_door: Any) -> None:
    door = duckdb_door
    door.ingest(*firms(door), door.file("更多.csv", MADE, ("丁达", "主轴", "生产", 0.6), ("戊厂", "刀塔", "生产", 0.6)))
    rows = ((pair("戊厂", "甲公司"), "改为", "乙公司"), (link("丙公司", "刀塔"), "改为", "主体：甲公司"))
    assert apply(door, *rows).exit_code == 0
    assert apply(door, *rows).exit_code == 0, "the two are one by now"
    assert set(makers(door, "刀塔")) == {"乙公司", "甲公司"}
    assert apply(door, (rows[0][0], "撤销")).exit_code == 0
    assert set(makers(door, "刀塔")) == {"戊厂", "甲公司"}


def test_a_denied_requirement_blocks_nothing_and_a_denied_claim_says_nothing(duckdb_door: Any) -> None:
    from bulian.queries.weak_links import find_weak_links

    door = duckdb_door
    door.ingest(
        door.file("产品.csv", "产品名称,产业链,终端产品", ("机床", "机床", "是"), ("主轴", "机床", "")),
        door.file("关系.csv", "产品,关系,对象,必要性,置信度", ("机床", "需要", "主轴", "必需", 0.6)),
        door.file("指标.csv", "对象,指标,数值,年份,置信度", ("主轴", "国产化率", "5%", 2024, 0.6)),
    )

    def blocks() -> int:
        with door.open() as view:
            (found,) = [f for f in find_weak_links(view, "温岭市", "机床").findings if f.product == "主轴"]
            return int(found.numbers["blocks"])

    with door.open() as view:
        listed = find_review(view, "温岭市", "机床", 0.7, 9, Settings()).others
    assert blocks() == 1
    keys = [one.statement.key for one in listed]
    assert len(keys) == 2
    assert apply(door, *((key, "否决") for key in keys)).exit_code == 0
    assert blocks() == 0
    with door.open() as view:
        assert {row["modality"] for row in view.claims(["domestic_share"]).to_pylist()} == {"denied", "negated"}
        assert not find_review(view, "温岭市", "机床", 0.7, 9, Settings()).others
    door.forget("审核.csv")
    assert blocks() == 1
