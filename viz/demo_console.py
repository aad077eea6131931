"""The answer of the demo on a terminal, in the order an office asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bulian.queries.results import Gap, TargetReport, WeakReport

from .console import say, show_target, show_unknown, show_weak
from .words import label_word

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_demo"]


def show_demo(console: Console, report: WeakReport, targets: TargetReport, paths: Mapping[str, str]) -> None:
    """The answer of the demo: what is weak, whom to approach first, what is not known, where the papers are."""
    say(console, f"一、{report.region.name}的{report.chain}产业链，哪里弱、哪里还不知道")
    show_weak(console, report, limit=12)
    console.print()
    console.print("二、先找谁补链")
    for gap in _first_gaps(targets):
        few = "" if len(gap.targets) >= _BEST else f"，数据中只见到 {len(gap.targets)} 个"
        say(console, f"{gap.product}（{label_word(gap, 'regional')}，全国：{label_word(gap, 'national')}{few}）", 2)
        for target in gap.targets[:_BEST]:
            show_target(console, target)
    console.print()
    console.print("三、还不知道什么，下一步查什么")
    _show_unsearched(console, report)
    show_unknown(console, report)
    console.print()
    console.print("四、材料")
    for label, path in paths.items():
        say(console, f"{label}：{path}", 2)


_BEST = 3


def _first_gaps(targets: TargetReport) -> list[Gap]:
    """The first gap with targets; where it has fewer than three, the next one that has three as well."""
    found = [gap for gap in targets.gaps if gap.targets]
    first = found[:1]
    if first and len(first[0].targets) < _BEST:
        first += [gap for gap in found[1:] if len(gap.targets) >= _BEST][:1]
    return first


def _show_unsearched(console: Console, report: WeakReport) -> None:
    blind = [f for f in report.findings if f.regional == "未知" and f.numbers["p_absent_local"] is None]
    if blind:
        stopping = [finding.product for finding in blind if finding.numbers["blocks"]]
        told = f"；其中会停掉终端产品的有 {'、'.join(stopping)}" if stopping else ""
        say(
            console,
            f"{len(blind)} 个环节在数据中未见本地供应者，又没有来源声明查过，所以只能说“未知”，不能说“断链”{told}。",
            2,
        )
