"""The papers from a real store: what they list is what was asked, and asking again gives the same bytes."""

from __future__ import annotations

import openpyxl
import pytest

from bulian.graph.errors import NotFoundError, RenderError, UsageError
from bulian.queries.settings import Settings
from bulian.queries.targets import find_targets
from bulian.queries.weak_links import find_weak_links
from bulian.viz.papers import write_chain_page, write_network_page, write_papers, write_target_book
from bulian.viz.words import COMPONENT_WORDS, COVERAGE_WORDS, NUMBER_WORDS, SETTING_WORDS


def column(sheet, title: str) -> list[object]:
    at = [cell.value for cell in sheet[1]].index(title)
    return [row[at] for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_the_papers_of_a_report(example, tmp_path) -> None:
    report = find_weak_links(example, "温岭市", "数控机床")
    targets = find_targets(example, "温岭市", "数控机床", top=3, report=report)
    paths = write_papers(example, report, targets, tmp_path / "甲", top=3)
    again = write_papers(example, report, targets, tmp_path / "乙", top=3)
    assert set(paths) == {"链图", "工作簿"}
    for name, path in paths.items():
        with open(path, "rb") as one, open(again[name], "rb") as other:
            assert one.read() == other.read()
    book = openpyxl.load_workbook(paths["工作簿"])
    assert column(book["目标清单"], "对象名称") == [target.name for gap in targets.gaps for target in gap.targets]
    assert column(book["薄弱环节"], "产业链环节") == [finding.product for finding in report.findings]
    assert any("最多列 3 个" in str(value) for value in column(book["口径说明"], "内容"))


def test_every_field_of_a_report_has_a_chinese_word(example) -> None:
    """An official reads the page and the workbook; a field name in English is a word forgotten."""
    report = find_weak_links(example, "温岭市", "数控机床")
    targets = find_targets(example, "温岭市", "数控机床", top=3, report=report)
    shown = {
        "numbers": ({key for finding in report.findings for key in finding.numbers}, NUMBER_WORDS),
        "coverage": (set(report.coverage), COVERAGE_WORDS),
        "settings": (set(report.settings), SETTING_WORDS),
        "components": ({key for gap in targets.gaps for one in gap.targets for key in one.components}, COMPONENT_WORDS),
    }
    assert {field: sorted(keys - set(words)) for field, (keys, words) in shown.items()} == {field: [] for field in shown}


def test_the_firms_own_cells_come_along(store_of, tmp_path) -> None:
    store = store_of(
        产品="产品名称,产业链\n轴承,机床\n车床,机床\n",
        企业="企业名称,省份,城市,统一社会信用代码,注册资本,荣誉\n"
        "外地轴承有限公司,江苏省,苏州市,91320500MA1MTE5T0Y,5000万,小巨人\n",
        企业产品="企业名称,产品名称,角色\n外地轴承有限公司,轴承,生产\n",
    )
    write_target_book(store, "温岭市", "机床", Settings(), tmp_path / "单.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "单.xlsx")["目标清单"]
    assert column(sheet, "对象名称") == ["外地轴承有限公司"]
    node = store.find("外地轴承有限公司", "Enterprise")[0]
    assert column(sheet, "统一社会信用代码") == ["91320500MA1MTE5T0Y"]
    assert column(sheet, "注册资本") == [node.properties["capital"][0]]
    assert column(sheet, "资质荣誉") == [node.properties["honours"][0]]


def test_a_page_counts_what_it_shows(example, tmp_path) -> None:
    made = write_chain_page(example, "温岭市", "数控机床", Settings(), tmp_path / "图.html")
    products = list(example.chain("数控机床"))
    assert made["nodes"] == made["cut"]["total"] == len(products)
    assert made["cut"]["shown"] < made["cut"]["total"]
    assert str(made["cut"]["shown"]) in made["cut"]["note"]


def test_network_pages(example, tmp_path) -> None:
    made = write_network_page(example, around=None, path=("三和数控", "数控车床"), output=tmp_path / "路.html")
    assert (made["nodes"], made["edges"]) == (made["cut"]["total"], made["edges"])
    assert made["edges"] >= made["nodes"] - 1
    with pytest.raises(UsageError):
        write_network_page(example, around="三和数控", path=("三和数控", "数控车床"), output=None)
    with pytest.raises(NotFoundError):
        write_network_page(example, around="没有的东西", path=None, output=tmp_path / "无.html")
    assert not (tmp_path / "无.html").exists()


def test_a_failed_paper_leaves_the_old_one(example, tmp_path) -> None:
    (tmp_path / "挡路").write_text("", encoding="utf-8")
    with pytest.raises(RenderError):
        write_target_book(example, "温岭市", "数控机床", Settings(), tmp_path / "挡路" / "单.xlsx")
    book = tmp_path / "单.xlsx"
    book.write_bytes("旧的".encode())
    with pytest.raises(NotFoundError):
        write_target_book(example, "火星市", "数控机床", Settings(), book)
    assert book.read_bytes() == "旧的".encode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["单.xlsx", "挡路"]
