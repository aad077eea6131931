"""Handing in the same again changes nothing; handing in something else changes just that."""

from __future__ import annotations

import json
import os
import shutil
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from .sample import ALL


@pytest.fixture
def files(door: Any) -> list[Path]:
    return [write(door) for write in ALL]


def test_twice_is_once(door: Any, files: list[Path]) -> None:
    first = door.ingest(*files)
    before = door.export()
    assert first.facts.new > 30
    assert (first.facts.known, first.facts.gone) == (0, 0)
    assert len(json.loads(before)["facts"]) == first.facts.new

    for file in files:
        os.utime(file, (1, 1))
    second = door.ingest(*files)
    assert (second.facts.new, second.facts.known, second.facts.gone) == (0, first.facts.new, 0)
    assert all(entry.unchanged for entry in second.files)
    assert door.export() == before


def test_the_same_content_written_otherwise_changes_only_the_counts(door: Any) -> None:
    rows = [("主轴", "零部件"), ("刀塔", "零部件")]
    file = door.file("产品.csv", "产品名称,类别", *rows)
    first = door.ingest(file)
    door.file("产品.csv", "产品名称,类别", *rows, encoding="gb18030")
    again = door.ingest(file)
    assert not again.files[0].unchanged
    assert (again.facts.new, again.facts.known, again.facts.gone) == (0, first.facts.new, 0)


def test_a_copy_elsewhere_is_another_source(door: Any, files: list[Path], tmp_path: Path) -> None:
    """A file is identified by its path: a copy says the same again, as a second voice; the graph stays."""
    door.ingest(*files)
    before = json.loads(door.export())
    copy = tmp_path / "copy"
    shutil.copytree(door.folder, copy)
    report = door.ingest(copy)
    after = json.loads(door.export())
    assert report.facts.gone == 0
    assert [node["id"] for node in after["nodes"]] == [node["id"] for node in before["nodes"]]
    assert [edge["id"] for edge in after["edges"]] == [edge["id"] for edge in before["edges"]]
    cited = {fact["id"] for fact in before["facts"] if fact["source"]["uri"].startswith("https:")}
    assert cited <= {fact["id"] for fact in after["facts"]}
    assert len(after["facts"]) == 2 * len(before["facts"]) - len(cited)


@pytest.mark.parametrize("together", [True, False], ids=["one command", "one command each"])
def test_the_order_of_files_does_not_matter(door: Any, files: list[Path], together: bool) -> None:
    reference: str | None = None
    orders = list(permutations(files))
    step = (11 if together else 23) * (5 if door.slow else 1)  # a server resolves names with the same code
    for number, order in enumerate(orders[::step]):
        store = door.another(f"order{number}")
        if together:
            store.ingest(*order)
        else:
            for file in order:
                store.ingest(file)
        exported = store.export()
        reference = reference or exported
        assert exported == reference, [file.name for file in order]
    assert reference is not None
    assert len(json.loads(reference)["facts"]) > 30


def test_a_town_learnt_later_changes_how_a_document_is_read(door: Any) -> None:
    """The document's firm is known already, so only the town is new when the last file comes."""
    header, cells = "企业名称,省份,城市,区县", ("温岭甲机床有限公司", "浙江省", "台州市", "温岭市")
    first = door.file("一.csv", header, cells)
    second = door.file("二.csv", f"{header},镇街", (*cells, "泽国镇"))
    document = door.text("报道.txt", "温岭甲机床有限公司位于泽国镇，生产数控机床。\n")
    exports = []
    for number, order in enumerate(((first, document, second), (first, second, document))):
        store = door.another(f"town{number}")
        for file in order:
            store.ingest(file)
        exports.append(store.export())
    assert exports[0] == exports[1]
    assert "Region:331081-泽国镇" in exports[0]


def test_a_removed_row_takes_its_facts_and_a_moved_row_none(door: Any) -> None:
    header, rows = "企业名称,产品名称,角色", [(f"第{n}厂", f"产品{n}", "生产") for n in range(5)]
    file = door.file("企业产品.csv", header, *rows)
    assert door.ingest(file).facts.new == 5
    door.file("企业产品.csv", header, *reversed(rows))
    moved = door.ingest(file)
    assert (moved.facts.new, moved.facts.known, moved.facts.gone) == (0, 5, 0)
    door.file("企业产品.csv", header, *rows[:2], *rows[3:], ("新厂", "产品2", "生产"))
    changed = door.ingest(file)
    assert (changed.facts.new, changed.facts.known, changed.facts.gone) == (1, 4, 1)
    with door.open() as view:
        assert not view.find("第2厂")
        assert [edge.source for edge in view.edges("PRODUCES", targets=["Product:产品2"])] == ["Enterprise:新厂"]


def test_a_row_repeated_in_a_file_is_one_fact(door: Any) -> None:
    row = ("甲厂", "主轴", "生产")
    report = door.ingest(door.file("企业产品.csv", "企业名称,产品名称,角色", row, row, row))
    assert report.facts.new == 1
    assert report.files[0].accepted == 3


def test_conflicting_values_stand_side_by_side(door: Any) -> None:
    header = "对象,指标,数值,年份,来源"
    door.ingest(
        door.file(
            "指标.csv", header, ("主轴", "国产化率", "35%", 2023, "协会"), ("主轴", "国产化率", "0.6", 2023, "报社")
        )
    )
    door.ingest(
        door.file(
            "企业.csv", "企业名称,登记状态,来源,置信度", ("甲厂", "存续", "工商", 0.9), ("甲厂", "注销", "网站", 0.4)
        )
    )
    with door.open() as view:
        numbers = [(row["number"], row["source"]) for row in view.claims(["domestic_share"]).to_pylist()]
        assert sorted(numbers) == [(0.35, "协会"), (0.6, "报社")]
        assert view.find("甲厂")[0].properties["status"] == ("存续", "注销")


def test_two_files_citing_the_same_source_are_one_voice(door: Any) -> None:
    header, row = "企业名称,产品名称,角色,来源", ("甲厂", "主轴", "生产", "https://example.org/c")
    first, second = door.file("一.csv", header, row), door.file("二.csv", header, row, ("甲厂", "刀塔", "生产", ""))
    assert door.ingest(first).facts.new == 1
    again = door.ingest(second)
    assert (again.facts.new, again.facts.known) == (1, 1)
    with door.open() as view:
        edge = next(view.edges("PRODUCES", targets=["Product:主轴"]))
        assert (edge.facts, edge.sources) == (1, 1)
    assert door.forget(str(first)) == 0, "the second file still says it"
    with door.open() as view:
        assert len(list(view.edges("PRODUCES"))) == 2
    assert door.forget(str(second)) == 2


def test_two_files_saying_the_same_themselves_are_two_voices(door: Any) -> None:
    header, row = "企业名称,产品名称,角色,置信度", ("甲厂", "主轴", "生产")
    door.ingest(door.file("一.csv", header, (*row, 0.3)), door.file("二.csv", header, (*row, 0.8)))
    with door.open() as view:
        edge = next(view.edges("PRODUCES"))
    assert (edge.facts, edge.sources, edge.confidence) == (2, 2, 0.8)
