"""What a region could grow into, as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bulian.queries.diversification import Diversification, Extension
from bulian.viz.console import say, show_rows

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_extensions"]

_HEADERS = ("产品", "投入已有", "必需投入已有", "关联密度", "本地客户", "还缺的投入")
_SHOWN = 3


def show_extensions(console: Console, report: Diversification, *, limit: int = 30) -> None:
    """The list 延链 with its figures, then what is not known; cut with what was cut said."""
    say(
        console,
        f"{report.region.name} · {report.chain}：延链 {len(report.extensions)} 种（本地未见生产，投入大半已有）。",
    )
    if report.extensions:
        show_rows(console, "延链", _HEADERS, [_row(one) for one in report.extensions[:limit]])
        if len(report.extensions) > limit:
            say(console, f"另有 {len(report.extensions) - limit} 种未列出，用 --json 取全部。")
        say(console, "“本地未见生产”不等于没有；逐项的理由、未知与依据见 --json。")
    for text in report.unknowns:
        say(console, text)


def _row(one: Extension) -> list[str]:
    numbers = one.numbers
    missing = ["或".join(each.objects) for each in one.inputs if not each.here]
    more = f"等 {len(missing)} 种" if len(missing) > _SHOWN else ""
    return [
        one.product, _share(numbers["inputs_here"], numbers["inputs"]),
        _share(numbers["essential_here"], numbers["essential_inputs"]), _figure(numbers["density"]),
        "、".join(one.customers[:_SHOWN]) or "未见", "、".join(missing[:_SHOWN]) + more,
    ]  # fmt: skip


def _share(here: int, of: int) -> str:
    return f"{here}/{of}" if of else "未说明"


def _figure(value: Any) -> str:
    return "算不出" if value is None else f"{value:.3g}"
