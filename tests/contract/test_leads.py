"""Firms that only a registered class of industry ties to a product: the same from every store."""

from __future__ import annotations

from bulian.graph.facts import Source, facts_table

from .conftest import Door
from .test_aggregates import table

HEADER = "企业名称,省份,城市,区县,登记状态,主营产品,行业代码,国标行业小类"
HERE = ("浙江省", "台州市", "温岭市")


def test_leads(door: Door) -> None:
    door.ingest(
        door.file("产品.csv", "产品名称,产业链,代码", ("车床", "机床", "GB:3421"), ("卧式车床", "机床", "GB:3421"),
                  ("刀塔", "机床", "GB:3425")),
        door.file("企业.csv", HEADER,
            ("甲厂", *HERE, "存续", "", "C3421", "金属切削机床制造"), ("乙厂", *HERE, "存续", "", "", "金属加工机械制造"),
            ("丙厂", *HERE, "注销", "", "C3421", "金属切削机床制造"), ("丁厂", *HERE, "存续", "卧式车床", "3421", ""),
            ("戊厂", "浙江省", "杭州市", "", "存续", "", "3421", ""), ("己厂", *HERE, "存续", "", "3425", "餐饮服务"),
            ("壬厂", *HERE, "存续", "", "3421", ""),
        ),
    )  # fmt: skip
    with door.open(write=True) as store:
        with store.write(Source("说法", "说法")) as writer:
            told_not = {"predicate": "PRODUCES", "modality": "negated", "confidence": 0.9, "method": "x", "file": "说法"}
            ends = [name for kind in ("subject", "object") for name in (f"{kind}_kind", kind, f"{kind}_key")]
            said = dict(zip(ends, ("Enterprise", "壬厂", "壬厂", "Product", "车床", "车床"), strict=True))
            writer.add(facts_table([{**said, **told_not}]))
        store.derive()
    with door.open() as view:
        rows = view.leads(table([("车床", "车床"), ("车床", "卧式车床"), ("刀塔", "刀塔")]), "331081", 2).to_pylist()
        told = {fact.id: fact for fact in view.facts(ids=[row["fact"] for row in rows])}
        none = view.leads(table([]), "331081", 2)
        first = view.leads(table([("车床", "车床")]), "331081", 1).to_pylist()
    assert [(row["root"], row["firms"], row["name"], round(row["confidence"], 3)) for row in rows] == [
        ("刀塔", 1, "乙厂", 0.09), ("车床", 2, "甲厂", 0.27), ("车床", 2, "乙厂", 0.09),
    ]  # fmt: skip
    assert {told[row["fact"]].modality for row in rows} == {"inferred"}
    assert (none.num_rows, none.column_names) == (0, ["root", "firms", "id", "name", "confidence", "fact"])
    assert [(row["firms"], row["name"]) for row in first] == [
        (3, "丁厂")
    ]  # it makes a sub-type, of which nobody asked here
