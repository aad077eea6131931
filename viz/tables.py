"""The plain forms of a chain page: board, sortable lists, legend and what the page does not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import networkx as nx

from bulian.graph.modality import CONFIRMED
from bulian.queries.results import Finding, TargetReport, WeakReport
from bulian.viz.model import BoardColumn, Cell, LegendLine, Table
from bulian.viz.palette import KIND_STYLES, NATIONAL_STYLES, NODE_KINDS, REGIONAL_STYLES
from bulian.viz.words import label_word

__all__ = ["board", "caveats", "chain_legend", "finding_table", "target_table"]

_DEFINITIONS = {style.meaning for style in REGIONAL_STYLES} | {style.meaning for style in NATIONAL_STYLES}
_KIND_LABEL = {style.kind: style.label for style in KIND_STYLES}


def board(
    chain: nx.MultiDiGraph[str],
    report: WeakReport,
    stages: Sequence[str],
    stage_of: Callable[[Mapping[str, Any]], str],
) -> tuple[BoardColumn, ...]:
    """Columns by stage, inside them groups by kind, in report order; empty columns are left out."""
    rank = {finding.product: row for row, finding in enumerate(report.findings)}
    columns: list[BoardColumn] = []
    for stage in stages:
        groups: list[tuple[str, tuple[str, ...]]] = []
        inside = [
            name
            for name in sorted(chain, key=lambda n: (rank.get(n, len(rank)), n))
            if stage_of(chain.nodes[name]) == stage
        ]
        kinds = {chain.nodes[name].get("kind") or "Product" for name in inside}
        for kind in sorted(kinds, key=lambda k: (NODE_KINDS.index(k) if k in NODE_KINDS else 99, k)):
            names = tuple(n for n in inside if (chain.nodes[n].get("kind") or "Product") == kind)
            groups.append((f"{_KIND_LABEL.get(kind, kind)}（{len(names)}）", names))
        if groups:
            columns.append(BoardColumn(f"{stage}（{len(inside)}）", tuple(groups)))
    return tuple(columns)


def finding_table(chain: nx.MultiDiGraph[str], report: WeakReport) -> Table:
    """All findings in report order, with the numbers the labels rest on."""
    rows = [_finding_row(chain.nodes[f.product] if f.product in chain else {}, f) for f in report.findings]
    columns = ("环节", "类别", "位置", "本地判定", "全国判定", "停掉终端", "本地家数", "国内家数", "境外家数",
               "本地确无概率", "理由或所缺数据", "证据数")  # fmt: skip
    return Table(
        "薄弱环节清单",
        f"共 {len(rows)} 个环节，按判定、再按严重度排列；“–”表示不详。家数按集团合并。",
        columns,
        tuple(rows),
        tuple(finding.product for finding in report.findings),
    )


def _finding_row(node: Mapping[str, Any], finding: Finding) -> tuple[Cell, ...]:
    """One row of the list of findings; an unknown link shows what data is lacking instead of reasons."""
    kind = node.get("kind") or "Product"
    numbers = finding.numbers
    return (
        finding.product,
        _KIND_LABEL.get(kind, kind),
        node.get("stage"),
        label_word(finding, "regional"),
        label_word(finding, "national"),
        numbers.get("blocks"),
        numbers.get("local_groups"),
        numbers.get("domestic_groups"),
        numbers.get("foreign_groups"),
        numbers.get("p_absent_local"),
        "".join(finding.unknowns[:1] if finding.regional == "未知" else _particular(finding.reasons)),
        len(finding.evidence),
    )


def _particular(reasons: Sequence[str]) -> list[str]:
    """Reasons of this product alone: the definitions of the labels stand in the legend."""
    return [reason for reason in reasons if reason not in _DEFINITIONS]


def target_table(targets: TargetReport) -> Table:
    """All targets, gap by gap."""
    rows: list[tuple[Cell, ...]] = []
    nodes: list[str] = []
    for gap in targets.gaps:
        for target in gap.targets:
            low, high = target.rank
            rows.append(
                (
                    gap.product,
                    label_word(gap, "regional"),
                    label_word(gap, "national"),
                    target.kind,
                    target.name,
                    target.region.name if target.region else None,
                    str(low) if low == high else f"{low}–{high}",
                    target.mode or None,
                    target.reason or None,
                    target.counter or None,
                    "；".join(target.unknowns) or None,
                    len(target.evidence),
                )
            )
            nodes.append(gap.product)
    columns = ("环节", "本地判定", "全国判定", "方式", "对象", "所在地区", "名次区间", "合作模式", "推荐理由",
               "反面理由", "还不知道", "证据数")  # fmt: skip
    note = f"{len(targets.gaps)} 个环节，{len(rows)} 个对象。名次是各种权重下的最好与最差，不是得分。"
    return Table("目标清单", note, columns, tuple(rows), tuple(nodes))


def chain_legend() -> tuple[LegendLine, ...]:
    """Every sign of the map with its meaning."""
    return (
        *(LegendLine("label", style.label, style.label, style.meaning) for style in REGIONAL_STYLES),
        *(
            LegendLine("mark", style.label, f"全国·{style.label}", style.meaning)
            for style in NATIONAL_STYLES
            if style.mark
        ),
        LegendLine("edge", "need", "必需", "箭头从供给指向使用；粗线为必需"),
        LegendLine("edge", "unstated", "非必需或未说明", "细线：非必需，或来源没说是否必需"),
        LegendLine("edge", "isa", "子类", "长划线：子类指向它所属的大类"),
        LegendLine("edge", "unsure", "推断或计划", "细点线：不是明确陈述的关系，不计作供给"),
    )


def caveats(chain: nx.MultiDiGraph[str], report: WeakReport) -> tuple[str, ...]:
    """What the page does not know, one sentence each; empty when there is nothing to say."""
    notes: list[str] = []
    unknown = sum(finding.regional == "未知" for finding in report.findings)
    if unknown:
        notes.append(f"{unknown} 个环节为“未知”：没查到不等于没有，须先查证再下结论。")
    supposed = sum(finding.assumption is not None for finding in report.findings)
    if report.assumptions:
        notes.append(f"用了假设的检出率，{supposed} 个环节的判定靠假设（已标明）；没有实际查过。")
    computed = any(finding.numbers.get("p_absent_local") is not None for finding in report.findings)
    if report.findings and not computed:
        notes.append("没有来源声明过本地检索覆盖，因此一个“断链”也无法认定。")
    missing = len(set(chain) - {finding.product for finding in report.findings})
    if missing:
        notes.append(f"{missing} 个环节没有评估结果。")
    needs = [d for _, _, d in chain.edges(data=True) if d.get("relation") == "REQUIRES"]
    unstated = sum(not d.get("essentiality") for d in needs)
    if unstated:
        notes.append(f"{len(needs)} 条“需要”关系中 {unstated} 条没有说明是否必需，不据此认定卡住终端。")
    unsure = sum(d.get("modality") not in (None, *CONFIRMED) for _, _, d in chain.edges(data=True))
    if unsure:
        notes.append(f"{unsure} 条链上关系是推断或计划，不是明确陈述（细点线）。")
    return tuple(notes)
