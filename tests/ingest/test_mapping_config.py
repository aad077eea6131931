"""[mapping] in bulian.toml beats detection; --explain-mapping says what is read as what, and why, and writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulian.graph.duckdb_store import DuckDBStore
from bulian.graph.errors import InputError
from bulian.graph.regions import default_regions
from bulian.ingest.config import read_config
from bulian.ingest.explain_mapping import explain_files

from ..conftest import Program
from .registers import Run

TABLE = "说明,,,\n日期：2024,,,\n厂家,做什么,法人,社保\n甲有限公司,车床,王大锤,12\n乙有限公司,铣床,李四,3\n"
TOML = """
[mapping."名录*.csv"]
table = "企业"
header_row = 3
columns = { "厂家" = "企业名称", "做什么" = "主营产品", "法人" = "" }
region = "温岭市"
honour = "省级专精特新中小企业"
batch = "第三批"
date = "2023"
valid_to = "2026-06-30"
"""


def test_the_users_mapping_beats_detection(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    table = tmp_path / "名录1.csv"
    table.write_text(TABLE, encoding="utf-8")
    assert run(table).exit_code == 1
    (tmp_path / "bulian.toml").write_text(TOML, encoding="utf-8")
    report = run(table)
    assert (report.exit_code, report.files[0].table, report.files[0].accepted) == (0, "企业", 2)
    assert report.files[0].unmapped == ["法人", "社保"]
    assert {(fact.subject, fact.value) for fact in store.facts(predicates=["main_products"])} == {
        ("甲有限公司", "车床"), ("乙有限公司", "铣床"),
    }  # fmt: skip
    assert {fact.object for fact in store.facts(predicates=["LOCATED_IN"])} == {"浙江省台州市温岭市"}
    for fact in store.facts(predicates=["honours"]):
        assert (fact.value, fact.method) == ("省级专精特新中小企业", "user:荣誉")
        assert fact.qualifiers == {"level": "省级", "batch": "第三批", "date": "2023", "valid_to": "2026-06-30"}


def test_a_changed_mapping_reads_the_file_again(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    table = tmp_path / "名录1.csv"
    table.write_text(TABLE, encoding="utf-8")
    (tmp_path / "bulian.toml").write_text(TOML, encoding="utf-8")
    run(table)
    assert run(table).files[0].unchanged
    (tmp_path / "bulian.toml").write_text(TOML.replace("温岭市", "玉环市"), encoding="utf-8")
    assert not run(table).files[0].unchanged
    assert {fact.object for fact in store.facts(predicates=["LOCATED_IN"])} == {"浙江省台州市玉环市"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('[mapping."a"]\ntabel = "企业"', "tabel"), ('[mapping."a"]\ntable = "厂家"', "厂家"),
        ('[mapping."a"]\nheader_row = 0', "header_row"), ('[mapping."a"]\nflow = "转口"', "flow"),
        ('[mapping."a"]\ncolumns = { "甲" = "没有这列" }', "没有这列"), ("keep_contacts = 1", "keep_contacts"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_named(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "bulian.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=word) as caught:
        read_config(tmp_path)
    assert caught.value.code == "bad_config"


def test_explained_columns_and_why(tmp_path: Path) -> None:
    head = "企业名称,经营状态,注册资本（万元）,法定代表人,电话,行业,经营状态,注册地址,备用"
    path = tmp_path / "温岭市专精特新名单.csv"
    path.write_text(f"{head}\n甲有限公司,存续,5,王,0576,机械,,某路,\n", encoding="utf-8")
    (tmp_path / "bulian.toml").write_text('[headers]\n"行业" = "主营产品"\n"备用" = ""\n', encoding="utf-8")
    (sheet,) = explain_files([path], default_regions())
    assert (sheet.kind, sheet.table, sheet.header_row, sheet.missing) == ("table", "企业", 1, ())
    assert sheet.honour == "专精特新（file：温岭市专精特新名单）"
    assert sheet.region == "浙江省台州市温岭市（file：温岭市专精特新名单）"
    assert [(column.header, column.column, column.unit, column.why) for column in sheet.columns] == [
        ("企业名称", "enterprise_name", None, "own"), ("经营状态", "status", None, "synonym"),
        ("注册资本（万元）", "capital", "万元", "gloss"), ("法定代表人", None, None, "personal"),
        ("电话", None, None, "contact"), ("行业", "main_products", None, "user"),
        ("经营状态", "status", None, "duplicate"),
        ("注册地址", "place_text", None, "place"), ("备用", None, None, "ignored"),
    ]  # fmt: skip


def test_the_command_explains_and_writes_nothing(bulian: Program, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("企业名称,产品,法定代表人\n甲有限公司,车床,王\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    (tmp_path / "c.xlsx").write_bytes(b"PK\x03\x04")
    before = set(tmp_path.iterdir())
    answer = bulian("ingest", "a.csv", "b.csv", "c.xlsx", "--explain-mapping", "--json").json
    assert [(sheet["path"], sheet["kind"], sheet["table"]) for sheet in answer["sheets"]] == [
        ("a.csv", "table", "企业"), ("b.csv", "unknown", None), ("c.xlsx", "unreadable", None),
    ]  # fmt: skip
    shown = bulian("ingest", "a.csv", "--explain-mapping").out
    assert "个人信息，不保存" in shown
    bulian("ingest", "b.csv", "--explain-mapping", code=3)
    assert set(tmp_path.iterdir()) == before
