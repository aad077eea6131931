"""The Excel workbook an office works with: targets, weak links, evidence and what the figures mean.

Text from strangers is always written as text, never as a formula; only http and https addresses become links.
The same answers give the same bytes: the creation date is fixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import bulian
from bulian.graph.writing import whole_file
from bulian.queries.results import Evidence, TargetReport, WeakReport
from bulian.viz.palette import NATIONAL_STYLES, REGIONAL_STYLES
from bulian.viz.sheet import Column, Sheet, SheetBook
from bulian.viz.words import (
    COMPONENT_WORDS,
    MODALITY_WORDS,
    NUMBER_WORDS,
    SETTING_WORDS,
    coverage_rows,
    label_word,
    number_word,
    written,
)

__all__ = ["OFFICE_COLUMNS", "write_workbook"]

OFFICE_COLUMNS: tuple[str, ...] = ("责任单位", "时间节点", "跟进状态", "备注")
"""Left empty for the office; they come back when the workbook is ingested again."""

_NUMBER_KEYS: tuple[str, ...] = tuple(NUMBER_WORDS)[:8]


def write_workbook(
    path: Path,
    report: WeakReport,
    targets: TargetReport | None,
    *,
    extra: Mapping[str, Any] | None = None,
) -> Path:
    """Write 目标清单, 薄弱环节, 证据 and 口径说明, whole or not at all.

    Args:
        path: where to; an existing file is replaced.
        report: the weak-link report.
        targets: the target report; without one 目标清单 says that none was asked for.
        extra: ``notice`` (text for a sheet before all others), ``data_date`` (text), ``notes`` (texts for
            口径说明), and ``enterprises``: target id → fields
            the report does not carry (credit_code, province, city, county, main_products, honours, capital,
            insured, founded_on, relation, contact). What is missing stays empty.

    Raises:
        RenderError: the folder is missing or the file cannot be replaced (open in Excel, for example).
    """
    more = extra or {}
    with whole_file(path) as temporary, SheetBook(str(temporary)) as book:
        if notice := more.get("notice"):
            book.add(Sheet("注意", [Column("注意", 90)], [[notice]]))
        book.add(_target_sheet(report, targets, more))
        book.add(_weak_sheet(report))
        book.add(_evidence_sheet(report, targets))
        book.add(_notes_sheet(report, targets, more))
    return Path(path)


def _component_keys(targets: TargetReport | None) -> list[str]:
    """All components that occur, the well-known ones first."""
    seen = {key for gap in (targets.gaps if targets else ()) for target in gap.targets for key in target.components}
    known = list(COMPONENT_WORDS)
    return sorted(seen, key=lambda key: (known.index(key) if key in known else len(known), key))


def _target_sheet(report: WeakReport, targets: TargetReport | None, more: Mapping[str, Any]) -> Sheet:
    """One row per gap and target; the last four columns belong to the office."""
    components = _component_keys(targets)
    columns = [
        *(Column(title, width) for title, width in (
            ("序号", 6), ("对象名称", 34), ("统一社会信用代码", 22), ("所在地区", 26), ("对应产业链环节", 20),
            ("本地判定", 12), ("全国判定", 12), ("类别", 8), ("主营产品", 28), ("资质荣誉", 28), ("注册资本", 14),
            ("参保人数", 10), ("成立日期", 12), ("与本地企业关系", 24), ("名次（最好）", 10), ("名次（最差）", 10))),
        *(Column(f"分项·{COMPONENT_WORDS.get(key, key)}", 12) for key in components),
        *(Column(title, width) for title, width in (
            ("合作模式", 18), ("推荐理由", 44), ("反面理由", 36), ("还不知道", 36), ("证据来源", 40), ("联系方式", 18),
            *((title, 14) for title in OFFICE_COLUMNS))),
    ]  # fmt: skip
    rows = list(_target_rows(targets, components, more.get("enterprises") or {}))
    note = "" if targets else "这次没有查询招引对象"
    return Sheet("目标清单", columns, rows, freeze=2, empty_note=note or "没有找到对象；没找到不等于没有")


def _target_rows(
    targets: TargetReport | None, components: list[str], firms: Mapping[str, Mapping[str, Any]]
) -> Iterator[list[Any]]:
    """Rows of 目标清单 in report order."""
    number = 0
    for gap in targets.gaps if targets else ():
        for item in gap.targets:
            number += 1
            firm = firms.get(item.id, {})
            yield [
                number, item.name, firm.get("credit_code"), item.region.name if item.region else None, gap.product,
                label_word(gap, "regional"), label_word(gap, "national"), item.kind, firm.get("main_products"),
                firm.get("honours"), firm.get("capital"), firm.get("insured"), firm.get("founded_on"),
                firm.get("relation"), *item.rank,
                *(item.components.get(key) for key in components),
                item.mode, item.reason, item.counter, "；".join(item.unknowns), _sources(item.evidence),
                firm.get("contact"), *(None for _ in OFFICE_COLUMNS),
            ]  # fmt: skip


def _sources(evidence: tuple[Evidence, ...]) -> str:
    """Sources in one cell; each in full on the evidence sheet."""
    return "；".join(dict.fromkeys(f"{e.source.title or e.source.uri}（{e.locator}）" for e in evidence))


def _weak_sheet(report: WeakReport) -> Sheet:
    """One row per finding, in report order."""
    seen = {key for finding in report.findings for key in finding.numbers}
    others = sorted(seen - set(_NUMBER_KEYS))
    keys = [*_NUMBER_KEYS, *others]
    columns = [
        Column("产业链环节", 24), Column("本地判定", 12), Column("全国判定", 12), Column("卡住终端比例", 12, bar=True),
        *(Column(number_word(key), 14, bar=key in ("local_groups", "domestic_groups")) for key in keys),
        Column("理由", 50), Column("怎样会变", 36), Column("还不知道", 44), Column("证据条数", 10),
    ]  # fmt: skip
    rows: list[list[Any]] = [
        [
            f.product,
            label_word(f, "regional"),
            label_word(f, "national"),
            f.severity,
            *(f.numbers.get(key) for key in keys),
            "".join(f.reasons),
            f.counterfactual,
            "".join(f.unknowns),
            len(f.evidence),
        ]
        for f in report.findings
    ]
    return Sheet("薄弱环节", columns, rows, freeze=1, empty_note="这条产业链没有环节")


def _evidence_sheet(report: WeakReport, targets: TargetReport | None) -> Sheet:
    """One row per evidence line, with the finding or target it stands behind."""
    columns = [
        Column("用于", 10), Column("产业链环节", 22), Column("对象", 30), Column("陈述", 46), Column("来源", 34),
        Column("网址或文件", 40, link=True), Column("来源日期", 12), Column("位置", 24), Column("原文", 50),
        Column("方法", 22), Column("置信度", 8), Column("性质", 10), Column("事实编号", 20),
    ]  # fmt: skip
    rows = [["判定", f.product, None, *_evidence(e)] for f in report.findings for e in f.evidence]
    for gap in targets.gaps if targets else ():
        rows += [[t.kind, gap.product, t.name, *_evidence(e)] for t in gap.targets for e in t.evidence]
    return Sheet("证据", columns, rows, freeze=1, empty_note="没有证据可列")


def _evidence(e: Evidence) -> list[Any]:
    """The cells of one evidence line."""
    return [
        e.statement, e.source.title, e.source.uri, e.source.date, e.locator, e.quote, e.method, e.confidence,
        MODALITY_WORDS.get(e.modality, e.modality), e.fact,
    ]  # fmt: skip


def _notes_sheet(report: WeakReport, targets: TargetReport | None, more: Mapping[str, Any]) -> Sheet:
    """Where the figures come from, what the labels mean, and what is not known."""
    unknown = sum(f.regional == "未知" for f in report.findings)
    uncovered = sum(f.numbers.get("p_absent_local") is None for f in report.findings)
    rows: list[list[Any]] = [
        ["范围", "地区", f"{report.region.name}（{report.region.code}）"],
        ["范围", "产业链", report.chain],
        ["范围", "最新来源日期", more.get("data_date") or "不详"],
        ["范围", "工具版本", f"补链 {bulian.__version__}"],
        ["范围", "环节数", len(report.findings)],
        [
            "范围",
            "清单中的对象（招引、培育、院所合计，一个对象补几个环节就计几次）",
            sum(len(g.targets) for g in targets.gaps) if targets else "这次没有查询",
        ],
        ["不知道", "判为“未知”的环节", f"{unknown} 个；没查到不等于没有"],
        ["不知道", "没有检索覆盖可算 P_absent 的环节", f"{uncovered} 个；这些环节不会判为断链"],
        *(["不知道", "说明", note] for note in more.get("notes") or ()),
        *(["假设", one["name"], one["text"]] for one in report.assumptions),
        *(["覆盖", word, told] for word, told in coverage_rows(report.coverage)),
        *(["门槛", SETTING_WORDS.get(key, key), written(value)] for key, value in report.settings.items()),
        *(["本地判定", style.label, style.meaning] for style in REGIONAL_STYLES),
        *(["全国判定", style.label, style.meaning] for style in NATIONAL_STYLES),
        ["读法", "名次", "各种权重下的最好与最差名次，不是得分"],
        ["读法", "家数", "同一集团的企业计一家；只有“生产”算供给"],
        ["读法", "空格", "不详，不是零"],
    ]
    return Sheet("口径说明", [Column("类别", 12), Column("项目", 34), Column("内容", 90)], rows, freeze=1)
