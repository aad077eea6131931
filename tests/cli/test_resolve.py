"""resolve: one JSON line per name, nothing stored."""

from __future__ import annotations

import json

CODE = "912101007196422312"
KEYS = ["id", "name", "decision", "entity", "full_name", "score", "rule", "candidates"]


def test_resolve_gives_one_json_line_per_name(bulian, tmp_path) -> None:
    (tmp_path / "企业.csv").write_text(
        "企业名称,统一社会信用代码,简称,曾用名,英文名\n"
        "宁波海天精工股份有限公司,,,海天机床制造有限公司,Haitian Precision\n"
        f"沈阳新松机器人自动化股份有限公司,{CODE},机器人,,\n",
        encoding="utf-8",
    )
    bulian("ingest", "企业.csv")
    names = [
        "海天精工",
        "*ST海天精工",
        "海天机床制造有限公司",
        "haitian precision",
        "机器人",
        "宁波海天精工有限公司",
        "无此",
        CODE.lower(),
    ]
    (tmp_path / "名.txt").write_text("\ufeff" + "\n\n".join(names) + "\n", encoding="utf-8")
    lines = [json.loads(line) for line in bulian("resolve", "名.txt", "--json").out.splitlines()]
    assert [line["name"] for line in lines] == names
    assert all(list(line) == KEYS for line in lines)
    assert [(line["decision"], line["rule"]) for line in lines] == [
        ("match", "abbreviation"), ("match", "abbreviation"), ("match", "name"), ("match", "name"),
        ("candidate", "word"), ("candidate", "variant"), ("none", "nothing"), ("match", "credit_code"),
    ]  # fmt: skip
    assert {line["full_name"] for line in lines[:4]} == {"宁波海天精工股份有限公司"}
    assert lines[0]["entity"] == "Enterprise:宁波海天精工股份有限公司"


def test_resolve_keeps_the_ids_of_json_lines(bulian, example_store, tmp_path) -> None:
    asked = [{"id": "a", "name": "三和数控"}, {"id": 7, "name": ""}, {"name": "无此"}]
    (tmp_path / "名.jsonl").write_text("".join(json.dumps(a, ensure_ascii=False) + "\n" for a in asked), encoding="utf-8")
    lines = [json.loads(line) for line in bulian("resolve", "名.jsonl", "--store", example_store).out.splitlines()]
    assert [line["id"] for line in lines] == ["a", 7, 3]
    assert [line["decision"] for line in lines] == ["match", "none", "none"]
    bulian("resolve", "名.jsonl", "--store", example_store, "-o", "答.jsonl")
    assert [json.loads(line) for line in (tmp_path / "答.jsonl").read_text("utf-8").splitlines()] == lines


def test_resolve_names_a_bad_line_and_a_missing_file(bulian, example_store, tmp_path) -> None:
    (tmp_path / "名.jsonl").write_text('{"id": 1, "string": "x"}\n', encoding="utf-8")
    told = bulian("resolve", "名.jsonl", "--store", example_store, "--json", code=1).json
    assert told["error"]["code"] == "bad_line"
    assert "第1行" in told["error"]["where"]
    assert (
        bulian("resolve", "没有.txt", "--store", example_store, "--json", code=1).json["error"]["code"] == "missing_file"
    )
    (tmp_path / "名.txt").write_text("海天\n", encoding="utf-8")
    bulian("resolve", "名.txt", "--store", "没有.duckdb", code=3)
