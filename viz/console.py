"""Answers as text for a terminal: plain words and box-drawn tables, no glyph a GBK console lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bulian.graph.guard import plain
from bulian.graph.kinds import CLAIMS, SCHEMA
from bulian.queries.results import (
    Evidence,
    Explanation,
    Finding,
    Problem,
    SpofReport,
    Target,
    TargetReport,
    WeakReport,
)
from bulian.queries.synthetic import synthetic_notice
from bulian.viz.palette import REGIONAL_STYLES
from bulian.viz.words import assumption_notice, label_word

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "make_console",
    "say",
    "show_explanation",
    "show_notice",
    "show_points",
    "show_problems",
    "show_rows",
    "show_target",
    "show_targets",
    "show_unknown",
    "show_weak",
]

_SOUND = ("正常", "强链")
_EVIDENCE = 12


def make_console(*, stderr: bool = False) -> Console:
    """A console that never interprets markup: names come from strangers."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=False)


def show_rows(console: Console, title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table; control characters are taken out of every cell."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", header_style="bold", expand=False)
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain("" if cell is None else str(cell))) for cell in row))
    console.print(table)


def show_notice(console: Console, synthetic: Sequence[str], assumptions: Sequence[Mapping[str, Any]] = ()) -> None:
    """The warnings above an answer that rests on synthetic sources or on assumptions; nothing without any."""
    for notice in (synthetic_notice(synthetic), assumption_notice(assumptions)):
        if notice:
            say(console, notice)


def show_weak(console: Console, report: WeakReport, *, everything: bool = False, limit: int = 30) -> None:
    """The findings of a region: confirmed weaknesses first, then what is not known, then counts and coverage."""
    show_notice(console, report.coverage.get("synthetic") or (), report.assumptions)
    counts = Counter(finding.regional for finding in report.findings)
    supposed = Counter(f.regional for f in report.findings if label_word(f, "regional") != f.regional)
    marks = {label: f"（其中假设 {count}）" for label, count in supposed.items()}
    told = "、".join(f"{label} {count}{marks.get(label, '')}" for label, count in counts.items())
    say(console, f"{report.region.name} · {report.chain} · {len(report.findings)} 个环节：{told}")
    weak = [f for f in report.findings if everything or f.regional not in (*_SOUND, "未知")]
    if weak:
        show_rows(console, "薄弱环节", _HEADERS, [_row(finding) for finding in weak[:limit]])
    else:
        console.print("没有可以认定的薄弱环节（不等于没有，见“还不知道”）。")
    _show_meanings(console, weak)
    if len(weak) > limit:
        console.print(f"另有 {len(weak) - limit} 个未列出，用 --json 或 bulian export --format xlsx 取全部。")
    unknown = [f for f in report.findings if f.regional == "未知" and f.numbers["blocks"]]
    if unknown and not everything:
        title = "还不知道，但缺它会停掉终端产品：先查这些"
        show_rows(console, title, _HEADERS, [_row(finding) for finding in unknown[:limit]])
    say(console, _READING)
    say(console, coverage_line(report))


def _show_meanings(console: Console, findings: Sequence[Finding]) -> None:
    """What the labels in a table mean, those that occur, in the order of severity."""
    regional = {finding.regional for finding in findings}
    for style in REGIONAL_STYLES:
        if style.label in regional:
            say(console, f"{style.label}：{style.meaning}")


_READING = (
    "本地、国内、境外是已证实的独立生产企业家数（同一集团计一家，国内含本地）；"
    "停掉终端是缺它会停的终端产品数 / 终端产品总数。"
)
_HEADERS = ("环节", "地区判定", "全国判定", "本地", "国内", "境外", "停掉终端", "不存在的把握")


def _row(finding: Finding) -> list[Any]:
    numbers = finding.numbers
    absent = numbers["p_absent_local"]
    blocks = f"{numbers['blocks']} / {numbers['finals']}" if numbers["blocks"] else "0"
    return [
        finding.product, label_word(finding, "regional"), label_word(finding, "national"),
        numbers["local_groups"], numbers["domestic_groups"],
        numbers["foreign_groups"], blocks, "算不出" if absent is None else f"{absent:.2f}",
    ]  # fmt: skip


def coverage_line(report: WeakReport) -> str:
    """How well the chain is documented, in one sentence."""
    coverage: Mapping[str, Any] = report.coverage
    searched = coverage["searched"]
    sources = f"（{'、'.join(coverage['searched_sources'])}）" if coverage["searched_sources"] else ""
    return (
        f"数据覆盖：{coverage['products']} 个环节中，{coverage['with_any_maker']} 个有已知生产企业，"
        f"{coverage['with_local_maker']} 个有本地企业；{searched} 个环节查过声明了检出率的来源{sources}。"
        + _makers_seen(coverage)
    )


def _makers_seen(coverage: Mapping[str, Any]) -> str:
    """How many of the makers here the sources show, or why that cannot be told."""
    if coverage["makers_estimate"] is None:
        return f"本地企业见到多少成，不能估计：{coverage['makers_why']}。"
    low, high = coverage["makers_coverage_low"], coverage["makers_coverage_high"]
    return (
        f"来源列出本地独立企业 {coverage['makers_seen']} 家，由重合估计至少有 {coverage['makers_estimate']:.4g} 家"
        f"（{coverage['makers_low']:.4g}–{coverage['makers_high']:.4g}），约见到 {coverage['makers_coverage']:.0%}"
        f"（{low:.0%}–{high:.0%}）；估计不进判定。"
    )


def say(console: Console, text: str, indent: int = 0) -> None:
    """A paragraph, folded at the width of the terminal with its indent kept; not folded when redirected.

    Chinese has no spaces to break at, so it is folded by the cell, never moved whole to the next line.
    """
    from rich.cells import chop_cells

    lines = [plain(text)]
    if console.is_terminal:
        lines = chop_cells(lines[0], max(20, console.width - indent))
    for line in lines:
        console.print(" " * indent + line, no_wrap=True, overflow="ignore", crop=False)


def show_unknown(console: Console, report: WeakReport, *, limit: int = 3) -> None:
    """What is not known about the findings that matter most, and which source to check next."""
    findings = [f for f in report.findings if f.unknowns and (f.regional not in (*_SOUND, "未知") or f.numbers["blocks"])]
    findings.sort(key=lambda finding: -finding.numbers["blocks"])
    for finding in findings[:limit]:
        say(console, f"【{finding.product}】", 2)
        for sentence in finding.unknowns:
            say(console, f"· {sentence}", 4)


def show_targets(console: Console, report: TargetReport, *, gaps: int = 10) -> None:
    """Targets per gap, each with reason, counter-argument and what is unknown."""
    show_notice(console, report.synthetic, report.assumptions)
    shown = [gap for gap in report.gaps if gap.targets][:gaps]
    for gap in shown:
        say(console, f"{gap.product}（{label_word(gap, 'regional')}，全国：{label_word(gap, 'national')}）")
        for target in gap.targets:
            show_target(console, target)
    empty = [gap.product for gap in report.gaps if not gap.targets]
    if empty:
        more = "…" if len(empty) > 10 else ""
        say(console, f"数据中未见对象的环节 {len(empty)} 个：{'、'.join(empty[:10])}{more}")
    rest = sum(bool(gap.targets) for gap in report.gaps) - len(shown)
    if rest > 0:
        console.print(f"另有 {rest} 个环节有对象，用 --product 或 --json 查看。")


def show_target(console: Console, target: Target) -> None:
    """One target in four lines."""
    best, worst = target.rank
    rank = f"第 {best} 名" if best == worst else f"第 {best}–{worst} 名"
    place = target.region.name if target.region else "所在地不明"
    say(console, f"[{target.kind}] {target.name}（{place}），{rank}，方式：{target.mode}", 2)
    say(console, f"理由：{target.reason}", 6)
    say(console, f"反面：{target.counter}", 6)
    say(console, f"未知：{'、'.join(target.unknowns) or '无'}", 6)
    for line in target.evidence[:1]:
        say(console, f"依据：{_cite(line)}", 6)


def _cite(line: Evidence) -> str:
    date = f"，{line.source.date}" if line.source.date else ""
    return f"{line.statement}（{line.source.title}{date}；{line.locator}；置信度 {line.confidence:g}）"


def show_points(console: Console, report: SpofReport) -> None:
    """Single points of failure, products with any first."""
    show_notice(console, report.synthetic)
    rows = [
        [row.product, "、".join(row.single_points) or "无", "、".join(row.blocks) or "无"]
        for row in sorted(report.products, key=lambda row: (-len(row.blocks), row.product))
    ]
    show_rows(console, "单点：缺一不可的投入，与缺它会停掉的终端产品", ("产品", "缺一不可的投入", "缺它会停掉"), rows)


def show_problems(console: Console, problems: Sequence[Problem]) -> None:
    """Problems of the data with the fix."""
    if not problems:
        console.print("没有发现问题。")
        return
    rows = [[problem.message, problem.hint, problem.code] for problem in problems]
    show_rows(console, f"数据问题 {len(problems)} 条", ("问题", "怎么改", "代码"), rows)


def show_explanation(console: Console, answer: Explanation) -> None:
    """A node or an edge with every fact behind it."""
    if answer.node is not None:
        kind = SCHEMA.kind(answer.node["kind"]).label
        say(console, f"{kind} {answer.node['name']}（{answer.node['id']}）")
        for name, values in answer.node["properties"].items():
            told = [SCHEMA.kind(value).label for value in values] if name == "kind" else values
            say(console, f"{_LABELS.get(name, name)}：{'；'.join(told)}", 2)
    if answer.edge is not None:
        ends = answer.edge
        say(console, f"{ends['source']['name']} {_LABELS[ends['relation']]} {ends['target']['name']}")
    for conflict in answer.conflicts:
        say(console, f"说法不一：{conflict['message']}")
    console.print(f"依据 {len(answer.facts)} 条：")
    for line in answer.facts[:_EVIDENCE]:
        say(console, f"· {_cite(line)}", 2)
        say(console, f"原文：{line.quote}", 6)
    if len(answer.facts) > _EVIDENCE:
        console.print(f"  另有 {len(answer.facts) - _EVIDENCE} 条，用 --json 取全部。")


_LABELS: Mapping[str, str] = {
    "kind": "类别",
    **{prop.name: prop.label for holder in SCHEMA.kinds for prop in holder.properties},
    **{claim.name: claim.label for claim in CLAIMS},
    **{relation.name: relation.label for relation in SCHEMA.relations},
}
