"""The model told to people and scripts: complete, consistent with the declaration, never stale."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulian.graph.kinds import CLAIMS, CONTEXT, MODALITIES, SCHEMA
from bulian.graph.schema import Kind, Relation
from bulian.graph.schema_page import (
    SCHEMA_COMMAND,
    markdown_table,
    schema_json,
    schema_mermaid,
    schema_page,
    schema_rows,
    type_words,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "schema.md"
OWNERS: list[Kind | Relation] = [*SCHEMA.kinds, *SCHEMA.relations]


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == schema_page(), f"docs/schema.md 已过时，请运行：{SCHEMA_COMMAND}"


def test_the_page_names_its_command_and_everything_declared() -> None:
    page = schema_page()
    assert SCHEMA_COMMAND in page
    assert "请勿手改" in page
    for owner in OWNERS:
        assert f"`{owner.name}`" in page
        assert owner.description in page
        for prop in owner.properties:
            assert f"| `{prop.name}` | {prop.label} | {type_words(prop)} | {prop.description} |" in page
    for prop in (*CLAIMS, *CONTEXT):
        assert f"| `{prop.name}` | {prop.label} |" in page
    assert schema_mermaid() in page


def test_every_markdown_table_is_rectangular() -> None:
    blocks = re.findall(r"(?:^\|.*\n)+", schema_page(), re.M)
    assert len(blocks) > len(SCHEMA.relations) / 2
    for block in blocks:
        assert len({line.replace(r"\|", "").count("|") for line in block.splitlines()}) == 1


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_cells_cannot_break_a_table(rows: list[list[str]]) -> None:
    lines = markdown_table(["a", "b"], rows)
    assert len(lines) == len(rows) + 2
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 3 and "\n" not in line for line in lines)


def test_json_is_plain_and_says_the_same_as_the_schema() -> None:
    data = schema_json()
    assert json.loads(json.dumps(data, ensure_ascii=False)) == data
    assert [kind["name"] for kind in data["kinds"]] == [kind.name for kind in SCHEMA.kinds]
    for kind in data["kinds"]:
        assert kind["ancestors"] == list(SCHEMA.ancestors(kind["name"])[1:])
        own = {prop.name for prop in SCHEMA.kind(kind["name"]).properties}
        inherited = {prop.name for name in kind["ancestors"] for prop in SCHEMA.kind(name).properties}
        assert {prop["name"] for prop in kind["properties"]} == own | inherited
    for relation in data["relations"]:
        declared = SCHEMA.relation(relation["name"])
        assert (tuple(relation["sources"]), tuple(relation["targets"])) == (declared.sources, declared.targets)
        assert [prop["name"] for prop in relation["properties"]] == [prop.name for prop in declared.properties]
    assert [relation["name"] for relation in data["relations"] if relation["counts_as_supply"]] == ["PRODUCES"]
    assert data["modalities"] == MODALITIES
    assert [claim["label"] for claim in data["claims"]] == [claim.label for claim in CLAIMS]


def test_a_sub_kind_has_what_its_super_kind_has() -> None:
    kinds = {kind["name"]: kind for kind in schema_json()["kinds"]}
    assert kinds["Component"]["ancestors"] == ["Product"]
    assert kinds["Component"]["properties"] == kinds["Product"]["properties"] != []


def test_rows_have_every_property_once_and_owners_without_any() -> None:
    headings, rows = schema_rows()
    assert {len(row) for row in rows} == {len(headings)}
    assert len({(row[0], row[1], row[3]) for row in rows}) == len(rows)
    expected = {(owner.name, prop.name) for owner in OWNERS for prop in owner.properties}
    expected |= {(owner.name, None) for owner in OWNERS if not owner.properties}
    assert {(row[1], row[3]) for row in rows if row[1]} == expected
    assert [row[3] for row in rows if not row[1]] == [prop.name for prop in (*CLAIMS, *CONTEXT)]


def test_the_diagram_draws_every_kind_every_inheritance_and_every_pair_of_ends() -> None:
    lines = schema_mermaid().splitlines()
    assert lines[0] == "classDiagram"
    assert len(set(lines)) == len(lines)
    for kind in SCHEMA.kinds:
        assert f'  class {kind.name}["{kind.label} {kind.name}"]' in lines
        assert (f"  {kind.extends} <|-- {kind.name}" in lines) == (kind.extends is not None)
    arrows = {tuple(re.fullmatch(r"  (\w+) --> (\w+) : (\w+) .*", line).groups()) for line in lines if "-->" in line}  # type: ignore[union-attr]
    assert arrows == {(s, t, r.name) for r in SCHEMA.relations for s in r.sources for t in r.targets}


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_words_for_what_may_be_filled_in(claim: object) -> None:
    prop = next(prop for prop in CLAIMS if prop is claim)
    words = type_words(prop)
    assert all(choice in words for choice in prop.choices)
    assert words
