"""Coverage and assumed detection rates, as a user asks for them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from ..conftest import Ask, Program

HOME = ("--region", "温岭市", "--chain", "数控机床")
SUPPOSED = ("--assume-detection", "0.95")


def test_coverage_answers_for_every_product(ask: Ask) -> None:
    answer, weak = ask("coverage", *HOME), ask("weak", *HOME)
    assert [one["product"] for one in answer["products"]] == [one["product"] for one in weak["findings"]]
    both = answer["coverage"].keys() & weak["coverage"].keys()
    assert {"products", "with_local_maker", "searched", "searched_sources"} <= both
    assert all(answer["coverage"][name] == weak["coverage"][name] for name in both)
    open_ones = [one for one in answer["products"] if not one["settled"]]
    assert open_ones
    assert all(one["next"] for one in open_ones)
    assert answer["assumptions"] == weak["assumptions"] == []


def test_coverage_is_told_in_words(bulian: Program, example_store: Path) -> None:
    told = bulian("coverage", *HOME, "--store", example_store).out
    assert "下一步先查" in told
    assert "来源找得全不全" in told
    assert "假设" not in told
    wide = bulian("coverage", *HOME, *SUPPOSED, "--store", example_store, env={"COLUMNS": "200"}).out
    assert "假设的检索（0.95，假设，未查）" in wide


def test_weak_marks_what_rests_on_an_assumption(ask: Ask, bulian: Program, example_store: Path) -> None:
    plain = {one["product"]: one for one in ask("weak", *HOME)["findings"]}
    answer = ask("weak", *HOME, *SUPPOSED)
    assert [told["rate"] for told in answer["assumptions"]] == [0.95]
    for one in answer["findings"]:
        before = plain[one["product"]]
        changed = (one["regional"], one["national"]) != (before["regional"], before["national"])
        assert (one["assumption"] is not None) is changed
        if changed:
            assert (one["assumption"]["mark"], one["assumption"]["regional"]) == ("假设", before["regional"])
    assert {one["assumption"] is None for one in plain.values()} == {True}
    assert any(one["assumption"] and one["regional"] == "断链" for one in answer["findings"])
    told = bulian("weak", *HOME, *SUPPOSED, "--store", example_store, env={"COLUMNS": "200"}).out
    assert "断链（假设；否则未知）" in told
    assert "其中假设" in told


def test_targets_page_and_workbook_mark_it(ask: Ask, bulian: Program, example_store: Path, tmp_path: Path) -> None:
    assert any(gap["assumption"] for gap in ask("targets", *HOME, *SUPPOSED)["gaps"])
    book, page = tmp_path / "清单.xlsx", tmp_path / "图.html"
    bulian("export", "--format", "xlsx", *HOME, *SUPPOSED, "--store", example_store, "--output", book)
    sheets = openpyxl.load_workbook(book, read_only=True)
    cells = {
        name: [str(cell) for row in sheets[name].iter_rows(values_only=True) for cell in row]
        for name in sheets.sheetnames
    }
    for sheet in ("目标清单", "薄弱环节"):
        assert any("（假设；否则未知）" in cell for cell in cells[sheet])
    assert "假设" in cells["口径说明"]
    assert any("假设不是查过" in cell for cell in cells["注意"])
    bulian("view", *HOME, *SUPPOSED, "--store", example_store, "--output", page)
    assert "断链（假设；否则未知）" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "code"), [("1.5", 2), ("温岭市=八成", 2), ("没有这个来源=0.5", 3), ("鼓楼区=0.5", 3), ("中国=0.5", 0)]
)
def test_wrong_assumptions_end_with_their_code(bulian: Program, example_store: Path, value: str, code: int) -> None:
    ran = bulian("weak", *HOME, "--assume-detection", value, "--store", example_store, "--json", code=code)
    assert ("error" in ran.json) is (code != 0)


def test_a_graph_holds_no_assumption(bulian: Program, example_store: Path) -> None:
    bulian("export", "--format", "csv", *SUPPOSED, "--store", example_store, "--output", "图", code=2)
    bulian("view", "--around", "数控车床", *SUPPOSED, "--store", example_store, "--output", "图.html", code=2)
