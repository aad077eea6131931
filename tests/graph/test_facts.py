"""The id of a fact is its content: the same said again is the same fact, anything else is another."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulian.graph.facts import FACT_COLUMNS, FACT_SCHEMA, QUALIFIERS, Tally, facts_table
from bulian.graph.kinds import SCHEMA

BASE: dict[str, Any] = {
    "subject_kind": "Enterprise", "subject": "甲", "subject_key": "甲", "predicate": "PRODUCES", "object_kind": "Product",
    "object": "主轴", "object_key": "主轴", "method": "table:企业产品", "confidence": 0.9, "modality": "stated",
    "file": "/a.csv", "row": 2,
}  # fmt: skip
PLACE = {"sheet": "表", "row": 9, "start": 3, "stop": 5, "number": 7.0}


def ids(*rows: dict[str, Any]) -> list[str]:
    return [str(fact) for fact in facts_table(rows)["id"].to_pylist()]


def test_the_table_has_the_declared_columns() -> None:
    table = facts_table([BASE])
    assert table.schema == FACT_SCHEMA
    assert set(QUALIFIERS) <= set(FACT_COLUMNS)
    assert {prop.name for prop in SCHEMA.qualifiers} <= set(QUALIFIERS)
    assert facts_table([]).num_rows == 0


@pytest.mark.parametrize("column", sorted(PLACE))
def test_where_it_stands_is_no_part_of_it(column: str) -> None:
    assert len(set(ids(BASE, BASE | {column: PLACE[column]}))) == 1


@pytest.mark.parametrize("column", [name for name in FACT_COLUMNS if name not in ("id", "file", *PLACE)])
def test_everything_said_is_part_of_it(column: str) -> None:
    kind = str(FACT_SCHEMA.field(column).type)
    changed = {"string": "另一个", "double": 0.125, "int32": 1999}[kind]
    assert len(set(ids(BASE, BASE | {column: changed}))) == 2


def test_who_says_it_is_the_cited_source_else_the_file() -> None:
    cited = BASE | {"source": "https://example.org"}
    assert len(set(ids(cited, cited | {"file": "/b.csv"}))) == 1
    assert len(set(ids(BASE, BASE | {"file": "/b.csv"}))) == 2
    assert len(set(ids(BASE, cited))) == 2


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=4)] * 3), max_size=12, unique=True
    )
)
def test_different_content_has_different_ids(contents: list[tuple[str, str, str]]) -> None:
    rows = [BASE | {"subject": a, "object": b, "quote": c} for a, b, c in contents]
    assert len(set(ids(*rows))) == len(rows)


def test_ids_are_the_same_in_every_run() -> None:
    assert ids(BASE) == ids(BASE, BASE)[:1]
    assert len(ids(BASE)[0]) == 32


def test_tallies_add_up() -> None:
    assert Tally(1, 2, 3) + Tally(10, 20, 30) == Tally(11, 22, 33)
