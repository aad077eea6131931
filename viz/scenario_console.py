"""What stops a chain beyond its single points, scenarios and cut sets, as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bulian.queries.results import SpofReport
from bulian.queries.scenario import ScenarioReport
from bulian.viz.console import say, show_notice, show_rows

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_cut_sets", "show_scenario"]


def show_scenario(console: Console, report: ScenarioReport, *, limit: int = 30) -> None:
    """The finals that stop with the way there, products that lost their makers, and what is not known."""
    show_notice(console, report.synthetic)
    place = f"（只算{report.region.name}的生产企业）" if report.region else ""
    taken = "、".join(f"{one.name}（{one.kind}）" if one.kind != one.name else one.name for one in report.taken)
    finals = len(report.stopped) + len(report.running)
    say(console, f"{report.chain}{place} · 拿走 {taken}：{finals} 种终端产品中，{len(report.stopped)} 种会停。")
    if report.stopped:
        rows = [[row.product, " → ".join(row.because)] for row in report.stopped]
        _show(console, "会停的终端产品", ("终端产品", "因为"), rows, limit)
    if report.lost:
        rows = [[row.product, str(row.groups), str(row.firms), "、".join(row.by)] for row in report.lost]
        _show(console, "失去全部生产企业的产品", ("产品", "原有独立供应者", "原有企业", "因拿走"), rows, limit)
    _listed(console, "照常的终端产品", report.running, limit)
    _listed(console, "同时停的其他产品", report.also_stopped, limit)
    _listed(console, "未见生产企业、按照常计的产品（未见不等于没有）", report.unknowns, limit)
    if report.region:
        _listed(console, f"{report.region.name}没有、别处有生产企业、按照常计的产品", report.made_elsewhere, limit)
    for note in report.notes:
        say(console, note)


def show_cut_sets(console: Console, report: SpofReport, size: int, *, limit: int = 30) -> None:
    """The cut sets of two and more, as single points stand in a table of their own, and where the search was cut off."""
    asked = [row for row in report.products if row.cut_sets is not None]
    larger = [(row.product, cut) for row in asked for cut in row.cut_sets or () if len(cut) > 1]
    if larger:
        rows = [[product, " + ".join(cut)] for product, cut in larger]
        show_rows(console, f"最小割集 {len(rows)} 个：合起来缺了就停", ("产品", "同时缺"), rows[:limit])
        if len(rows) > limit:
            say(console, f"另有 {len(rows) - limit} 行未列出，用 --json 取全部。")
    else:
        say(console, f"单点之外，没有找到至多 {size} 个产品的最小割集。")
    short = [row for row in asked if (row.cut_sets_up_to or 0) < size]
    for row in short[:limit]:
        say(console, f"“{row.product}”的组合太多，只找全了至多 {row.cut_sets_up_to} 个产品的割集。")
    if len(short) > limit:
        say(console, f"另有 {len(short) - limit} 种产品也没有找全，见 --json 的 cut_sets_up_to。")


def _show(console: Console, title: str, headers: Sequence[str], rows: Sequence[Sequence[str]], limit: int) -> None:
    show_rows(console, f"{title} {len(rows)} 种", headers, rows[:limit])
    if len(rows) > limit:
        say(console, f"另有 {len(rows) - limit} 行未列出，用 --json 取全部。")


def _listed(console: Console, title: str, names: Sequence[str], limit: int) -> None:
    if names:
        more = f"…（另有 {len(names) - limit} 种，用 --json 取全部）" if len(names) > limit else ""
        say(console, f"{title} {len(names)} 种：{'、'.join(names[:limit])}{more}")
