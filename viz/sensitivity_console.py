"""How sure the labels are, as text for a terminal: which would flip, and which rest on few rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from bulian.queries.sensitivity_results import Flip, Kept, Sensitivity
from bulian.viz.console import say, show_rows

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_sensitivity"]

_AXES = {"regional": "地区", "national": "全国"}
_HEADERS = ("环节", "判定", "改为", "阈值改动")
_KEPT = ("环节", "保持", "地区判定（次数）", "全国判定（次数）")


def show_sensitivity(console: Console, answer: Sensitivity, *, limit: int = 15) -> None:
    """Flips by product and label, then the findings least often kept; both cut with what was cut said."""
    tried = [swept for swept in answer.swept if swept.skipped is None]
    say(console, f"阈值各自上下变动两成（整数一级）共 {len(tried)} 次，判定会变的有 {len(answer.flips)} 处。")
    rows = _flips(answer.flips)
    if rows:
        show_rows(console, "换一个阈值就会变的判定", _HEADERS, rows[:limit])
        _cut(console, len(rows), limit)
    if answer.bootstrap is None:
        return
    boot = answer.bootstrap
    say(console, f"随机去掉一成的行（需要与属于共 {boot.links} 行、生产的说法 {boot.claims} 条），{boot.replicates} 次：")
    shaky = sorted((one for one in boot.findings if one.kept < 1), key=lambda one: (one.kept, one.product))
    if shaky:
        show_rows(console, "去掉一成的行就可能变的判定", _KEPT, [_row(one) for one in shaky[:limit]])
        _cut(console, len(shaky), limit)
    else:
        say(console, "所有判定每次都保持。")
    say(console, boot.note)


def _flips(flips: tuple[Flip, ...]) -> list[list[str]]:
    """One row per product, axis and label it would get, most moved products first."""
    found: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for flip in flips:
        found[flip.product, flip.axis, flip.label, flip.to].append(f"{flip.setting} = {flip.value:g}")
    often = Counter(flip.product for flip in flips)
    order = sorted(found, key=lambda key: -often[key[0]])  # otherwise as they come
    return [[key[0], f"{_AXES[key[1]]}：{key[2]}", key[3], "、".join(found[key])] for key in order]


def _row(one: Kept) -> list[str]:
    counts = ["、".join(f"{label} {count}" for label, count in seen.items()) for seen in (one.regional, one.national)]
    return [one.product, f"{one.kept:.0%}", *counts]


def _cut(console: Console, rows: int, limit: int) -> None:
    if rows > limit:
        say(console, f"另有 {rows - limit} 行未列出，用 --json 取全部。")
