"""Published lists of honours: in every kind of file, with what only their title says, and nothing guessed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bulian.graph.duckdb_store import DuckDBStore
from bulian.graph.regions import default_regions
from bulian.ingest.list_titles import read_titles, region_of_titles, title_texts, valid_until
from bulian.ingest.pdf_lists import list_of_lines

from .registers import Run, facts, one, paragraph, put, word_table, write_docx, write_pdf

# -- what a title says ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("第五批国家级专精特新“小巨人”企业公示名单", ("国家级专精特新“小巨人”企业", "国家级", "第五批", None, "公示")),
        ("第五批专精特新“小巨人”企业名单", ("专精特新“小巨人”企业", None, "第五批", None, None)),
        ("浙江省2023年度专精特新中小企业名单", ("专精特新中小企业", None, None, "2023", None)),
        ("台州市市级小巨人企业名单（2022-05-01）", ("市级小巨人企业", "市级", None, "2022-05-01", None)),
        ("制造业单项冠军企业（第八批）", ("制造业单项冠军企业", None, "第八批", None, None)),
        ("附件：拟认定的第3批隐形冠军企业名单", ("隐形冠军企业", None, "第3批", None, "公示")),
        ("专精特新中小企业和创新型中小企业名单", None),
        ("温岭市机床企业名录", None),
    ],
)
def test_a_title_says_what_it_says_and_no_more(title: str, said: tuple[Any, ...] | None) -> None:
    found = read_titles(title_texts([title], "Sheet1", Path("数据/a.csv")))
    assert said == (found and (found.honour, found.level, found.batch, found.date, found.status))


def test_the_title_goes_before_the_file_name_and_both_are_read() -> None:
    path = Path("数据/第三批专精特新名单_2021年.xlsx")
    found = read_titles(title_texts(["单项冠军企业名单"], "Sheet1", path))
    assert found
    assert (found.honour, found.where, found.batch, found.date) == ("单项冠军企业", "title", "第三批", "2021")


@pytest.mark.parametrize(
    ("cell", "end"),
    [
        ("2026-06-30", "2026-06-30"), ("2023.07.01-2026.06.30", "2026-06-30"), ("2026年6月30日", "2026-06-30"),
        ("2023年7月1日至2026年6月30日", "2026-06-30"), ("2026", "2026"), ("三年", None), ("2026-13-40", None),
    ],
)  # fmt: skip
def test_end_of_validity(cell: str, end: str | None) -> None:
    assert valid_until(cell) == end


@pytest.mark.parametrize(
    ("where", "text", "region"),
    [
        ("title", "浙江省温岭市企业名录", "331081"), ("folder", "温岭_企查查", "331081"), ("folder", "温岭", "331081"),
        ("title", "温岭招商目标企业", None), ("title", "全国专精特新名单", None), ("title", "温岭市与玉环市企业", None),
        ("file", "合作企业", None), ("folder", "数据", None),
    ],
)  # fmt: skip
def test_region_of_a_name(where: str, text: str, region: str | None) -> None:
    found = region_of_titles([(where, text)], default_regions())
    assert (found and found[0]) == region


# -- lists of honours in every file ----------------------------------------------------------------------------------

TITLE = "浙江省第五批专精特新“小巨人”企业公示名单（2023年7月14日）"
ROWS = [["序号", "企业名称"], ["1", "甲数控机床有限公司"], ["2", "乙刀具有限公司"]]


def _html(path: Path) -> Path:
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    return put(path.with_suffix(".html"), f"<html><body><h1>{TITLE}</h1><p>见下</p><table>{table}</table></body></html>")


def _xlsx(path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in [["附件1"], [TITLE, None], *ROWS, ["共 2 家"]]:
        book.active.append(row)
    book.active.merge_cells("A2:B2")
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def _csv(path: Path) -> Path:
    lines = [f"{TITLE},", *map(",".join, ROWS)]
    return put(path.with_suffix(".csv"), "\n".join(lines), "gb18030")


def _docx(path: Path) -> Path:
    return write_docx(path.with_suffix(".docx"), paragraph("附件"), paragraph(TITLE), word_table(ROWS))


def _pdf(path: Path) -> Path:
    pytest.importorskip("pypdf")
    pages = [[TITLE, "序号 企业名称", "1 甲数控机床有限公司"], ["2 乙刀具有限公司", "2"]]
    return write_pdf(path.with_suffix(".pdf"), pages)


def _file_name(path: Path) -> Path:
    return put(path.with_name(f"{TITLE}.csv"), "\n".join(map(",".join, ROWS)))


@pytest.mark.parametrize("make", [_html, _xlsx, _csv, _docx, _pdf, _file_name])
def test_a_published_list_gives_dated_honours_whatever_file_it_is(
    store: DuckDBStore, run: Run, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    report = run(make(tmp_path / "名单"))
    (entry,) = report.files
    assert (entry.error, entry.table, entry.read, entry.accepted) == (None, "企业", 2, 2)
    honours = facts(store, "honours")
    assert [fact.subject for fact in honours] == ["乙刀具有限公司", "甲数控机床有限公司"]
    for fact in honours:
        assert fact.value == "专精特新“小巨人”企业"
        assert fact.qualifiers == {"batch": "第五批", "date": "2023-07-14"}  # no level is guessed
        assert (fact.modality, fact.note, fact.method) == (
            "stated", "公示", "file:荣誉" if make is _file_name else "title:荣誉",
        )  # fmt: skip
        assert fact.confidence < 0.9
        assert "第五批" in fact.quote
    assert {fact.object for fact in facts(store, "LOCATED_IN")} == {"浙江省"}
    (node,) = [node for node in store.nodes("Enterprise") if node.name == "甲数控机床有限公司"]
    assert node.properties["honours"] == ("专精特新“小巨人”企业",)


def test_columns_of_a_list_go_before_its_title(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    text = (
        "第五批专精特新小巨人名单 2023年,,,,,,\n企业名称,荣誉名称,级别,认定批次,认定时间,有效期,推荐单位\n"
        "甲有限公司,省级专精特新中小企业,,,2022-01-05,2022-01-05至2025-01-04,浙江省经济和信息化厅\n"
        "乙有限公司,小巨人,国家级,第四批,2022,三年,江苏省工业和信息化厅\n丙有限公司,,,,,,\n"
    )
    report = run(put(tmp_path / "a.csv", text))
    assert report.files[0].reasons["bad_validity"] == 1
    told = {fact.subject: (fact.value, dict(fact.qualifiers), fact.method) for fact in facts(store, "honours")}
    assert told == {
        "甲有限公司": (
            "省级专精特新中小企业",
            {"level": "省级", "batch": "第五批", "date": "2022-01-05", "valid_to": "2025-01-04"}, "table:企业",
        ),
        "乙有限公司": ("小巨人", {"level": "国家级", "batch": "第四批", "date": "2022"}, "table:企业"),
        "丙有限公司": ("专精特新小巨人", {"batch": "第五批", "date": "2023"}, "title:荣誉"),
    }  # fmt: skip
    where = {fact.subject: fact.object for fact in facts(store, "LOCATED_IN")}
    assert where == {"甲有限公司": "浙江省", "乙有限公司": "江苏省", "丙有限公司": "中国"}


def test_an_honour_taken_away_is_no_honour(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    run(put(tmp_path / "a.csv", "取消专精特新小巨人企业称号名单,\n序号,企业名称\n1,甲有限公司\n"))
    assert not facts(store, "honours")
    assert one(store, "revoked_honours").value == "专精特新小巨人企业"
    (node,) = [node for node in store.nodes("Enterprise") if node.name == "甲有限公司"]
    assert "honours" not in node.properties


def test_several_word_tables_with_merged_cells(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    first = word_table([["序号", "企业名称", "省份"], ["1", "甲有限公司", "v浙江省"], ["2", "乙有限公司", "^"]])
    second = word_table([["企业名称", "产品名称", "角色"], ["甲有限公司", "车床", "生产"], [">3数据来源：某某"]])
    report = run(write_docx(tmp_path / "a.docx", paragraph("甲"), first, paragraph("乙"), second))
    assert [(entry.sheet, entry.table, entry.accepted) for entry in report.files] == [
        ("表1", "企业", 2), ("表2", "企业产品", 1),
    ]  # fmt: skip
    assert {fact.object for fact in facts(store, "LOCATED_IN")} == {"浙江省"}


def test_a_word_document_without_a_known_table_is_a_document(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    put(tmp_path / "产品.csv", "产品名称\n电主轴\n")
    put(tmp_path / "企业.csv", "企业名称\n北山数控有限公司\n")
    write_docx(tmp_path / "报告.docx", paragraph("北山数控有限公司生产电主轴。"), word_table([["甲", "乙"]]))
    report = run(tmp_path)
    assert {entry.document for entry in report.files if entry.document} == {"报告.docx"}
    (document,) = store.documents()
    assert document.text == "北山数控有限公司生产电主轴。\n甲\t乙"


def test_numbered_lines_become_a_list_only_where_the_numbers_run() -> None:
    good = ["甲名单", "序号 企业名称", "1 甲有限公司 浙江省", "2 一个很长很长的名字的", "有限公司", "- 1 -"]
    good += ["3 丙有限公司 江苏省"]
    titles, rows = list_of_lines(good)
    assert titles == ["甲名单"]
    assert [row[1] for row in rows[1:]] == ["甲有限公司", "一个很长很长的名字的有限公司", "丙有限公司"]
    assert rows[0][:2] == ["序号", "企业名称"]
    for bad in (["一、总则", "1 目标", "2 措施", "3 保障"], ["1 甲有限公司"], ["7 甲有限公司", "9 乙有限公司"], []):
        assert list_of_lines(bad)[1] == []


def test_a_pdf_that_is_no_list_says_so_and_is_passed_over_in_a_folder(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    folder = tmp_path / "数据"
    put(folder / "企业.csv", "企业名称\n甲有限公司\n")
    paper = write_pdf(folder / "纪要.pdf", [["会议纪要", "大家讨论了机床。"]])
    report = run(folder)
    assert (report.exit_code, [path for path, _ in report.passed_over]) == (0, [str(paper)])
    alone = run(paper)
    assert alone.exit_code == 1
    assert alone.files[0].error
    assert (alone.files[0].error.code, "XLSX" in str(alone.files[0].error.hint)) == ("pdf_no_list", True)


def test_without_pypdf_a_pdf_says_how_to_get_it(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    path = tmp_path / "名单.pdf"
    path.write_bytes(b"%PDF-1.7\n")
    error = run(path).files[0].error
    assert error
    assert (error.code, "bulian[pdf]" in str(error.hint)) == ("pdf_unavailable", True)


@pytest.mark.shared
def test_the_little_giants_of_batch_five(store: DuckDBStore, run: Run) -> None:
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "little_giants_b5" / "list.csv"
    if not path.is_file():
        pytest.skip("没有参考数据 shared/data/little_giants_b5")
    report = run(path)
    assert (report.exit_code, report.files[0].accepted) == (0, 11)
    honours = facts(store, "honours")
    assert len(honours) == 11
    assert {(fact.qualifiers["level"], fact.qualifiers["batch"]) for fact in honours} == {("国家级", "第五批")}
    assert all("公示" in str(fact.note) for fact in honours)
    assert sum(fact.modality == "inferred" for fact in facts(store, "LOCATED_IN")) == 10
