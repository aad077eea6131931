"""What would be read as what, on the terminal: one table a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from bulian.viz.console import say, show_rows

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_mapping", "show_quality"]

_WHY: Final = {
    "own": "本表的表头", "synonym": "同义的表头", "gloss": "去掉括号里的说明", "user": "bulian.toml 这样写",
    "weak": "看旁边的列认出", "duplicate": "与前面的列重复，空格处互补", "place": "只用来认地区，不保存",
    "personal": "个人信息，不保存", "contact": "联系方式，不保存（可设 keep_contacts）", "unknown": "认不出，不导入",
    "ignored": "bulian.toml 说不读",
}  # fmt: skip
_KINDS: Final = {"document": "当作文档读", "unreadable": "读不了", "unknown": "不是认得的表"}


def show_mapping(console: Console, sheets: Sequence[dict[str, Any]]) -> None:
    """Every sheet with its table, header row, and the reading of every column."""
    for sheet in sheets:
        place = sheet["path"] + (f"［{sheet['sheet']}］" if sheet["sheet"] else "")
        row = f"，表头在第 {sheet['header_row']} 行" if sheet["header_row"] else ""
        if sheet["kind"] == "table":
            say(console, f"{place}：“{sheet['table']}”表{row}")
        else:
            say(console, f"{place}：{_KINDS[sheet['kind']]}{row}{'：' + sheet['error'] if sheet['error'] else ''}")
        if sheet["missing"]:
            say(console, f"  最像“{sheet['table']}”表，缺少表头：{'、'.join(sheet['missing'])}")
        for label, key in (("荣誉", "honour"), ("地区", "region")):
            if sheet[key]:
                say(console, f"  行里没写{label}时取：{sheet[key]}")
        if sheet["columns"]:
            rows = [
                [column["header"], column["label"] or "—", column["unit"] or "", _WHY[column["why"]]]
                for column in sheet["columns"]
            ]
            show_rows(console, "", ("表头", "读作", "括号里", "为什么"), rows)


def show_quality(console: Console, quality: dict[str, Any]) -> None:
    """What is dirty in the rows that were taken."""
    if not quality["problems"]:
        return
    say(console, "数据质量：")
    for problem in quality["problems"]:
        place = problem["path"].replace("\\", "/").rsplit("/", 1)[-1]
        share = f"（{problem['share']:.0%}）" if problem["share"] is not None else ""
        such = "；".join(problem["examples"][:3])
        say(console, f"  {place}：{problem['message']}：{problem['count']}{share}，如 {such}")
