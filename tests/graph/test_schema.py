"""The declared model is sound, and an unsound one is refused with every fault at once."""

from __future__ import annotations

import pytest

from bulian.graph.errors import SchemaError
from bulian.graph.kinds import (
    ALIAS_PROPERTIES,
    CLAIMS,
    CONTEXT,
    KIND_OF_CATEGORY,
    RELATION_OF_ROLE,
    SCHEMA,
    TRADE_FLOWS,
    claim_named,
)
from bulian.graph.schema import Kind, Property, Relation, Schema


def test_only_production_is_supply() -> None:
    assert [relation.name for relation in SCHEMA.relations if relation.counts_as_supply] == ["PRODUCES"]
    assert RELATION_OF_ROLE["生产"] == "PRODUCES"
    assert len(set(RELATION_OF_ROLE.values())) == len(RELATION_OF_ROLE), "the roles are never mixed"


def test_words_of_the_tables_are_declared() -> None:
    for kind in KIND_OF_CATEGORY.values():
        assert SCHEMA.family(kind) == "Product"
    for relation in RELATION_OF_ROLE.values():
        assert SCHEMA.relation(relation).sources[0] == "Enterprise"
    properties = {prop.name for kind in SCHEMA.kinds for prop in kind.properties}
    assert set(ALIAS_PROPERTIES) <= properties
    assert not {claim.name for claim in CLAIMS} & (properties | set(TRADE_FLOWS.values()))
    assert not {prop.name for prop in CONTEXT} & {prop.name for prop in SCHEMA.qualifiers}


def test_every_sub_kind_reaches_its_family() -> None:
    for kind in SCHEMA.kinds:
        line = SCHEMA.ancestors(kind.name)
        assert line[0] == kind.name
        assert SCHEMA.kind(line[-1]).extends is None
        assert SCHEMA.family(kind.name) == line[-1]


def test_claims_are_found_by_both_names() -> None:
    for claim in CLAIMS:
        assert claim_named(claim.name) is claim_named(claim.label) is claim
    assert claim_named("RTA") is not None
    assert claim_named("用户自己的指标") is None


@pytest.mark.parametrize("ask", [SCHEMA.kind, SCHEMA.relation, SCHEMA.ancestors])
def test_what_is_not_declared_is_refused(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(SchemaError):
        ask("Nothing")


def test_every_fault_is_listed_at_once() -> None:
    text, number = Property("size", "大小", "说明"), Property("size", "大小", "说明", "number")
    with pytest.raises(SchemaError) as caught:
        Schema(
            (Kind("A", "甲", ""), Kind("A", "乙", ""), Kind("b-b", "丙", ""), Kind("C", "丁", "", extends="D"),
             Kind("E", "戊", "", properties=(Property("Bad Name", "名", "说明"), Property("good", "", "")))),
            (Relation("R", "关系", "", ("A",), ("X",), (text,)), Relation("drop table", "关系", "", ("A",), ("A",)),
             Relation("S", "关系", "", ("A",), ("A",), (number,))),
        )  # fmt: skip
    for fault in ("A 声明了两次", "'b-b'", "上级 D 未声明",
                  "'Bad Name'", "E.good 缺中文名", "一端 X 未声明", "'drop table'",
                  "S.size 的类型与别处不同"):  # fmt: skip
        assert fault in caught.value.message


@pytest.mark.parametrize("name", ["a`b", "a b", "a;b", "名", "", "A-B", "a\n"])
def test_names_that_could_not_stand_in_a_query_are_refused(name: str) -> None:
    prop = Property(name, "名", "说明")
    for kinds, relations in (
        ((Kind(name, "名", ""),), ()),
        ((Kind("A", "名", "", properties=(prop,)),), ()),
        ((Kind("A", "名", ""),), (Relation(name, "名", "", ("A",), ("A",)),)),
    ):
        with pytest.raises(SchemaError):
            Schema(kinds, relations)
