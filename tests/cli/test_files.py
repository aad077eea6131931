"""Commands that read and write files: ingest, forget, template, view, export."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import networkx as nx
import openpyxl
import pytest

from bulian.examples import example_folder

FIRMS = "企业名称,国家或地区,统一社会信用代码\n甲厂,中国,\n,中国,\n乙厂,中国,91330000000000000X\n"
"""One good row, one without its name, one with a credit code that fails its check digit."""
FILE_KEYS = {"path", "read", "accepted", "rejected", "reasons", "unmapped"}


def whole(bulian, store: str | Path) -> bytes:
    return bulian("export", "--format", "json", "--store", store).raw


def tree(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_ingest_reports_every_file(bulian) -> None:
    report = bulian("ingest", example_folder(), "--json").json
    assert set(report) >= {"files", "rejects", "facts"}
    assert report["rejects"] is None
    assert set(report["facts"]) == {"new", "known", "gone"}
    assert report["facts"]["new"] > 0
    names = set()
    for entry in report["files"]:
        assert entry.keys() >= FILE_KEYS
        assert ("table" in entry) != ("document" in entry)
        assert entry["read"] == entry["accepted"] + entry["rejected"]
        names.add(Path(entry["path"]).name)
    assert names == {p.name for p in example_folder().iterdir() if p.suffix in (".csv", ".md") and p.name != "README.md"}
    for entry in report["files"]:
        if "table" in entry:
            with Path(entry["path"]).open(encoding="utf-8-sig", newline="") as file:
                assert entry["read"] == len(list(csv.reader(file))) - 1, entry["path"]


def test_ingest_twice_is_ingest_once(bulian, example_store) -> None:
    assert bulian("ingest", example_folder()).code == 0
    once = whole(bulian, "bulian.duckdb")
    again = bulian("ingest", example_folder(), "--json").json
    assert again["facts"]["new"] == again["facts"]["gone"] == 0
    assert again["facts"]["known"] == len(json.loads(once)["facts"])
    assert whole(bulian, "bulian.duckdb") == once == whole(bulian, example_store)


def test_rejected_rows_end_with_4_and_can_be_mended(bulian, tmp_path) -> None:
    (tmp_path / "企业.csv").write_text(FIRMS, encoding="utf-8")
    report = bulian("ingest", "企业.csv", "--output", "退回.csv", "--json", code=4).json
    entry = report["files"][0]
    assert (entry["read"], entry["accepted"], entry["rejected"]) == (3, 2, 1)
    assert entry["reasons"] == {"bad_credit_code": 1, "missing_required": 1}
    assert report["rejects"] == "退回.csv"
    with (tmp_path / "退回.csv").open(encoding="utf-8-sig", newline="") as file:
        kept = list(csv.DictReader(file))
    assert [(row["退回文件"], row["退回行号"], row["国家或地区"]) for row in kept] == [("企业.csv", "3", "中国")]
    text = (tmp_path / "退回.csv").read_text(encoding="utf-8-sig").replace(",中国,", "丙厂,中国,")
    (tmp_path / "退回.csv").write_text(text, encoding="utf-8")
    assert bulian("ingest", "退回.csv", "--json").json["files"][0]["accepted"] == 1
    assert bulian("explain", "丙厂", "--json").json["node"]["kind"] == "Enterprise"


def test_people_are_told_what_was_rejected(bulian, tmp_path) -> None:
    lines = zip(FIRMS.splitlines(), ("颜色", "红", "", ""), strict=True)
    (tmp_path / "企业.csv").write_text("".join(f"{line},{more}\n" for line, more in lines), encoding="utf-8")
    told = bulian("ingest", "企业.csv", code=4).out
    for words in ("必填项为空 1", "信用代码校验位不对", "未用的列：颜色", "退回的行在 退回-"):
        assert words in told


def test_one_bad_file_among_several_stops_only_itself(bulian, tmp_path) -> None:
    (tmp_path / "企业.csv").write_text("企业名称\n甲厂\n", encoding="utf-8")
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    report = bulian("ingest", "企业.csv", "坏.xlsx", "--json", code=4).json
    errors = {Path(entry["path"]).name: entry["error"] for entry in report["files"]}
    assert errors["企业.csv"] is None
    assert errors["坏.xlsx"]["message"]
    bulian("explain", "甲厂")
    bulian("ingest", "坏.xlsx", "--json", code=1)


def test_a_known_table_without_rows_is_in_order(bulian, tmp_path) -> None:
    (tmp_path / "企业.csv").write_text("企业名称,所属集团\n", encoding="utf-8")
    entry = bulian("ingest", "企业.csv", "--json").json["files"][0]
    assert (entry["table"], entry["read"], entry["rejected"]) == ("企业", 0, 0)


@pytest.mark.parametrize("before", [True, False], ids=["a store", "no store"])
def test_a_dry_run_changes_nothing(bulian, tmp_path, before) -> None:
    if before:
        (tmp_path / "产品.csv").write_text("产品名称,产业链\n轴承,机床\n", encoding="utf-8")
        bulian("ingest", "产品.csv")
    (tmp_path / "企业.csv").write_text(FIRMS, encoding="utf-8")
    files = tree(tmp_path)
    trial = bulian("ingest", "企业.csv", "--dry-run", "--json", code=4).json
    assert trial["rejects"] is None
    assert tree(tmp_path) == files
    real = bulian("ingest", "企业.csv", "--json", code=4).json
    assert trial["facts"] == real["facts"]
    assert [entry["reasons"] for entry in trial["files"]] == [entry["reasons"] for entry in real["files"]]


def test_the_chain_given_holds_for_rows_that_name_none(bulian, tmp_path) -> None:
    (tmp_path / "产品.csv").write_text("产品名称,产业链\n轴承,\n电芯,电池\n", encoding="utf-8")
    bulian("ingest", "产品.csv", "--chain", "机床")
    assert [row["product"] for row in bulian("spof", "--chain", "机床", "--json").json["products"]] == ["轴承"]


def test_forget_takes_back_what_only_this_source_said(bulian, tmp_path) -> None:
    (tmp_path / "甲.csv").write_text("企业名称,产品名称,角色\n一厂,轴承,生产\n", encoding="utf-8")
    bulian("ingest", "甲.csv")
    before = whole(bulian, "bulian.duckdb")
    (tmp_path / "乙.csv").write_text("企业名称,产品名称,角色\n一厂,轴承,生产\n二厂,轴承,生产\n", encoding="utf-8")
    new = bulian("ingest", "乙.csv", "--json").json["facts"]["new"]
    gone = bulian("forget", "乙.csv", "--json").json
    assert gone == {"source": "乙.csv", "facts": {"gone": new}}
    assert whole(bulian, "bulian.duckdb") == before


def test_the_store_may_come_from_the_environment(bulian, tmp_path, example_store) -> None:
    env = {"BULIAN_STORE": str(example_store)}
    assert bulian("check", "--json", env=env).json["problems"]
    bulian("check", "--store", "别处.duckdb", env=env, code=3)
    (tmp_path / "产品.csv").write_text("产品名称\n轴承\n", encoding="utf-8")
    bulian("ingest", "产品.csv", env={"BULIAN_STORE": "环境.duckdb"})
    assert (tmp_path / "环境.duckdb").exists()
    assert not (tmp_path / "bulian.duckdb").exists()


def test_the_template_can_be_handed_in_unfilled(bulian, tmp_path) -> None:
    assert bulian("template", "模板.xlsx", "--json").json == {"path": "模板.xlsx"}
    report = bulian("ingest", "模板.xlsx", "--json").json
    assert report["facts"] == {"new": 0, "known": 0, "gone": 0}
    sheets = set(openpyxl.load_workbook(tmp_path / "模板.xlsx", read_only=True).sheetnames)
    tables = {entry["table"] for entry in report["files"] if entry["table"]}
    assert len(tables) == 14
    assert tables <= sheets


def test_json_to_a_file_and_to_stdout_are_the_same(bulian, example_store, tmp_path) -> None:
    shown = bulian("export", "--format", "json", "--store", example_store)
    made = bulian("export", "--format", "json", "--store", example_store, "--output", "图.json").json
    assert (tmp_path / "图.json").read_bytes() == shown.raw
    graph = shown.json
    assert made == {"path": "图.json", "rows": sum(len(graph[part]) for part in ("nodes", "edges", "facts"))}
    for part in ("nodes", "edges", "facts"):
        ids = [item["id"] for item in graph[part]]
        assert ids == sorted(set(ids)), part


def test_tables_and_graphs_hold_what_the_json_holds(bulian, example_store, tmp_path) -> None:
    graph = bulian("export", "--format", "json", "--store", example_store).json
    made = bulian("export", "--format", "csv", "--store", example_store, "--output", "表", "--json").json
    counts = {}
    for path in made["paths"]:
        with (tmp_path / path).open(encoding="utf-8-sig", newline="") as file:
            counts[Path(path).stem] = len(list(csv.DictReader(file)))
    assert counts == {part: len(graph[part]) for part in ("nodes", "edges", "facts")}
    bulian("export", "--format", "graphml", "--store", example_store, "--output", "图.graphml")
    read = nx.read_graphml(tmp_path / "图.graphml")
    assert set(read.nodes) == {node["id"] for node in graph["nodes"]}
    assert read.number_of_edges() == len(graph["edges"])


def test_the_workbook_lists_what_targets_lists(bulian, example_store, ask, tmp_path) -> None:
    made = bulian(
        "export", "--format", "xlsx", "--region", "温岭市", "--store", example_store, "--output", "补链.xlsx"
    ).json
    gaps = ask("targets", "--region", "温岭市", "--top", "10")["gaps"]
    listed = [(gap["product"], target["name"]) for gap in gaps for target in gap["targets"]]
    sheet = openpyxl.load_workbook(tmp_path / "补链.xlsx")["目标清单"]
    header = [cell.value for cell in sheet[1]]
    columns = header.index("对应产业链环节"), header.index("对象名称")
    found = [tuple(row[at] for at in columns) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert found == listed
    assert made["path"] == "补链.xlsx"
    assert made["targets"] == len(listed)
    assert made["rows"] == made["targets"] + made["findings"]


@pytest.mark.parametrize("args", [("--region", "温岭市"), ("--around", "三和数控"), ("--path", "三和数控", "数控车床")],
                         ids=["chain", "around", "path"])  # fmt: skip
def test_a_view_is_one_file_that_says_what_was_cut(bulian, example_store, tmp_path, args) -> None:
    made = bulian("view", *args, "--store", example_store, "--output", "图.html", "--json").json
    assert set(made) >= {"path", "nodes", "edges", "cut"}
    assert made["nodes"] > 1
    assert made["edges"] > 0
    assert 0 < made["cut"]["shown"] <= made["cut"]["total"] == made["nodes"]
    assert (made["cut"]["note"] is not None) == (made["cut"]["shown"] < made["cut"]["total"])
    page = (tmp_path / made["path"]).read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "三和数控" in page
    again = bulian("view", *args, "--store", example_store, "--output", "又.html")
    assert (tmp_path / "又.html").read_text(encoding="utf-8") == page
    assert "又.html" in again.out


def test_a_view_names_its_own_file(bulian, example_store, tmp_path) -> None:
    made = bulian("view", "--region", "331081", "--store", example_store, "--json").json
    assert made["path"] == "浙江省台州市温岭市-数控机床-链图.html"
    assert (tmp_path / made["path"]).is_file()


def test_nothing_is_written_over_the_store_its_sources_or_a_filled_template(bulian, tmp_path: Path) -> None:
    (tmp_path / "产品.csv").write_text("产品名称,产业链\n机床,链\n", encoding="utf-8")
    bulian("ingest", "产品.csv", "--store", "s.duckdb", cwd=tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    store = ("--store", "s.duckdb")
    for command in (
        ("view", "--chain", "链", "--output", "s.duckdb", *store),
        ("view", "--chain", "链", "--output", "链.xlsx", *store),
        ("export", "--format", "json", "--output", "s.duckdb", *store),
        ("export", "--format", "graphml", "--output", "产品.csv", *store),
        ("export", "--format", "xlsx", "--output", "链.html", *store),
    ):
        bulian(*command, code=2, cwd=tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    bulian("template", "模板.xlsx", cwd=tmp_path)
    bulian("template", "模板.xlsx", cwd=tmp_path)  # a fresh one may be written again
    filled = tmp_path / "模板.xlsx"
    filled.write_bytes(filled.read_bytes() + b"filled in")
    bulian("template", "模板.xlsx", code=2, cwd=tmp_path)
    assert filled.read_bytes().endswith(b"filled in")
    bulian("template", "模板.xlsx", "--force", cwd=tmp_path)
    assert not filled.read_bytes().endswith(b"filled in")
