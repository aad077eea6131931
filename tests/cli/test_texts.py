"""extract: one JSON line per text, offsets in characters of the text as given."""

from __future__ import annotations

import json


def test_extract_gives_one_json_line_per_text(bulian, tmp_path) -> None:
    texts = [
        {"id": "a", "text": "浙江大学研究电主轴。"},
        {"id": 7, "text": "浙江海德曼智能装备股份有限公司与浙江大学合作研发电主轴。"},
        {"id": "空", "text": ""},
    ]
    (tmp_path / "文.jsonl").write_text("".join(json.dumps(t, ensure_ascii=False) + "\n" for t in texts), encoding="utf-8")
    lines = [json.loads(line) for line in bulian("extract", "文.jsonl").out.splitlines()]
    assert [line["id"] for line in lines] == ["a", 7, "空"]
    for line, text in zip(lines, texts, strict=True):
        for entity in line["entities"]:
            assert text["text"][entity["start"] : entity["end"]] == entity["text"]
        for fact in line["facts"]:
            assert fact.keys() >= {"subject", "relation", "modality", "evidence", "year", "rule", "confidence"}
            start, end = fact["evidence"]
            assert fact["subject"] in text["text"][start:end]
            assert ("object" in fact) != ("value" in fact)
            assert fact["year"] is None or isinstance(fact["year"], int)
    relations = {(fact["subject"], fact["relation"], fact["object"]) for fact in lines[1]["facts"]}
    assert ("浙江海德曼智能装备股份有限公司", "COOPERATES_WITH", "浙江大学") in relations
    assert lines[2] == {"id": "空", "entities": [], "facts": []}


def test_extract_looks_for_the_names_of_a_store(bulian, example_store, tmp_path) -> None:
    (tmp_path / "文.txt").write_text("三和数控研发液压动力刀塔。", encoding="utf-8")
    with_names = json.loads(bulian("extract", "文.txt", "--store", example_store).out)
    assert {entity["text"] for entity in with_names["entities"]} == {"三和数控", "液压动力刀塔"}
    assert json.loads(bulian("extract", "文.txt").out)["entities"] == []
