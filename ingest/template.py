"""The tables people hand in, told to people: the XLSX template to fill, and docs/tables.md.

Both derive from :mod:`bulian.ingest.tables`. The template is itself an ingestible file: its example rows carry
the mark that ingest skips, so handing it in unfilled changes nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bulian.graph.errors import UsageError
from bulian.graph.schema_page import markdown_table, type_words
from bulian.graph.writing import whole_file

from .cleaning import EXAMPLE_MARK
from .tables import COMMON, TABLES, Column, Table

__all__ = ["TABLES_COMMAND", "tables_page", "write_template"]

TABLES_COMMAND: Final = "bulian schema --format tables > docs/tables.md"
"""The command that writes docs/tables.md anew."""

_FILLABLE_ROWS: Final = 20_000
"""Rows below the header for which drop-down lists are laid out."""
_TEXT_FORMAT: Final = 49
"""The built-in format "text" of workbooks, which every spreadsheet knows."""
_TEXT_TYPES: Final = {"text", "names", "date"}
_CREATED: Final = datetime(2020, 1, 1)
_FONT: Final = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}

RULES: Final = (
    "每张表一个工作表，只认表头：列的顺序、文件名、工作表名都可以改，用不到的表和列可以删。",
    "深色表头必填，其余选填；不知道就留空，不要猜，也不要填 0。",
    f"表头下第一行是示例，{COMMON[-1].label}一栏写着“{EXAMPLE_MARK}”的行不会导入，可以删。",
    "一格里有几个值时用 ； 隔开，只限：别名、简称、曾用名、荣誉、主营产品、代码，和词表各列。",
    "企业写登记全称；名称按原样保留。统一社会信用代码的列请保持文本格式，不要变成数字。",
    "角色只有“生产”算供给；销售、使用、研发各是各的，不要混填；不清楚就留空。",
    "必要性留空表示没有说明，不会当成必需。同一产品下替代组相同的几行，任有其一即可。",
    "所属集团相同的企业只算一家独立供应者；没有集团就留空。",
    "比例写 35% 或 0.35，不要写 35。金额和数量可带 万、亿。日期写 2024-03-01、2024-03 或 2024。",
    "国家或地区留空为中国；境外企业请写国名，中国香港、中国澳门、中国台湾照此写。",
    "检索表说明查过哪个来源、查的是哪里的哪种产品、查得全不全；没有它就算不出“不存在”的把握。",
    "词表管名录里的产品名连到哪个环节：别名到处通用，下位词只用于连；更长的叫法须含一个必含语境、不含任何排除语境才连。",
    "同一指标有两种说法就写两行，各写各的来源与年份，不要取平均。",
    "每张表都可加：来源、来源日期、原文、置信度（0–1，空为 0.9）、备注。来源空时以本文件为来源。",
    "有错的行会退回到一个 CSV 文件，写明原因；改好后直接再导入那个文件即可，其余的行不受影响。",
)
"""The rules of the tables in short, for the first sheet and the page."""


def write_template(path: Path, *, replace: bool = True) -> Path:
    """Write the template workbook, whole or not at all.

    One sheet per table: Chinese headers with a comment each, required ones dark, drop-down lists where only
    some values are allowed, text format where a number would lose digits, one example row that ingest skips.

    Args:
        path: where to.
        replace: whether a file that is there may be replaced if it is no fresh template: people fill them in.

    Returns:
        The path.

    Raises:
        UsageError: there is another file of that name, and it may not be replaced.
        RenderError: the folder is not writable, the disk is full, or the file is open elsewhere.
    """
    with whole_file(path) as temporary:
        _write_book(str(temporary))
        there = Path(path)
        if not replace and there.is_file() and there.read_bytes() not in (b"", temporary.read_bytes()):
            hint = "请换一个文件名；确要覆盖请加 --force。"
            raise UsageError("已有同名文件，可能已经填过，没有覆盖", where=str(path), hint=hint, code="exists")
    return Path(path)


def _write_book(name: str) -> None:
    import xlsxwriter
    import xlsxwriter.exceptions

    book: Any = xlsxwriter.Workbook(name, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _CREATED, "author": "", "comments": ""})
    _add_rules(book)
    for table in TABLES:
        _add_table(book, table)
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as refused:
        raise OSError(str(refused)) from refused


def _add_rules(book: Any) -> None:
    """The first sheet; one column of sentences, so that no row of it looks like a header."""
    page = book.add_worksheet("说明")
    text = book.add_format({**_FONT, "text_wrap": True})
    head = book.add_format({**_FONT, "bold": True, "font_size": 14})
    page.set_column(0, 0, 100)
    page.write_string(0, 0, "填表说明：这一页不会导入", head)
    lines = [f"{number}. {rule}" for number, rule in enumerate(RULES, start=1)]
    lines += ["", "各表用途：", *(f"《{table.name}》{table.description}" for table in TABLES)]
    for row, line in enumerate(lines, start=2):
        page.write_string(row, 0, line, text)


def _add_table(book: Any, table: Table) -> None:
    page = book.add_worksheet(table.name)
    formats = {
        "required": book.add_format({**_FONT, "bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1}),
        "optional": book.add_format({**_FONT, "bold": True, "bg_color": "#DDE6F0", "border": 1}),
        "example": book.add_format({**_FONT, "italic": True, "font_color": "#7F7F7F", "num_format": _TEXT_FORMAT}),
        "text": book.add_format({**_FONT, "num_format": _TEXT_FORMAT}),
        "plain": book.add_format(_FONT),
    }
    example = {**table.example, "note": EXAMPLE_MARK}
    for at, column in enumerate(table.all_columns):
        as_text = column.prop.type in _TEXT_TYPES
        page.set_column(at, at, _width(column, example), formats["text" if as_text else "plain"])
        needed = column.required or column.name in table.any_of
        page.write_string(0, at, column.label, formats["required" if needed else "optional"])
        page.write_comment(0, at, _comment(table, column), {"author": "", "width": 260, "height": 130})
        if column.name in example:
            page.write_string(1, at, example[column.name], formats["example"])
        _add_list(page, at, column)
    page.freeze_panes(1, 1)


def _width(column: Column, example: dict[str, str]) -> int:
    """Width in half-width characters: header and example fit, within reason."""
    longest = max(len(column.label), len(example.get(column.name, "")))
    return min(max(10, 2 * longest + 4), 44)


def _need(table: Table, column: Column) -> str:
    if column.name in table.any_of:
        return f"{'、'.join(table.column(name).label for name in table.any_of)} 至少填一个"
    return "必填" if column.required else "选填"


def _comment(table: Table, column: Column) -> str:
    return "\n".join([
        column.prop.description,
        f"英文表头：{column.name}",
        _need(table, column),
        f"可填：{type_words(column.prop)}",
    ])  # fmt: skip


def _add_list(page: Any, at: int, column: Column) -> None:
    """A drop-down list where only some values are allowed."""
    allowed = column.prop.choices or (("是", "否") if column.prop.type == "flag" else ())
    if allowed:
        page.data_validation(
            1, at, _FILLABLE_ROWS, at,
            {"validate": "list", "source": list(allowed), "ignore_blank": True, "error_title": column.label,
             "error_message": f"请填 {'、'.join(allowed)} 之一，或留空。"},
        )  # fmt: skip


def tables_page() -> str:
    """docs/tables.md: every table, its headers and an example, in Markdown."""
    lines = [
        "# 要填的表",
        "",
        f"本页由程序生成，请勿手改；改了 `ingest/tables.py` 之后用 `{TABLES_COMMAND}` 重新生成。"
        "`bulian template 模板.xlsx` 写出可填的工作簿。",
        "",
        *(f"{number}. {rule}" for number, rule in enumerate(RULES, start=1)),
        "",
    ]
    for table in TABLES:
        lines += [*_table_lines(table), ""]
    lines += ["## 每张表都可有的列", "", *_column_lines(None, COMMON)]
    return "\n".join(lines) + "\n"


def _table_lines(table: Table) -> Iterator[str]:
    yield from (f"## {table.name}", "", table.description, "")
    yield from _column_lines(table, table.columns)
    yield from ("", "例：", "", "```csv", _example_csv(table), "```")


def _column_lines(table: Table | None, columns: tuple[Column, ...]) -> list[str]:
    rows = [
        (
            column.label,
            f"`{column.name}`",
            _need(table, column) if table else "选填",
            column.prop.description,
            type_words(column.prop),
            "、".join((*column.also, *column.weak)),
        )
        for column in columns
    ]
    return markdown_table(["表头", "英文表头", "必填", "含义", "可填", "也认的表头"], rows)


def _example_csv(table: Table) -> str:
    filled = [column for column in table.columns if column.name in table.example]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.label for column in filled])
    writer.writerow([table.example[column.name] for column in filled])
    return out.getvalue().rstrip("\n")
