"""The command synth, and that no report on a store that holds synthetic data hides it."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from bulian.graph.synthetic import synthetic_source
from bulian.ingest.synth import CHAIN_NAME

NOTICE = f"存储里有{synthetic_source(7)}"
SIZES = ("--firms", "300", "--products", "30", "--seed", "7")
CASE = ("--region", "浙江省", "--chain", CHAIN_NAME)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory) -> Path:
    """A store of a small synthetic population; only to be read."""
    from bulian.graph.duckdb_store import open_duckdb
    from bulian.ingest.pipeline import ingest
    from bulian.ingest.synth import write_synthetic

    folder = tmp_path_factory.mktemp("synthetic")
    write_synthetic(folder / "合成", firms=300, products=30, seed=7)
    with open_duckdb(str(folder / "合成.duckdb"), write=True) as store:
        ingest(store, [folder / "合成"])
    return folder / "合成.duckdb"


def test_synth_says_what_it_wrote(bulian, tmp_path) -> None:
    made = bulian("synth", "甲", *SIZES, "--json").json
    assert made.keys() == {"paths", "rows"}
    files = [tmp_path / path for path in made["paths"]]
    assert {path.name for path in files} == {path.name for path in (tmp_path / "甲").iterdir()}
    assert made["rows"] == sum(path.read_bytes().count(b"\n") - 1 for path in files)
    assert f"{made['rows']:,}" in bulian("synth", "甲", *SIZES).out
    (tmp_path / "甲" / "合成_企业.csv").write_text("企业名称\n我的企业\n", encoding="utf-8")
    assert bulian("synth", "甲", *SIZES, "--json", code=2).json["error"]["code"] == "exists"
    assert (tmp_path / "甲" / "合成_企业.csv").read_text(encoding="utf-8") == "企业名称\n我的企业\n"


def test_texts_begin_with_the_notice(bulian, synthetic, example_store) -> None:
    for query in (("targets", *CASE), ("spof", "--chain", CHAIN_NAME)):
        told = bulian(*query, "--store", synthetic).out
        assert NOTICE in told.splitlines()[0], query
    assert "合成数据" not in bulian("spof", "--chain", "数控机床", "--store", example_store).out


def test_answers_name_the_synthetic_sources(bulian, synthetic, ask) -> None:
    for query in (("targets", *CASE, "--top", "1"), ("spof", "--chain", CHAIN_NAME)):
        assert bulian(*query, "--store", synthetic, "--json").json["synthetic"] == [synthetic_source(7)]
    assert ask("spof", "--chain", "数控机床")["synthetic"] == []


def test_weak_says_it_first(bulian, synthetic, ask) -> None:
    told = bulian("weak", *CASE, "--store", synthetic).out
    assert NOTICE in told.splitlines()[0]
    answer = bulian("weak", *CASE, "--store", synthetic, "--json").json
    assert answer["coverage"]["synthetic"] == [synthetic_source(7)]
    assert ask("weak", "--region", "温岭市", "--chain", "数控机床")["coverage"]["synthetic"] == []


@pytest.mark.parametrize("query", [CASE, ("--around", CHAIN_NAME)], ids=["chain", "network"])
def test_pages_carry_the_notice(bulian, synthetic, tmp_path, query) -> None:
    bulian("view", *query, "--store", synthetic, "--output", "甲.html")
    page = (tmp_path / "甲.html").read_text(encoding="utf-8")
    head, _, rest = page.partition('<nav class="sub">')
    assert f'<p class="notice" role="alert">注意：{NOTICE}' in head
    data = rest.partition('id="data">')[2].partition("</script>")[0]
    assert NOTICE in json.loads(data)["notice"]


def test_pages_and_workbooks_of_real_data_carry_none(bulian, example_store, tmp_path) -> None:
    case = ("--region", "温岭市", "--chain", "数控机床", "--store", example_store)
    bulian("view", *case, "--output", "甲.html")
    assert 'class="notice"' not in (tmp_path / "甲.html").read_text(encoding="utf-8")
    bulian("export", "--format", "xlsx", *case, "--output", "甲.xlsx")
    assert openpyxl.load_workbook(tmp_path / "甲.xlsx").sheetnames[0] == "目标清单"


def test_workbooks_open_on_the_notice(bulian, synthetic, tmp_path) -> None:
    bulian("export", "--format", "xlsx", *CASE, "--store", synthetic, "--output", "甲.xlsx")
    book = openpyxl.load_workbook(tmp_path / "甲.xlsx")
    assert book.active.title == book.sheetnames[0] == "注意"
    assert NOTICE in book["注意"]["A2"].value
