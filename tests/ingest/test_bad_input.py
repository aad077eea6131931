"""What goes wrong with files: every fault says what, where and what to do, stops one file only, and loses nothing."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.graph.errors import InputError
from bulian.ingest.pipeline import ingest
from bulian.ingest.report import IngestReport

GOOD = "企业名称,产品名称,角色\n甲,车床,生产\n"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.fixture
def store() -> Iterator[DuckDBStore]:
    opened = open_duckdb(":memory:", write=True)
    yield opened
    opened.close()


@pytest.fixture
def run(store: DuckDBStore, tmp_path: Path) -> Callable[..., IngestReport]:
    return lambda *paths: ingest(store, paths, rejects=tmp_path / "退回" / "退回.csv")


Run = Callable[..., IngestReport]


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def repack(source: Path, target: Path, part: str, data: bytes) -> Path:
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in package.namelist():
            if name != part:
                out.writestr(name, package.read(name))
        out.writestr(part, data)
    return target


def _bomb(folder: Path) -> Path:
    plain = workbook(folder.parent / "p.xlsx", ["产品名称"], ["甲"])
    return repack(plain, folder / "坏.xlsx", "xl/media/a.bin", bytes(101 << 20))


def _xml_bomb(folder: Path) -> Path:
    plain = workbook(folder.parent / "p.xlsx", ["产品名称"], ["甲"])
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    return repack(plain, folder / "坏.xlsx", "xl/worksheets/sheet1.xml", laughs)


def _cut(folder: Path) -> Path:
    whole = workbook(folder.parent / "p.xlsx", ["产品名称"], ["甲"]).read_bytes()
    return _bytes("坏.xlsx", whole[: len(whole) // 2])(folder)


def _bytes(name: str, data: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return make


def _text(text: str) -> Callable[[Path], Path]:
    return _bytes("坏.csv", text.encode())


BAD: dict[str, tuple[Callable[[Path], Path], str, list[str]]] = {
    "没有": (lambda folder: folder / "没有.csv", "missing_file", ["没有这个文件"]),
    "空": (_bytes("坏.csv", b""), "empty_file", ["空的"]),
    "只有空白": (_bytes("坏.csv", b"\xef\xbb\xbf \r\n\r\n"), "empty_file", ["空的"]),
    "编码": (_bytes("坏.csv", bytes(range(256)) * 40), "encoding", ["编码", "UTF-8"]),
    "密码": (_bytes("坏.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")), "password", ["密码", "另存"]),
    "半个": (_cut, "corrupt", ["损坏"]),
    "不是表": (_bytes("坏.xlsx", b"hello, this is no workbook at all\n"), "corrupt", ["损坏"]),
    "压缩炸弹": (_bomb, "bomb", ["坏.xlsx"]),
    "XML炸弹": (_xml_bomb, "bomb", ["坏.xlsx"]),
    "表头认不出": (_text("甲,乙\n1,2\n"), "header_unknown", ["表头认不出", "甲、乙", "bulian template"]),
    "缺必填": (_text("产品名称,流向,伙伴,电话\n甲,进口,日本,1\n"), "header_unknown", ["“贸易”", "年份、金额"]),
    "重复表头": (_text("企业名称,产品名称,企业名称\n甲,车床,乙\n"), "duplicate_header", ["企业名称", "只留一列"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_broken_file_among_good_ones_stops_itself_only(store: DuckDBStore, run: Run, tmp_path: Path, name: str) -> None:
    make, code, words = BAD[name]
    data = tmp_path / "数据"
    data.mkdir()
    bad = make(data)
    (data / "a.csv").write_text(GOOD, encoding="utf-8")
    (data / "z.csv").write_text(GOOD.replace("甲", "乙"), encoding="utf-8")
    report = run(data / "a.csv", bad, data / "z.csv")
    (error,) = (entry.error for entry in report.files if entry.error)
    assert (error.code, error.where) == (code, str(bad))
    assert error.hint
    assert all(word in str(error) for word in words)
    assert report.exit_code == 4
    assert {fact.subject for fact in store.facts()} == {"甲", "乙"}


@pytest.mark.parametrize("name", BAD)
def test_the_only_file_broken_is_exit_code_one(store: DuckDBStore, run: Run, tmp_path: Path, name: str) -> None:
    data = tmp_path / "数据"
    data.mkdir()
    bad = BAD[name][0](data)
    if bad.exists():
        assert run(bad).exit_code == 1
    else:
        with pytest.raises(InputError) as raised:
            run(bad)
        assert raised.value.exit_code == 1
    assert (store.facts(), store.sources()) == ([], [])


@pytest.mark.parametrize(
    ("header", "nearest", "missing"),
    [
        ("产品名称,流向,伙伴,电话", "贸易", ["年份", "金额"]),
        ("地区,检索来源,备注", "检索", ["检出率"]),
        ("院所,技术名称,关系,产品", "产业链关系", ["对象"]),
        ("投资方,持股比例", "投资", ["被投资方"]),
    ],
)
def test_an_unknown_header_names_the_nearest_table_and_what_it_lacks(
    run: Run, tmp_path: Path, header: str, nearest: str, missing: list[str]
) -> None:
    path = tmp_path / "表.csv"
    path.write_text(f"{header}\n{'x,' * header.count(',')}x\n", encoding="utf-8")
    (entry,) = run(path).files
    assert entry.error is not None
    assert f"最像“{nearest}”表，但缺少表头：{'、'.join(missing)}" in entry.error.message
    assert header.split(",")[0] in entry.error.hint


def test_the_same_header_twice_with_the_same_content_is_accepted(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text("企业名称,产品名称,企业名称\n甲,车床,甲\n乙,铣床,\n", encoding="utf-8")
    report = run(path)
    assert (report.exit_code, {fact.subject for fact in store.facts()}) == (0, {"甲", "乙"})


def test_error_values_and_codes_that_lost_digits_reject_their_rows(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "企业.xlsx",
        ["企业名称", "统一社会信用代码", "注册资本", "联系人"],
        ["甲", 913310811234567895, None, None],
        ["乙", "913310811234567895", None, "#N/A"],
        ["丙", "91331081123456789A", None, None],
        ["#REF!", None, None, None],
        ["丁", None, "#VALUE!", None],
        ["戊", None, 5000, None],
    )
    report = run(path)
    (entry,) = report.files
    assert (entry.read, entry.accepted, dict(entry.reasons)) == (
        6, 3, {"number_precision": 1, "cell_error": 2, "bad_credit_code": 1},
    )  # fmt: skip
    codes = {fact.subject: fact.value for fact in store.facts(predicates=["credit_code"])}
    assert codes == {"乙": "913310811234567895"}
    assert {fact.value for fact in store.facts(predicates=["name"])} == {"乙", "丙", "戊"}
    with (tmp_path / "退回" / "退回.csv").open(encoding="utf-8-sig", newline="") as file:
        reasons = {row["退回行号"]: row["退回原因"] for row in csv.DictReader(file)}
    assert {line: word in reasons[line] for line, word in {"2": "精度", "5": "#REF!", "6": "#VALUE!"}.items()} == {
        "2": True, "5": True, "6": True,
    }  # fmt: skip


def test_an_empty_folder_and_a_missing_path(run: Run, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    with pytest.raises(InputError, match="没有可读的表"):
        run(tmp_path / "空")
    with pytest.raises(InputError, match="没有这个文件") as caught:
        run(tmp_path / "没有")
    assert (caught.value.exit_code, caught.value.where) == (1, str(tmp_path / "没有"))


def test_a_file_that_failed_is_read_again_when_mended(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD, encoding="utf-8")
    run(path)
    path.write_bytes(b"")
    assert run(path).exit_code == 1
    assert {fact.subject for fact in store.facts()} == {"甲"}  # what it said before still stands
    path.write_text(GOOD.replace("甲", "乙"), encoding="utf-8")
    assert run(path).exit_code == 0
    assert {fact.subject for fact in store.facts()} == {"乙"}
