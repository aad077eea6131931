"""Evidence made as columns reads word for word like evidence made fact by fact."""

from __future__ import annotations

from bulian.graph.facts import Source, facts_table
from bulian.graph.opening import open_store
from bulian.queries.evidence import as_evidence, evidence_by_id


def test_every_fact_of_the_example_reads_the_same_both_ways(example) -> None:
    facts = list(example.all_facts())
    assert evidence_by_id(example, [fact.id for fact in facts]) == {fact.id: as_evidence(fact) for fact in facts}


def test_facts_with_everything_they_may_carry_read_the_same_both_ways(tmp_path) -> None:
    row = {
        "subject_kind": "Enterprise", "subject": "甲公司", "subject_key": "甲公司", "predicate": "PRODUCES",
        "object_kind": "Product", "object": "丝杠", "object_key": "丝杠", "file": "表/甲.csv", "method": "table:企业产品",
        "confidence": 0.8, "modality": "stated",
    }  # fmt: skip
    bare = {"object_kind": None, "object": None, "object_key": None}
    screw = {**bare, "subject_kind": "Product", "subject": "丝杠", "subject_key": "丝杠"}
    rows = [
        {**row, "capacity": 1234.5, "unit": "台", "share": 1 / 3, "year": 2024, "sheet": "一", "row": 7, "note": "备注"},
        {**row, "modality": "planned", "start": 3, "stop": 9, "quote": "甲公司拟生产丝杠"},
        {**row, "modality": "denied", "row": 8},
        {**row, "modality": "negated", "start": 3, "quote": "", "note": ""},
        {**row, **screw, "predicate": "kind", "value": "Component"},
        {**row, **screw, "predicate": "domestic_share",
         "value": "30%", "number": 0.3, "region": "CN", "source": "https://x.cn/a", "source_date": "2024"},
        {**row, **bare, "predicate": "自己的", "value": "", "region": "331081"},
        {**row, **bare, "predicate": "SEARCHED", "subject_kind": "Region", "subject": "CN", "subject_key": "CN",
         "searched_source": "名录", "detection_rate": 0.85},
    ]  # fmt: skip
    with open_store(str(tmp_path / "s.duckdb"), write=True) as store:
        for file in ("表/甲.csv", "表/乙.csv"):  # of a fact two files carry, one line is made
            with store.write(Source(file, file.rsplit("/", 1)[-1])) as writer:
                writer.add(facts_table([{**one, "file": file, "source": one.get("source", "同一页")} for one in rows]))
        store.derive()
        facts = list(store.all_facts())
        assert len(facts) == len(rows)
        assert evidence_by_id(store, [fact.id for fact in facts]) == {fact.id: as_evidence(fact) for fact in facts}
        assert evidence_by_id(store, ["0" * 32]) == {}
