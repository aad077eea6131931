"""The template: every table with headers, hints and lists; filled in, everything is accepted."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.graph.errors import RenderError
from bulian.ingest.pipeline import ingest
from bulian.ingest.table_match import match_table
from bulian.ingest.tables import COMMON, TABLES, Table, table_named
from bulian.ingest.template import TABLES_COMMAND, tables_page, write_template

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tables.md"
VALUES = {
    "number": "1200", "share": "35%", "year": "2024", "date": "2024-05-06", "flag": "是", "names": "甲；乙", "text": "甲",
}  # fmt: skip
SPECIAL = {"region": "温岭市", "province": "浙江省", "city": "台州市", "county": "温岭市", "country": "中国",
           "property": "国产化率", "value": "0.5", "credit_code": "91331081MA2ALD0P3X"}  # fmt: skip


@pytest.fixture
def store() -> Iterator[DuckDBStore]:
    opened = open_duckdb(":memory:", write=True)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_template(tmp_path_factory.mktemp("模板") / "模板.xlsx")


def sheets(path: Path) -> dict[str, Worksheet]:
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(path).worksheets}


def test_one_sheet_per_table_behind_the_explanation(template: Path) -> None:
    assert list(sheets(template)) == ["说明", *(table.name for table in TABLES)]


def test_no_row_of_the_explanation_looks_like_a_header(template: Path) -> None:
    rows = [[str(cell or "") for cell in row] for row in sheets(template)["说明"].iter_rows(values_only=True)]
    assert len(rows) > 20
    assert all(match_table(row) is None for row in rows)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_headers_comments_lists_formats_and_example(template: Path, table: Table) -> None:
    sheet = sheets(template)[table.name]
    header = [cell.value for cell in sheet[1]]
    assert header == [column.label for column in table.all_columns]
    fills = {cell.value: cell.fill.fgColor.rgb for cell in sheet[1]}
    required = {c.label for c in table.all_columns if c.required or c.name in table.any_of}
    assert {label for label, fill in fills.items() if fill == fills[next(iter(required))]} == required
    lists = {
        str(v.sqref).rstrip("0123456789"): v.formula1.strip('"').split(",") for v in sheet.data_validations.dataValidation
    }
    for at, column in enumerate(table.all_columns, start=1):
        cell = sheet.cell(1, at)
        assert cell.comment is not None
        text = cell.comment.text
        assert column.prop.description in text
        assert column.name in text
        assert ("必填" if column.required else "至少填一个" if column.name in table.any_of else "选填") in text
        assert all(choice in text for choice in column.prop.choices)
        allowed = list(column.prop.choices) or (["是", "否"] if column.prop.type == "flag" else None)
        letter = cell.column_letter
        assert lists.get(f"{letter}2:{letter}") == allowed
    example = dict(zip((column.name for column in table.all_columns), (cell.value for cell in sheet[2]), strict=True))
    assert {name: value for name, value in example.items() if value} == {**table.example, "note": "示例"}
    assert sheet.freeze_panes == "B2"
    assert sheet.max_row == 2


def test_code_and_name_columns_are_text_below_the_example(template: Path) -> None:
    """A code typed into a number column would lose its last digits."""
    namespace = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(template) as package:
        styles = ElementTree.fromstring(package.read("xl/styles.xml"))
        sheet = ElementTree.fromstring(package.read(f"xl/worksheets/sheet{2 + TABLES.index(table_named('企业'))}.xml"))
    formats = [int(xf.get("numFmtId", "0")) for xf in styles.findall(f"{namespace}cellXfs/{namespace}xf")]
    by_column = {
        at: formats[int(col.get("style", "0"))]
        for col in sheet.iter(f"{namespace}col")
        for at in range(int(col.get("min", "0")), int(col.get("max", "0")) + 1)
    }
    names = [column.name for column in table_named("企业").all_columns]
    as_text = {name for at, name in enumerate(names, start=1) if by_column.get(at) == 49}
    assert as_text >= {"enterprise_name", "credit_code", "short_name", "capital", "founded_on"}
    assert "insured" not in as_text


def test_unfilled_it_reports_every_table_with_no_row_and_no_error(
    store: DuckDBStore, template: Path, tmp_path: Path
) -> None:
    report = ingest(store, [template], rejects=tmp_path / "退回.csv")
    tables = [entry for entry in report.files if entry.table]
    assert [entry.table for entry in tables] == [table.name for table in TABLES]
    assert {(entry.read, entry.rejected, entry.error) for entry in report.files} == {(0, 0, None)}
    assert [entry.unmapped for entry in tables] == [[]] * len(TABLES)
    (explanation,) = (entry for entry in report.files if not entry.table)
    assert (explanation.sheet, explanation.notes) == ("说明", ["表头认不出"])
    assert (report.exit_code, report.rejects, store.facts()) == (0, None, [])


def test_filled_in_everything_is_accepted(store: DuckDBStore, template: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template)
    for table in TABLES:
        sheet = book[table.name]
        for line in (3, 4, 5):
            for at, column in enumerate(table.all_columns, start=1):
                value = column.prop.choices[0] if column.prop.choices else VALUES[column.prop.type]
                sheet.cell(
                    line, at, SPECIAL.get(column.name, value if column.prop.choices else value.replace("甲", f"甲{line}"))
                )
    book.save(tmp_path / "填好.xlsx")
    report = ingest(store, [tmp_path / "填好.xlsx"], rejects=tmp_path / "退回.csv")
    assert {entry.table: (entry.read, entry.accepted, dict(entry.reasons)) for entry in report.files if entry.table} == {
        table.name: (3, 3, {}) for table in TABLES
    }
    assert report.exit_code == 0
    rows = {(fact.locator.split("“")[1].split("”")[0], fact.locator.split("第")[1]) for fact in store.facts()}
    assert rows == {(table.name, f"{line}行") for table in TABLES for line in (3, 4, 5)}


def test_the_examples_themselves_are_good_rows(store: DuckDBStore, tmp_path: Path) -> None:
    for table in TABLES:
        with (tmp_path / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([table.example.keys(), table.example.values()])
    report = ingest(store, [tmp_path], rejects=tmp_path / "退回.csv")
    assert {entry.table: (entry.accepted, dict(entry.reasons)) for entry in report.files} == {
        table.name: (1, {}) for table in TABLES
    }


def test_the_lexicon_an_office_edits_in_the_template_decides_links(
    store: DuckDBStore, template: Path, tmp_path: Path
) -> None:
    def save(lexicon: dict[str, str]) -> None:
        book = openpyxl.load_workbook(template)
        for name, rows in (
            ("产品", [{"product_name": "压头", "chain": "压机"}, {"product_name": "压机", "chain": "压机"}]),
            ("企业", [{"enterprise_name": "甲厂", "main_products": "板材冲头；药片冲头；冲头；压片头"}]),
            ("词表", [{"node": "压头", **lexicon}]),
        ):  # fmt: skip
            columns = [column.name for column in table_named(name).all_columns]
            for line, row in enumerate(rows, start=3):
                for key, value in row.items():
                    book[name].cell(line, columns.index(key) + 1, value)
        book.save(tmp_path / "表.xlsx")

    def linked() -> set[str]:
        report = ingest(store, [tmp_path / "表.xlsx"], rejects=tmp_path / "退回.csv")
        assert (report.exit_code, report.rejects) == (0, None)
        return {fact.quote for fact in store.facts(predicates=["PRODUCES"])}

    save({})
    with pytest.raises(AssertionError):  # a row of 词表 that says nothing is sent back
        linked()
    save({"aliases": "冲头"})
    assert linked() == {"板材冲头", "药片冲头", "冲头"}
    save({"aliases": "冲头", "link_stop": "药片；食品"})
    assert linked() == {"板材冲头", "冲头"}
    save({"aliases": "冲头", "link_context": "药片"})
    assert linked() == {"药片冲头", "冲头"}
    save({"narrower_terms": "压片头"})
    assert linked() == {"压片头"}


def test_an_unwritable_target_is_a_render_error_and_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("x", encoding="utf-8")
    with pytest.raises(RenderError):
        write_template(tmp_path / "文件" / "模板.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["文件"]


def test_twice_the_same_bytes_over_the_old_file(template: Path, tmp_path: Path) -> None:
    target = tmp_path / "模板.xlsx"
    target.write_bytes(b"old")
    assert write_template(target) == target
    assert target.read_bytes() == template.read_bytes()
    assert list(tmp_path.iterdir()) == [target]


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == tables_page(), f"docs/tables.md 已过时，请运行：{TABLES_COMMAND}"


def test_the_page_has_every_table_column_and_an_example_that_is_recognised() -> None:
    page = tables_page()
    for table in TABLES:
        part = page.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        for column in table.columns:
            assert f"| {column.label} | `{column.name}` |" in part
            assert all(word in part for word in (*column.also, *column.weak))
        example = re.search(r"```csv\n(.*?)\n```", part, re.S)
        assert example
        header, row = csv.reader(io.StringIO(example[1]))
        match = match_table(header)
        assert match is not None
        assert (match.table, match.complete) == (table, True)
        assert dict(zip(match.columns, row, strict=True)) == dict(table.example)
    assert all(f"`{column.name}`" in page for column in COMMON)
