"""The papers an office takes away: the chain map, the network page, the target workbook, written to files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bulian.graph.errors import UsageError
from bulian.graph.guard import safe_filename
from bulian.graph.store import GraphView
from bulian.queries.assumption import Assumption
from bulian.queries.picture import newest_date, read_neighbourhood, read_path, read_picture
from bulian.queries.results import TargetReport, WeakReport
from bulian.queries.settings import Settings
from bulian.queries.synthetic import synthetic_notice, synthetic_sources
from bulian.queries.targets import find_targets
from bulian.queries.weak_links import find_weak_links

from .model import ViewModel
from .network_view import network_view
from .page import render_page, write_page
from .view import chain_view
from .words import assumption_notice
from .workbook import write_workbook

__all__ = ["write_chain_page", "write_network_page", "write_papers", "write_target_book"]

_TOP = 10


def write_papers(
    view: GraphView,
    report: WeakReport,
    targets: TargetReport,
    folder: Path,
    settings: Settings | None = None,
    *,
    top: int = _TOP,
) -> Mapping[str, str]:
    """The chain map and the workbook of a report into a folder; what was written, by Chinese name.

    ``top`` is how many targets of each kind were asked for; the workbook says so.
    """
    chosen = settings or Settings()
    name = safe_filename(f"{report.region.name}-{report.chain}")
    page = write_page(render_page(_chain_model(view, report, targets, chosen)), folder / f"{name}-链图.html")
    book = write_workbook(folder / f"{name}-补链.xlsx", report, targets, extra=_extra(view, targets, top))
    return {"链图": str(page), "工作簿": str(book)}


def write_chain_page(
    view: GraphView,
    region: str,
    chain: str,
    settings: Settings,
    output: Path | None,
    assumptions: Sequence[Assumption] = (),
) -> dict[str, Any]:
    """The chain map of a region as one offline page; its path and what it shows."""
    report, targets = _answers(view, region, chain, settings, assumptions)
    model = _chain_model(view, report, targets, settings)
    path = output or Path(f"{safe_filename(f'{report.region.name}-{report.chain}')}-链图.html")
    return _written(model, path)


def _answers(
    view: GraphView, region: str, chain: str, settings: Settings, assumptions: Sequence[Assumption]
) -> tuple[WeakReport, TargetReport]:
    report = find_weak_links(view, region, chain, settings, assumptions)
    targets = find_targets(
        view, region, chain, settings=settings, report=report, top=_TOP, assumptions=assumptions
    )  # fmt: skip
    return report, targets


def _chain_model(view: GraphView, report: WeakReport, targets: TargetReport, settings: Settings) -> ViewModel:
    picture = read_picture(view, report, settings)
    model = chain_view(
        picture.chain, report, targets=targets, producers=picture.makers,
        title=f"{report.chain}产业链图谱", data_date=picture.data_date,
    )  # fmt: skip
    return replace(model, notice=_notice(view, targets))


def _notice(view: GraphView, targets: TargetReport) -> str:
    """What must stand at the head of a paper: made-up sources in the store, assumptions its labels may rest on."""
    return "".join((synthetic_notice(synthetic_sources(view)), assumption_notice(targets.assumptions)))


def write_network_page(
    view: GraphView, *, around: str | None, path: tuple[str, str] | None, output: Path | None
) -> dict[str, Any]:
    """The neighbourhood of a node, or a path between two, as one offline page.

    Raises:
        UsageError: both were asked for.
    """
    if around and path:
        raise UsageError("--around 与 --path 只能用一个", hint="请去掉其中一个。")
    if path:
        found, title = read_path(view, *path), f"{path[0]} — {path[1]}"
    else:
        found, title = read_neighbourhood(view, around or ""), f"{around} 的周围"
    model = network_view(
        found.nodes, found.edges, title=title, cut=found.cut, centre=found.centre, data_date=newest_date(view)
    )
    marked = replace(model, notice=synthetic_notice(synthetic_sources(view)))
    return _written(marked, output or Path(f"{safe_filename(title)}.html"))


def _written(model: ViewModel, path: Path) -> dict[str, Any]:
    page = write_page(render_page(model), path)
    cut = {"shown": len(model.first.points), "total": len(model.cards), "note": model.cut or None}
    return {"path": str(page), "nodes": len(model.cards), "edges": len(model.links), "cut": cut}


def write_target_book(
    view: GraphView,
    region: str,
    chain: str,
    settings: Settings,
    output: Path,
    assumptions: Sequence[Assumption] = (),
) -> dict[str, Any]:
    """The target workbook of a region on a chain; its path and how many targets and findings it lists."""
    report, targets = _answers(view, region, chain, settings, assumptions)
    book = write_workbook(output, report, targets, extra=_extra(view, targets, _TOP))
    listed = sum(len(gap.targets) for gap in targets.gaps)
    findings = len(report.findings)
    return {"path": str(book), "rows": listed + findings, "targets": listed, "findings": findings}


def _extra(view: GraphView, targets: TargetReport, top: int) -> dict[str, Any]:
    """What the office's target list shows of each firm beside the report: its own table's cells."""
    ids = sorted({target.id for gap in targets.gaps for target in gap.targets})
    fields = ("credit_code", "main_products", "honours", "capital", "insured", "founded_on")
    firms = {
        node.id: {name: "；".join(node.properties[name]) for name in fields if name in node.properties}
        for node in view.nodes(ids=ids)
    }
    notes = (f"目标清单中每个环节的招引、培育、院所各最多列 {top} 个，更多的用 bulian targets --top 查询",)
    notice = _notice(view, targets)
    return {"data_date": newest_date(view), "enterprises": firms, "notes": notes, "notice": notice}
