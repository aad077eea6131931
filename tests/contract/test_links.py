"""What a register says in words is linked to the chain alike on every store, and goes with its file."""

from __future__ import annotations

import json
from typing import Any


def test_links_of_a_register_come_and_go_with_it(door: Any) -> None:
    products = door.file(
        "产品.csv", "产品名称,类别,产业链", ("数控机床", "设备", "数控机床"), ("电主轴", "零部件", "数控机床")
    )
    door.ingest(products)
    before = door.export()
    register = door.file("企业.csv", "企业名称,经营范围", ("甲机床厂", "数控机床制造；电主轴维修；餐饮服务"))
    report = door.ingest(register)
    facts = json.loads(door.export())["facts"]
    assert {(fact["method"], fact["predicate"]) for fact in facts if fact["method"].startswith("link:")} == {
        ("link:business_scope:name", "PRODUCES"), ("link:business_scope:name", "SERVES"),
    }  # fmt: skip
    with door.open() as view:
        (edge,) = view.edges("PRODUCES")
        assert (edge.source, edge.target) == ("Enterprise:甲机床厂", "Product:数控机床")
        assert edge.confidence < 0.5
    assert door.ingest(register).facts.new == 0
    assert door.forget(str(register)) == report.facts.new
    assert door.export() == before
