"""The workbook, read back with an independent reader."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bulian.graph.errors import RenderError
from bulian.graph.guard import plain
from bulian.viz.workbook import OFFICE_COLUMNS, write_workbook


def rows(book: Any, name: str) -> list[dict[str, Any]]:
    head, *body = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


@pytest.fixture
def book(tmp_path: Path, sample):  # type: ignore[no-untyped-def]
    extra = {
        "data_date": "2026-11-20",
        "notes": ["示例说明"],
        "enterprises": {"c1": {"credit_code": "913310817" + "0" * 9}},
    }
    return openpyxl.load_workbook(write_workbook(tmp_path / "清单.xlsx", sample.report, sample.targets, extra=extra))


def test_the_four_sheets_are_there_frozen_and_filtered(book) -> None:  # type: ignore[no-untyped-def]
    assert book.sheetnames == ["目标清单", "薄弱环节", "证据", "口径说明"]
    for sheet in book:
        assert sheet.freeze_panes in ("B2", "C2")
        assert sheet.auto_filter.ref


def test_no_cell_is_a_formula_and_only_web_addresses_are_links(book) -> None:  # type: ignore[no-untyped-def]
    links = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.coordinate
                if cell.hyperlink:
                    links += 1
                    assert cell.hyperlink.target.startswith("https://example.org/")
    assert links > 0


def test_every_finding_is_a_row_with_its_numbers_as_numbers(book, sample) -> None:  # type: ignore[no-untyped-def]
    table = rows(book, "薄弱环节")
    assert [row["产业链环节"] for row in table] == [plain(f.product) for f in sample.report.findings]
    groups = [row["本地独立供方（家，同一集团计一家）"] for row in table]
    assert groups == [f.numbers["local_groups"] for f in sample.report.findings]
    assert all(row["本地确无的概率 P_absent"] is None for row in table)


def test_the_target_list_ends_with_the_empty_columns_of_the_office(book, sample) -> None:  # type: ignore[no-untyped-def]
    (row,) = rows(book, "目标清单")
    assert tuple(row)[-4:] == OFFICE_COLUMNS
    assert all(row[title] is None for title in OFFICE_COLUMNS)
    target = sample.targets.gaps[0].targets[0]
    assert row["对象名称"] == target.name
    assert (row["名次（最好）"], row["名次（最差）"]) == target.rank
    assert row["统一社会信用代码"] == "913310817" + "0" * 9
    assert (row["分项·产能"], row["分项·本地可配套的上下游（种）"]) == (0.5, None)


def test_every_evidence_line_stands_with_its_use(book, sample) -> None:  # type: ignore[no-untyped-def]
    table = rows(book, "证据")
    assert [row["用于"] for row in table] == ["判定"] * len(sample.report.findings) + ["招引"]
    assert [row["事实编号"] for row in table[:-1]] == [plain(f.evidence[0].fact) for f in sample.report.findings]
    assert any(row["网址或文件"] == "javascript:hit(3)" for row in table)


def test_the_notes_name_settings_version_date_and_what_is_unknown(book) -> None:  # type: ignore[no-untyped-def]
    notes = {row["项目"]: row["内容"] for row in rows(book, "口径说明")}
    assert notes["最新来源日期"] == "2026-11-20"
    assert notes["工具版本"].startswith("补链 ")
    assert notes["置信度门槛 τ：达到才算证实"] == "0.5"
    assert notes["判为“未知”的环节"].startswith("1 个")
    assert notes["说明"] == "示例说明"


def test_the_same_answers_give_the_same_bytes(tmp_path: Path, sample) -> None:  # type: ignore[no-untyped-def]
    a = write_workbook(tmp_path / "a.xlsx", sample.report, sample.targets)
    b = write_workbook(tmp_path / "b.xlsx", sample.report, sample.targets)
    assert a.read_bytes() == b.read_bytes()


def test_without_targets_the_sheet_says_so(tmp_path: Path, sample) -> None:  # type: ignore[no-untyped-def]
    made = openpyxl.load_workbook(write_workbook(tmp_path / "a.xlsx", sample.report, None))
    assert made["目标清单"]["A2"].value == "这次没有查询招引对象"


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, sample, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def refuse(*_: object) -> None:
        raise PermissionError("open in Excel")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(RenderError, match="文件写不出去"):
        write_workbook(tmp_path / "a.xlsx", sample.report, None)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RenderError):
        write_workbook(tmp_path / "无" / "a.xlsx", sample.report, None)
