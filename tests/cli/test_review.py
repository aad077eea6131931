"""review export and apply as an office uses them: out, filled in with another program, back."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest


@pytest.fixture
def store(bulian, tmp_path) -> None:
    (tmp_path / "产品.csv").write_text("产品名称,产业链\n主轴,机床\n刀塔,机床\n", "utf-8")
    (tmp_path / "企业产品.csv").write_text(
        "企业名称,产品名称,角色,置信度,原文,来源\n"
        "甲公司,主轴,生产,0.6,=HYPERLINK(1),https://example.org/a\n"
        "\"=cmd|'/c calc'!A1\",刀塔,生产,0.4,,\n",
        "utf-8",
    )
    bulian("ingest", "产品.csv", "企业产品.csv")


def test_out_filled_in_and_back(bulian, store, tmp_path) -> None:
    told = bulian("review", "export", "审核.xlsx", "--json").json
    assert (told["path"], told["rows"]) == ("审核.xlsx", 2)
    assert told["sheets"] == {"合并候选": 0, "低置信挂链": 2, "低置信事实": 0}
    assert set(told["left_off"].values()) == {0}
    assert bulian("review", "export", "审核.xlsx", "--json", code=2).json["error"]["code"] == "exists"

    book = openpyxl.load_workbook(tmp_path / "审核.xlsx")
    sheet = book["低置信挂链"]
    head = {cell.value: cell.column for cell in sheet[1]}
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref)) == ('"确认,否决,改为,撤销"', "C2:C3")
    by_text = {sheet.cell(row, head["说法"]).value: row for row in (2, 3)}
    row = by_text["甲公司 生产 主轴"]
    assert sheet.cell(row, head["原文"]).value == "=HYPERLINK(1)"
    assert sheet.cell(row, head["网址或文件"]).hyperlink.target == "https://example.org/a"
    sheet.cell(row, head["判定"]).value = "否决"
    sheet.cell(row, head["审核人"]).value = "张三"
    sheet.cell(row, head["日期"]).value = date(2026, 11, 20)
    sheet.cell(5 - row, head["判定"]).value = "不好说"
    book.save(tmp_path / "审核.xlsx")

    applied = bulian("review", "apply", "审核.xlsx", "--json", "-o", "退回.csv", code=4).json
    assert [(entry["sheet"], entry["read"], entry["accepted"]) for entry in applied["files"]] == [("低置信挂链", 2, 1)]
    assert (applied["verdicts"], applied["rejects"], applied["facts"]["new"]) == ({"否决": 1}, "退回.csv", 1)
    (said,) = [
        line for line in bulian("explain", "甲公司 生产 主轴", "--json").json["facts"] if line["modality"] == "negated"
    ]
    assert (said["source"]["title"], said["source"]["date"]) == ("审核.xlsx", "2026-11-20")
    assert "张三" in said["statement"]
    assert "已否决" in bulian("explain", "甲公司 生产 主轴").out

    mended = (tmp_path / "退回.csv").read_text("utf-8-sig").replace("不好说", "确认")
    (tmp_path / "退回.csv").write_text(mended, "utf-8-sig")
    assert bulian("review", "apply", "退回.csv", "--json").json["verdicts"] == {"确认": 1}
    assert bulian("review", "export", "再审.xlsx", "--json").json["rows"] == 0
    refused = bulian("review", "export", "审核.xlsx", "--force", "--json", code=2).json["error"]
    assert "导入过的" in refused["message"], "an applied sheet is a source, not to be written over"
    assert bulian("ingest", "审核.xlsx", "--store", "别处.duckdb", "--json", code=1).json["files"][0]["error"][
        "code"
    ] == ("review_sheet")


def test_what_is_no_review_sheet_is_refused(bulian, store, tmp_path) -> None:
    assert bulian("review", "apply", "产品.csv", "--json", code=1).json["error"]["code"] == "header_unknown"
    assert bulian("review", "apply", "没有.xlsx", "--json", code=1).json["error"]["code"] == "missing_file"
    bulian("review", "apply", "产品.csv", "--store", "没有.duckdb", code=3)
    assert "export" in bulian("review", "--help").out
