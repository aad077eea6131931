"""A review on the terminal: what applying a sheet did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .console import say, show_rows
from .ingest_console import REASONS

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_review"]

_REASONS = REASONS | {
    "unknown_id": "没有这个审核编号", "unknown_verdict": "判定的写法不对", "no_target": "没写改为什么",
    "stray_target": "判定不是改为，却写了改为", "no_redirect": "数值不能改为", "unknown_target": "改为的内容找不到",
    "same_target": "改为的就是原来的", "contradiction": "与别的判定矛盾",
}  # fmt: skip


def show_review(console: Console, report: Mapping[str, Any]) -> None:
    """What was read, applied and rejected, per sheet; then the verdicts and the changes.

    Args:
        console: where to.
        report: the document scripts read (``bulian review apply --json``).
    """
    rows = []
    for entry in report["files"]:
        reasons = "；".join(f"{_REASONS.get(code, code)} {count}" for code, count in entry["reasons"].items())
        rows.append([entry["sheet"] or entry["path"], entry["read"], entry["accepted"], entry["rejected"], reasons])
    show_rows(console, "", ("工作表", "填了的行", "照办", "退回", "原因"), rows)
    for entry in report["files"]:
        for note in entry["notes"]:
            say(console, f"{entry['path']}：{note}")
    told = "，".join(f"{word} {count}" for word, count in report["verdicts"].items()) or "没有"
    say(console, f"照办的判定：{told}。")
    facts = report["facts"]
    say(console, f"判定的事实：新增 {facts['new']}，已有 {facts['known']}，不再有 {facts['gone']}。")
    if report["rejects"]:
        say(console, f"退回的行在 {report['rejects']}，改好后可再用 bulian review apply 交。")
