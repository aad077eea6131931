"""What goes wrong ends in one Chinese sentence, the right exit code, and with --json the same as an object."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LOCKER = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


def says(ran, code: str, *words: str) -> None:
    """The object on stdout and the sentence on stderr are the same error and name these words."""
    error = ran.json["error"]
    assert list(error) == ["code", "message", "where", "hint"]
    assert error["code"] == code
    assert all(value is None or (isinstance(value, str) and value) for value in error.values())
    for part in (error["message"], error["where"] or "", error["hint"] or ""):
        assert part in ran.err
    for word in words:
        assert word in ran.err, f"{word} is not in {ran.err}"


UNKNOWN = (
    (("weak", "--region", "火星市"), "not_found", ("火星市",)),
    (("weak", "--region", "朝阳区"), "ambiguous_name", ("北京市朝阳区", "110105", "长春市朝阳区", "220104")),
    (("weak", "--region", "温岭市", "--chain", "造船"), "no_chain", ("造船", "数控机床")),
    (("check", "--chain", "造船"), "no_chain", ("造船", "数控机床")),
    (("spof", "--product", "月饼"), "not_found", ("月饼",)),
    (("targets", "--region", "温岭市", "--product", "月饼"), "not_found", ("月饼",)),
    (("explain", "没有的东西"), "not_found", ("没有的东西",)),
    (("explain", "数控车床 需要 没有的东西"), "not_found", ("没有的东西",)),
    (("explain", "三和数控 生产 数控车床"), "not_found", ("三和数控", "数控车床")),
    (("explain", "液压动力刀塔 生产 三和数控"), "not_found", ("零部件", "企业")),
    (("view", "--around", "没有的东西"), "not_found", ("没有的东西",)),
    (("view", "--path", "三和数控", "没有的东西"), "not_found", ("没有的东西",)),
)


@pytest.mark.parametrize(("args", "code", "words"), UNKNOWN, ids=[" ".join(args) for args, _, _ in UNKNOWN])
def test_what_is_not_there_ends_with_3_and_names_it(bulian, example_store, args, code, words) -> None:
    says(bulian(*args, "--store", example_store, "--json", code=3), code, *words)


@pytest.mark.parametrize("command", ["weak --region 温岭", "check", "spof", "targets --region 温岭", "explain x", "view",
                                     "export --format json"])  # fmt: skip
def test_without_a_store_a_query_ends_with_3_and_makes_none(bulian, tmp_path, command) -> None:
    says(bulian(*command.split(), "--json", code=3), "no_store", "bulian ingest")
    assert list(tmp_path.iterdir()) == []


def test_forget_of_an_unknown_source_ends_with_3(bulian, tmp_path) -> None:
    (tmp_path / "产品.csv").write_text("产品名称\n轴承\n", encoding="utf-8")
    bulian("ingest", "产品.csv")
    says(bulian("forget", "别的.csv", "--json", code=3), "not_found", "别的.csv")


def test_forget_does_not_make_a_store(bulian, tmp_path) -> None:
    says(bulian("forget", "别的.csv", "--json", code=3), "no_store")
    assert list(tmp_path.iterdir()) == []


USAGE = (
    (("nosuch",), ("没有这个命令", "nosuch", "ingest")),
    (("weka",), ("没有这个命令", "weka", "weak")),
    (("weak",), ("缺少选项", "--region")),
    (("weak", "--region"), ("--region", "缺少值")),
    (("weak", "--regio", "温岭"), ("没有这个选项", "--regio", "--region")),
    (("targets", "--region", "温岭", "--top", "0"), ("值不对", "--top", "不小于 1")),
    (("targets", "--region", "温岭", "--top", "三"), ("值不对", "--top", "整数")),
    (("ingest",), ("缺少参数", "PATHS")),
    (("check", "甲", "乙"), ("多出的参数", "甲 乙")),
    (("schema", "--format", "pdf"), ("没有这种格式", "pdf", "mermaid")),
    (("--nosuch",), ("没有这个选项", "--nosuch")),
    (("export", "--store", "neo4j://localhost:7687", "--format", "json"), ("neo4j://localhost:7687", "密码")),
)


@pytest.mark.parametrize(("args", "words"), USAGE, ids=[" ".join(args) for args, _ in USAGE])
def test_a_wrong_call_ends_with_2_and_says_what_in_chinese(bulian, args, words) -> None:
    plain = bulian(*args, code=2)
    assert plain.out == ""
    assert plain.err.startswith("出错：")
    assert plain.err.count("\n") == 1
    for english in ("Missing", "No such", "Invalid", "Usage", "unexpected", "Got", "requires"):
        assert english not in plain.err
    for word in words:
        assert word in plain.err, plain.err


def test_a_wrong_call_with_json_is_an_object_too(bulian) -> None:
    says(bulian("weak", "--json", code=2), "usage", "--region")
    says(bulian("nosuch", "--json", code=2), "usage", "nosuch")


def test_wrong_calls_that_need_a_store(bulian, example_store) -> None:
    store = ("--store", example_store, "--json")
    says(bulian("export", "--format", "doc", "--output", "x", *store, code=2), "usage", "doc", "graphml", "xlsx")
    says(bulian("export", "--format", "csv", *store, code=2), "usage", "--output")
    says(bulian("view", "--around", "三和数控", "--path", "三和数控", "数控车床", *store, code=2), "usage", "--around")


def test_two_chains_have_to_be_told_apart(bulian, tmp_path) -> None:
    (tmp_path / "产品.csv").write_text("产品名称,产业链\n轴承,机床\n电芯,电池\n", encoding="utf-8")
    bulian("ingest", "产品.csv")
    says(bulian("check", "--json", code=2), "usage", "机床", "电池", "--chain")
    assert isinstance(bulian("check", "--chain", "电池", "--json").json["problems"], list)


def test_names_that_several_things_bear_are_listed(bulian, tmp_path) -> None:
    (tmp_path / "产品.csv").write_text("产品名称,产业链,别名\n甲轴,机床,轴\n乙轴,机床,轴\n", encoding="utf-8")
    bulian("ingest", "产品.csv")
    says(bulian("explain", "轴", "--json", code=3), "ambiguous_name", "甲轴", "乙轴", "Product:甲轴", "Product:乙轴")
    assert bulian("explain", "Product:甲轴", "--json").json["node"]["name"] == "甲轴"


def test_a_store_in_use_ends_with_5(bulian, example_store, tmp_path) -> None:
    store = tmp_path / "忙.duckdb"
    store.write_bytes(example_store.read_bytes())
    with subprocess.Popen(
        [sys.executable, "-c", LOCKER, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        says(bulian("weak", "--region", "温岭", "--store", store, "--json", code=5), "store_locked", "忙.duckdb")
        holder.communicate()
    bulian("check", "--store", store)


@pytest.mark.parametrize("command", ["check", "ingest 产品.csv", "forget 产品.csv", "ingest 产品.csv --dry-run"])
def test_a_file_that_is_no_store_is_refused_and_left_alone(bulian, tmp_path, command) -> None:
    (tmp_path / "产品.csv").write_text("产品名称\n轴承\n", encoding="utf-8")
    other = tmp_path / "年报.docx"
    other.write_bytes(b"no store at all, only a document of some length" * 200)
    before = other.read_bytes()
    says(bulian(*command.split(), "--store", other, "--json", code=1), "store", "年报.docx")
    assert other.read_bytes() == before


def test_a_file_that_cannot_be_read_ends_with_1(bulian, tmp_path) -> None:
    says(bulian("ingest", "没有.csv", "--json", code=1), "missing_file", "没有.csv")
    says(bulian("extract", "没有.txt", "--json", code=1), "missing_file", "没有.txt")
    (tmp_path / "坏.jsonl").write_text('{"id": 1}\n', encoding="utf-8")
    says(bulian("extract", "坏.jsonl", "--json", code=1), "bad_line", "坏.jsonl")


def test_a_place_that_cannot_be_written_ends_with_1(bulian, example_store, tmp_path) -> None:
    (tmp_path / "是文件").write_text("", encoding="utf-8")
    inside = Path("是文件") / "x"
    store = ("--store", example_store, "--json")
    for args in (("template", f"{inside}.xlsx", "--json"), ("view", "--output", f"{inside}.html", *store),
                 ("export", "--format", "json", "--output", f"{inside}.json", *store),
                 ("spof", "--output", f"{inside}.json", *store)):  # fmt: skip
        says(bulian(*args, code=1), "render", "是文件")


def test_settings_that_are_wrong_are_named(bulian, example_store, tmp_path) -> None:
    (tmp_path / "坏.toml").write_text("[settings]\nconfidense = 0.5\n", encoding="utf-8")
    weak = ("weak", "--region", "温岭", "--store", example_store, "--json", "--settings")
    says(bulian(*weak, "坏.toml", code=1), "bad_settings", "confidense", "confidence")
    says(bulian(*weak, "没有.toml", code=1), "missing_file", "没有.toml")
    (tmp_path / "好.toml").write_text("[settings]\nconfidence = 0.75\n", encoding="utf-8")
    assert bulian(*weak, "好.toml").json["settings"]["confidence"] == 0.75
