"""Down to the quote: whatever a fact is about can be asked for, and every fact is told once."""

from __future__ import annotations

import pytest

from bulian.graph.errors import AmbiguousNameError, NotFoundError
from bulian.graph.kinds import SCHEMA
from bulian.queries.explain import explain, find_one


def test_every_node_is_found_by_its_id_with_exactly_the_facts_that_name_it(example) -> None:
    facts = list(example.all_facts())
    for node in list(example.nodes())[::4]:  # every fourth: the whole example would take a minute
        answer = explain(example, node.id)
        assert answer.edge is None
        assert answer.node == {"id": node.id, "kind": node.kind, "name": node.name, "properties": node.properties}
        told = [line.fact for line in answer.facts]
        assert len(told) == len(set(told))
        assert set(told) == {fact.id for fact in facts if node.id in (fact.subject_id, fact.object_id)}, node.id


def test_every_edge_is_found_by_ids_and_either_word_with_exactly_its_facts(example) -> None:
    said: dict[tuple[str, str, str], set[str]] = {}
    for fact in example.all_facts():
        if fact.object_id is not None:
            said.setdefault((fact.subject_id, fact.predicate, fact.object_id), set()).add(fact.id)
    assert len(said) > 500
    for row, ((source, relation, target), facts) in enumerate(sorted(said.items())):
        word = SCHEMA.relation(relation).label if row % 2 else relation
        if row % 9 == 0:
            answer = explain(example, f"{source} {word} {target}")
            assert answer.edge is not None
            assert answer.edge["relation"] == relation
            assert {line.fact for line in answer.facts} == facts
            assert all(line.quote and line.locator and line.source.uri for line in answer.facts)


def test_the_best_supported_statement_of_the_node_itself_comes_first(example) -> None:
    answer = explain(example, "数控车床")
    assert answer.node is not None
    about = {fact.id: fact for fact in example.facts(node=answer.node["id"])}
    own = [fact.object_id is None for fact in (about[line.fact] for line in answer.facts)]
    assert own == sorted(own, reverse=True)


def test_a_name_with_a_relation_word_in_it_is_a_name(store_of) -> None:
    store = store_of(产品="产品名称,别名\n甲 需要 乙,\n甲,\n乙,\n")
    assert explain(store, "甲 需要 乙").node is not None
    with pytest.raises(NotFoundError, match="没有这条关系"):
        explain(store, "甲 属于 乙")


def test_names_may_hold_spaces(store_of) -> None:
    store = store_of(企业产品="企业名称,产品名称,角色\nFoo Bar Inc,ball screw,生产\n")
    answer = explain(store, "  Foo Bar Inc   生产 ball screw ")
    assert answer.edge is not None
    assert (answer.edge["source"]["name"], answer.edge["target"]["name"]) == ("Foo Bar Inc", "ball screw")


def test_several_of_a_name_are_listed_and_none_is_guessed(store_of) -> None:
    store = store_of(产品="产品名称,别名\n甲轴,轴\n乙轴,轴\n", 企业产品="企业名称,产品名称,角色\n一厂,甲轴,生产\n")
    with pytest.raises(AmbiguousNameError) as caught:
        explain(store, "轴")
    assert all(text in str(caught.value) for text in ("甲轴", "乙轴", "Product:甲轴", "Product:乙轴"))
    with pytest.raises(AmbiguousNameError):
        explain(store, "一厂 生产 轴")


def test_the_own_name_beats_an_alias_of_another(store_of) -> None:
    store = store_of(产品="产品名称,别名\n轴,\n主轴,轴\n")
    assert find_one(store, "轴").name == "轴"


def test_the_relation_decides_which_of_two_is_meant(store_of) -> None:
    store = store_of(
        产品="产品名称\n精雕\n",
        企业="企业名称,简称\n北京精雕科技集团有限公司,精雕\n",
        企业产品="企业名称,产品名称,角色\n北京精雕科技集团有限公司,精雕,生产\n",
    )
    answer = explain(store, "精雕 生产 精雕")
    assert answer.edge is not None
    assert answer.edge["source"]["name"] == "北京精雕科技集团有限公司"
    with pytest.raises(NotFoundError, match="这个名称是企业"):
        explain(store, "精雕 需要 北京精雕科技集团有限公司")


def test_different_values_of_one_property_are_a_conflict_and_both_stay(store_of) -> None:
    store = store_of(
        产品="产品名称,类别,来源\n轴承,零部件,甲报\n轴承,材料,乙报\n",
        指标="对象,指标,数值,年份,来源\n轴承,国产化率,0.3,2023,甲报\n轴承,国产化率,0.6,2023,乙报\n轴承,国产化率,0.7,2024,乙报\n",
    )
    answer = explain(store, "轴承")
    conflicts = {conflict["property"]: conflict for conflict in answer.conflicts}
    assert set(conflicts) == {"kind", "domestic_share"}
    facts = {line.fact: line for line in answer.facts}
    assert {facts[fact].source.title for fact in conflicts["kind"]["facts"]} == {"甲报", "乙报"}
    assert len(conflicts["domestic_share"]["facts"]) == 2  # another year is no contradiction
    assert "零部件" in conflicts["kind"]["message"]
    assert "材料" in conflicts["kind"]["message"]


def test_qualifiers_that_differ_on_one_link_are_a_conflict(store_of) -> None:
    links = "产品,关系,对象,必要性,产业链,来源\n车床,需要,轴承,{},机床,甲报\n车床,需要,轴承,{},机床,乙报\n"
    assert explain(store_of(链=links.format("必需", "")), "车床 需要 轴承").conflicts == ()
    (conflict,) = explain(store_of(链=links.format("必需", "非必需")), "车床 需要 轴承").conflicts
    assert "必需、非必需" in conflict["message"]


def test_regions_are_found_by_any_name_the_region_table_knows(example) -> None:
    ids = {find_one(example, text).id for text in ("温岭", "温岭市", "331081", "浙江省台州市温岭市", "Region:331081")}
    assert ids == {"Region:331081"}
    with pytest.raises(NotFoundError):
        find_one(example, "")
