"""An ingest on the terminal: progress on stderr while it runs, then the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from bulian.viz.console import make_console, say, show_rows
from bulian.viz.mapping_console import show_quality

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Follow", "follow", "show_ingest"]

REASONS = {
    "missing_required": "必填项为空", "bad_value": "值不在允许范围", "bad_number": "不是数", "bad_share": "比例不对",
    "bad_year": "年份不对", "bad_date": "日期不对", "bad_flag": "应为是或否", "bad_confidence": "置信度不对",
    "bad_credit_code": "信用代码校验位不对（弃用，行保留）", "region_unknown": "地区认不出",
    "region_conflict": "省市县互相矛盾", "region_ambiguous": "地区重名", "cell_error": "单元格是错误值",
    "number_precision": "代码被存成了数字，末位已失真", "row_too_long": "行比表头长", "row_malformed": "行损坏",
    "formula_uncached": "公式没有保存结果",
    "hs_unmapped": "商品编码没有产品对应（未用）", "natural_person": "申请人是自然人（不记）",
    "bad_class": "没有分类号", "bad_weight": "占比不在 0 到 1（弃用）", "bad_validity": "有效期里没有日期（弃用）",
}  # fmt: skip
"""Reason codes in words."""


class Follow(Protocol):
    """Told what is being done, how many steps are done, and how many there are."""

    def __call__(self, doing: str, done: float, total: float, /) -> None:
        """Show it."""


@contextmanager
def follow(*, quiet: bool, verb: str = "导入") -> Iterator[Follow]:
    """A progress bar on stderr while the block runs; nothing when quiet or when stderr is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = make_console(stderr=True)
    columns = (TextColumn(verb + " {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("…", total=None)

        def show(doing: str, done: float, total: float, /) -> None:
            bar.update(task, description=doing, completed=done, total=total)

        yield show


def show_ingest(console: Console, report: Mapping[str, Any]) -> None:
    """What was read, accepted and rejected, per file; then unmapped columns, notes and errors; then totals.

    Args:
        console: where to.
        report: the document scripts read (``bulian ingest --json``).
    """
    rows = []
    for entry in report["files"]:
        reasons = "；".join(f"{REASONS.get(code, code)} {count}" for code, count in entry["reasons"].items())
        name = entry["path"].replace("\\", "/").rsplit("/", 1)[-1] + (f"［{entry['sheet']}］" if entry["sheet"] else "")
        is_document = entry.get("document") is not None
        what = "文档（读到的是事实）" if is_document else entry["table"] or ("未变" if entry["unchanged"] else "未导入")
        rows.append([name, what, entry["read"], entry["accepted"], entry["rejected"], reasons])
    show_rows(console, "", ("文件", "表", "读到", "收下", "退回", "原因"), rows)
    for entry in report["files"]:
        place = entry["path"] + (f"［{entry['sheet']}］" if entry["sheet"] else "")
        if entry["unmapped"]:
            say(console, f"{place}：未用的列：{'、'.join(entry['unmapped'])}")
        for note in entry["notes"]:
            say(console, f"{place}：{note}")
        if entry["error"] is not None:
            error = entry["error"]
            say(console, f"{place}：未导入：{error['message']} {error['hint'] or ''}")
    for entry in report["passed_over"]:
        say(console, f"{entry['path']}：{entry['note']}")
    facts = report["facts"]
    verb = "试算（未写入）的事实" if report["dry_run"] else "事实"
    say(console, f"{verb}：新增 {facts['new']}，已有 {facts['known']}，不再有 {facts['gone']}。")
    show_quality(console, report.get("quality") or {"problems": []})
    if report["rejects"]:
        say(console, f"退回的行在 {report['rejects']}，改好后可再导入。")
