"""link: one JSON line per string, ids kept, scopes, suggestions, errors."""

from __future__ import annotations

import json


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_link_gives_one_json_line_per_string(bulian, example_store, tmp_path) -> None:
    text = '数控卧式车床\n\n{"id": "x", "string": "数控机床销售"}\n风电主轴\n{"id": 7, "string": "", "别": 1}\n'
    (tmp_path / "名.txt").write_text(text, encoding="utf-8")
    answer = lines(bulian("link", "名.txt", "--chain", "数控机床", "--store", example_store, "--json").out)
    assert [line["id"] for line in answer] == [1, "x", 4, 7]
    assert [line["string"] for line in answer] == ["数控卧式车床", "数控机床销售", "风电主轴", ""]
    assert all(line.keys() == {"id", "string", "links"} for line in answer)
    (first,) = answer[0]["links"]
    assert (first["node"], first["role"], first["method"]) == ("数控车床", "produce", "attribute")
    assert 0 < first["confidence"] < 1
    assert [(link["node"], link["role"]) for link in answer[1]["links"]] == [("数控机床", "sell")]
    assert answer[2]["links"] == []


def test_a_scope_is_linked_whole_and_less_sure(bulian, example_store, tmp_path) -> None:
    (tmp_path / "围.txt").write_text("金属切削机床制造；数控机床销售；模具销售。\n", encoding="gb18030")
    (line,) = lines(bulian("link", "--scope", "围.txt", "--store", example_store).out)
    assert {(link["node"], link["role"]) for link in line["links"]} == {
        ("金属切削机床", "produce"), ("数控机床", "sell"), ("模具", "sell"),
    }  # fmt: skip
    assert all(link["confidence"] < 0.5 for link in line["links"])


def test_suggestions_and_output(bulian, example_store, tmp_path) -> None:
    (tmp_path / "名.txt").write_text("机床附件制造\n机床附件\n电主轴\n", encoding="utf-8")
    bulian("link", "名.txt", "--suggest", "3", "--store", example_store, "-o", "出.jsonl")
    assert lines((tmp_path / "出.jsonl").read_text(encoding="utf-8")) == [{"string": "机床附件", "count": 2, "near": []}]


def test_errors_are_told(bulian, example_store, tmp_path) -> None:
    (tmp_path / "坏.txt").write_text('{"id": 1}\n', encoding="utf-8")
    ran = bulian("link", "坏.txt", "--store", example_store, "--json", code=1)
    assert ran.json["error"]["code"] == "bad_line"
    assert bulian("link", "无.txt", "--store", example_store, "--json", code=1).json["error"]["code"] == "missing_file"
    (tmp_path / "好.txt").write_text("主轴\n", encoding="utf-8")
    bulian("link", "好.txt", "--chain", "没有的链", "--store", example_store, "--json", code=3)
