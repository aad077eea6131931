"""Every name a firm goes by is read the same from every store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bulian.queries.resolve import Asked, read_names

HEADER = "企业名称,统一社会信用代码,简称,曾用名,英文名"


def test_firm_names(new_door: Callable[[], Any]) -> None:
    door = new_door()
    with door.open(write=True):
        pass
    with door.open() as view:
        assert view.firm_names().to_pylist() == []
    rows = [
        ("甲精工（上海）有限公司", "913310006629023617", "甲工；甲精工", "老甲公司", "Jia Co"),
        ("乙机械有限公司", *[None] * 4),
    ]
    door.ingest(
        door.file("企业.csv", HEADER, *rows),
        door.file("院所.csv", "院所名称", ("丙研究院",)),
        door.file("产品.csv", "产品名称,别名", ("丁齿轮", "丁轮")),
        door.file("企业产品.csv", "企业名称,产品名称", ("戊厂", "丁齿轮"), ("己" * 300, "丁齿轮")),
    )
    with door.open() as view:
        found = {(row["name"], row["key"]) for row in view.firm_names().to_pylist()}
        ids = {row["id"] for row in view.firm_names().to_pylist()}
        assert all(view.node(one) is not None for one in ids)
        answers = list(read_names(view).resolve([Asked(0, "老甲公司"), Asked(1, "丁轮"), Asked(2, "戊厂")]))
    first = "甲精工（上海）有限公司"
    keys = {"甲精工(上海)有限公司", "甲工", "甲精工", "老甲公司", "jiaco"}
    named = {(first, key) for key in keys} | {(name, name) for name in ("乙机械有限公司", "丙研究院", "戊厂")}
    assert found - {(first, "913310006629023617")} == named
    assert [(answer.decision, answer.full_name) for answer in answers] == [
        ("match", first), ("none", None), ("match", "戊厂"),
    ]  # fmt: skip
