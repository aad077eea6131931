"""From files to facts and back: encodings, places, chains, re-ingest, dry run."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb, open_trial
from bulian.ingest.pipeline import forget, ingest
from bulian.ingest.report import IngestReport

Write = Callable[..., Path]


@pytest.fixture
def store() -> Iterator[DuckDBStore]:
    opened = open_duckdb(":memory:", write=True)
    yield opened
    opened.close()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def writer(name: str, text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))
        return path

    return writer


@pytest.fixture
def read(store: DuckDBStore, tmp_path: Path) -> Callable[..., IngestReport]:
    def run(*paths: Path, rejects: str = "退回.csv", chain: str | None = None) -> IngestReport:
        return ingest(store, paths, rejects=tmp_path / "out" / rejects, chain=chain)

    return run


Read = Callable[..., IngestReport]


def places(store: DuckDBStore) -> dict[str, str | None]:
    return {fact.subject: fact.object for fact in store.facts(predicates=["LOCATED_IN"])}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(store: DuckDBStore, write: Write, read: Read, encoding: str) -> None:
    bom = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    text = f"{bom}企业名称,产品名称,角色\n温岭市甲机床有限公司,数控车床,生产\n"
    report = read(write("表.csv", text, encoding))
    assert (report.exit_code, report.files[0].accepted) == (0, 1)
    assert [(f.subject, f.predicate, f.object) for f in store.facts()] == [
        ("温岭市甲机床有限公司", "PRODUCES", "数控车床")
    ]


def test_titles_above_and_footers_below(store: DuckDBStore, write: Write, read: Read) -> None:
    text = (
        "温岭市机床企业名录,,\n填报单位：市经信局,,2024年\n\n序号,企业名称,城市\n1,甲,台州市\n,,\n序号,企业名称,城市\n2,乙,台州市\n"
        "合计,2,\n数据来源：企业数据库,,\n"
    )
    report = read(write("表.csv", text))
    assert [(entry.table, entry.read, entry.accepted) for entry in report.files] == [("企业", 2, 2)]
    assert {(fact.value, fact.locator) for fact in store.facts(predicates=["name"])} == {
        ("甲", "表.csv 第5行"), ("乙", "表.csv 第8行"),
    }  # fmt: skip


def test_sheets_of_a_workbook_each_under_its_own_headers(store: DuckDBStore, tmp_path: Path, read: Read) -> None:
    book = openpyxl.Workbook()
    book.active.title = "封面"
    book.active.append(["温岭市机床产业链资料", "2024年"])
    for title, rows in {
        "随便": [["2024年企业名录"], [], ["公司名称", "所属城市", "法定代表人"], ["甲", "台州市", "某人"]],
        "Sheet3": [["product", "enterprise", "role"], ["车床", "甲", "生产"]],
    }.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "资料.xlsx")
    report = read(tmp_path / "资料.xlsx")
    assert [(e.sheet, e.table, e.read, e.accepted) for e in report.files] == [
        ("封面", None, 0, 0), ("随便", "企业", 1, 1), ("Sheet3", "企业产品", 1, 1),
    ]  # fmt: skip
    assert (report.exit_code, report.files[1].unmapped) == (0, ["法定代表人"])
    assert {fact.locator for fact in store.facts(predicates=["PRODUCES"])} == {"资料.xlsx 表“Sheet3” 第2行"}


def test_personal_columns_are_named_but_never_stored(store: DuckDBStore, write: Write, read: Read) -> None:
    secret = ["王某某", "13800000000", "a@example.com", "某路1号"]
    head = "企业名称,法定代表人,电话,邮箱,企业地址,所属城市"
    report = read(write("企查查.csv", f"{head}\n甲,{','.join(secret)},台州市\n"))
    assert report.files[0].unmapped == ["法定代表人", "电话", "邮箱", "企业地址"]
    everything = repr(store.facts()) + repr(list(store.nodes())) + repr(store.documents())
    assert "甲" in everything
    assert not any(word in everything for word in secret)


@pytest.mark.parametrize(
    ("cells", "place", "reason"),
    [
        ({"省份": "浙江", "城市": "台州", "区县": "温岭"}, "浙江省台州市温岭市", None),
        ({"省份": "浙江省", "城市": "台州市"}, "浙江省台州市", None),
        ({"省份": "浙江省台州市温岭市"}, "浙江省台州市温岭市", None),
        ({"所属地区": "浙江省台州市温岭市"}, "浙江省台州市温岭市", None),
        ({"省份": "浙江省", "城市": "台州市", "区县": "不存在县"}, "浙江省台州市", "region_unknown"),
        ({"省份": "浙江省", "城市": "没有市"}, "浙江省", "region_unknown"),
        ({"省份": "火星"}, "中国", "region_unknown"),
        ({"省份": "浙江省", "城市": "杭州市", "区县": "温岭市"}, "中国", "region_conflict"),
        ({"省份": "日本"}, "日本", None),
        ({"国家或地区": "德国", "城市": "斯图加特"}, "德国", None),
        ({"国家或地区": "中国台湾"}, "中国台湾", None),
        ({"省份": "无", "城市": "-"}, "中国", None),
        ({}, "中国", None),
    ],
)  # fmt: skip
def test_a_wrong_place_keeps_the_row_at_the_deepest_part_that_is_right(
    store: DuckDBStore, write: Write, read: Read, cells: dict[str, str], place: str, reason: str | None
) -> None:
    report = read(write("企业.csv", f"企业名称,{','.join(cells)}\n甲,{','.join(cells.values())}\n"))
    assert (report.files[0].accepted, dict(report.files[0].reasons)) == (1, {reason: 1} if reason else {})
    assert places(store) == {"甲": place}


@pytest.mark.parametrize("region", ["不存在市", "鼓楼区"])
def test_a_region_that_is_the_point_of_the_row_rejects_it(
    store: DuckDBStore, write: Write, read: Read, tmp_path: Path, region: str
) -> None:
    search = write("检索.csv", f"地区,检索来源,检出率\n{region},名录,0.8\n温岭市,名录,0.8\n")
    claim = write("指标.csv", f"对象,指标,数值,地区\n甲,国产化率,5%,{region}\n甲,国产化率,6%,\n")
    report = read(search, claim)
    assert [(e.accepted, dict(e.reasons)) for e in report.files] == [(1, {"region_unknown": 1})] * 2
    assert report.exit_code == 4
    with (tmp_path / "out" / "退回.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(region in row["退回原因"] for row in rows)
    assert len(rows) == 2


def test_a_chain_for_rows_that_name_none(store: DuckDBStore, write: Write, read: Read) -> None:
    write("bulian.toml", '[folder]\nchain = "水泵"\n')
    path = write("产品.csv", "产品名称,产业链\n甲,\n乙,机床\n")
    read(path)
    assert {chain: set(store.chain(chain)) for chain in store.chains()} == {"水泵": {"甲"}, "机床": {"乙"}}
    read(path, chain="电机")
    assert {chain: set(store.chain(chain)) for chain in store.chains()} == {"电机": {"甲"}, "机床": {"乙"}}


def test_the_same_file_again_is_known_and_not_read(store: DuckDBStore, write: Write, read: Read) -> None:
    path = write("产品.csv", "产品名称\n甲\n乙\n")
    first = read(path)
    assert (first.facts.new, first.facts.known) == (2, 0)
    again = read(path)
    assert again.files[0].unchanged
    assert (again.facts.new, again.facts.known, again.facts.gone, again.exit_code) == (0, 2, 0, 0)
    write("产品.csv", "产品名称\n乙\n丙\n")
    changed = read(path)
    assert (changed.facts.new, changed.facts.known, changed.facts.gone) == (1, 1, 1)
    assert {fact.value for fact in store.facts()} == {"乙", "丙"}
    assert forget(store, "产品.csv") == 2
    assert (store.facts(), list(store.nodes("Product"))) == ([], [])


def test_a_file_handed_in_twice_in_one_call_is_read_once(write: Write, read: Read, tmp_path: Path) -> None:
    path = write("数据/产品.csv", "产品名称\n甲\n")
    report = read(path, tmp_path / "数据")
    assert [entry.path for entry in report.files] == [str(path)]


def test_dry_run_reports_the_same_and_writes_nothing(write: Write, tmp_path: Path) -> None:
    path = write("表.csv", "企业名称,产品名称,角色\n甲,乙,生产\n甲,乙,供货\n")
    kept = tmp_path / "store.duckdb"
    open_duckdb(str(kept), write=True).close()
    before, listing = kept.read_bytes(), sorted(tmp_path.iterdir())
    with open_trial(str(kept)) as trial:
        report = ingest(trial, [path], dry_run=True, rejects=tmp_path / "退回.csv")
    assert (report.files[0].accepted, report.files[0].rejected, report.exit_code) == (1, 1, 4)
    assert (report.rejects, report.facts.new) == (None, 1)
    assert (kept.read_bytes(), sorted(tmp_path.iterdir())) == (before, listing)


def test_a_folder_with_notes_settings_and_hidden_files(write: Write, read: Read, tmp_path: Path) -> None:
    write("数据/产品.csv", "产品名称\n甲\n")
    write("数据/深/一层/产品.csv", "产品名称\n乙\n")
    for name in ("README.md", "readme.txt", "~$产品.xlsx", ".隐藏.csv", "图.png", "bulian.toml"):
        write(f"数据/{name}", "")
    report = read(tmp_path / "数据")
    assert [Path(entry.path).relative_to(tmp_path / "数据").as_posix() for entry in report.files] == [
        "产品.csv", "深/一层/产品.csv",
    ]  # fmt: skip
