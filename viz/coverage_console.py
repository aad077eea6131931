"""What was searched, what that proves and how much the sources show, as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bulian.queries.coverage_results import CoverageReport, ProductCoverage, SearchLine, SourceCoverage
from bulian.queries.next_source import NextSource
from bulian.queries.recapture import Estimate, FoundAgain, SourcePair
from bulian.viz.console import say, show_notice, show_rows
from bulian.viz.words import label_word

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_coverage"]

_PRODUCTS = (
    "环节",
    "地区判定",
    "停掉终端",
    "本地",
    "查过什么（检出率）",
    "本地不存在的把握",
    "全国不存在的把握",
    "还需检出率",
)
_SOURCES = ("来源", "列出的本地企业", "重新找到（企业）", "重新找到（企业—产品）", "登记的检出率", "同源")
_GROUPS, _NAMED, _LISTED = 5, 3, 12
_PAIRS = ("来源甲", "来源乙", "甲列出", "乙列出", "都列出", "估计共有")


def show_coverage(console: Console, report: CoverageReport, *, everything: bool = False, limit: int = 30) -> None:
    """Products not settled first to last, then what the sources show of the makers here, then warnings."""
    show_notice(console, report.coverage.get("synthetic") or (), report.assumptions)
    say(console, f"{report.region.name} · {report.chain} · {_counts(report)}。")
    products = [one for one in report.products if everything or not one.settled]
    if products:
        title = "每个环节查过什么" if everything else "还没有查清的环节：查过什么，下一步查什么"
        show_rows(console, title, _PRODUCTS, [_product(one) for one in products[:limit]])
        say(
            console,
            "还需检出率：再查一个独立来源，检出率不低于它才能认定没有；“先核实”是有未证实的生产说法，查了也不能认定。",
        )
    _show_next(console, products)
    _show_sources(console, report)
    for warning in report.warnings:
        say(console, f"注意：{warning}")


def _counts(report: CoverageReport) -> str:
    counts = report.coverage
    return (
        f"{counts['products']} 个环节：{counts['with_local_maker']} 个有证实的本地企业，"
        f"{counts['searched']} 个查过声明了检出率的来源，{counts['settled']} 个已查清有没有，"
        f"{counts['unsearched']} 个没有来源查过"
    )


def _show_next(console: Console, products: Sequence[ProductCoverage]) -> None:
    """Which sources to check next; products that lack the same are told of together."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for one in products:
        if one.next:
            groups.setdefault(tuple(_next(item) for item in one.next), []).append(one.product)
    for sources, names in list(groups.items())[:_GROUPS]:
        more = f" 等 {len(names)} 个环节" if len(names) > _NAMED else ""
        say(console, f"下一步先查：{'；'.join(sources)}（{'、'.join(names[:_NAMED])}{more}）。")
    if len(groups) > _GROUPS:
        say(console, f"另有 {len(groups) - _GROUPS} 组环节缺别的来源，见 --json 的 next。")


def _product(one: ProductCoverage) -> list[str]:
    needed = "已查清" if one.settled else "先核实" if one.rate_needed is None else f"{one.rate_needed:.2g}"
    return [
        one.product, label_word(one, "regional"), str(one.blocks), str(one.local_groups), _searched(one.searches),
        _share(one.p_absent_local), _share(one.p_absent_national), needed,
    ]  # fmt: skip


def _searched(searches: Sequence[SearchLine]) -> str:
    words = {"检索表": "", "文件声明": "，文件声明", "假设": "，假设，未查"}
    told = [f"{one.source}（{one.rate:g}{words[one.basis]}{f'，{one.date}' if one.date else ''}）" for one in searches]
    return "、".join(told) or "没有查过"


def _next(item: NextSource) -> str:
    if item.rate is None:
        return item.name
    kind = "登记" if item.kind == "检索来源" else "估计"
    return f"{item.name}（{kind}检出率 {item.rate:.2g}{'，够' if item.enough else '，还不够'}）"


def _share(value: float | None) -> str:
    return "算不出" if value is None else f"{value:.2f}"


def _show_sources(console: Console, report: CoverageReport) -> None:
    say(console, f"各来源共列出 {report.makers.seen} 家本地企业（同一集团计一家）；{_estimate(report.makers, '至少')}。")
    if report.sources:
        title = "来源找得全不全：别的来源列出的，它重新找到多少（只供参考，不进判定）"
        show_rows(console, title, _SOURCES, [_source(one) for one in report.sources[:_LISTED]])
    if len(report.sources) > _LISTED:
        say(console, f"另有 {len(report.sources) - _LISTED} 个来源未列出，用 --json 取全部。")
    pairs = [pair for pair in report.pairs if pair.both or not pair.independent]
    if pairs:
        titles = {one.source: one.title for one in report.sources}
        show_rows(console, "两个来源的重合", _PAIRS, [_pair(pair, titles) for pair in pairs[:_LISTED]])
    if len(pairs) > _LISTED:
        say(console, f"另有 {len(pairs) - _LISTED} 对未列出，用 --json 取全部。")


def _source(one: SourceCoverage) -> list[str]:
    declared = "、".join(f"{rate:g}" for rate in one.declared) or "没有登记"
    found = _again(one.found_again), _again(one.found_again_by_product)
    return [one.title, str(one.makers), *found, declared, one.register or ""]


def _again(found: FoundAgain) -> str:
    told = f"{found.again} / {found.known}"
    return told if found.rate is None else f"{told} = {found.rate:.2f}（{found.low:.2f}–{found.high:.2f}）"


def _pair(pair: SourcePair, titles: Mapping[str, str]) -> list[str]:
    counts = (str(pair.first_makers), str(pair.second_makers), str(pair.both))
    return [titles[pair.first], titles[pair.second], *counts, _estimate(pair.estimate, "共")]


def _estimate(found: Estimate, least: str) -> str:
    if found.estimate is None:
        return found.why or "不能估计"
    return (
        f"估计{least}有 {found.estimate:.4g} 家（{found.low:.4g}–{found.high:.4g}），已见到 {found.coverage:.0%}"
        f"（{found.coverage_low:.0%}–{found.coverage_high:.0%}）"
    )
