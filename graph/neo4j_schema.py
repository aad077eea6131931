"""How the graph lies in Neo4j: labels, properties, constraints and indexes, all derived from the declared schema.

- a node: ``BulianNode`` and its kind with what the kind extends (``:BulianNode:Component:Product``); ``id``, ``kind``,
  ``name``, every property as a list, best supported value first; firms and institutes also ``region``, ``active``,
  ``places`` and, where it is not the firm itself, ``group_id``;
- an edge: one relationship of its relation's type, with the ``id`` of the edge and its qualifiers;
- a fact: a ``BulianFact`` node. It names its ends by the ids of the nodes, its file and cited page by number, and
  leaves out what follows from these (see :data:`FACT_COLUMNS_STORED`);
- ``BulianSource``, ``BulianDocument``, ``BulianSetting``, ``BulianAlias``, and one ``BulianStore``.

Only what Neo4j Community has is used: unique node and relationship properties and range indexes. An index takes
strings up to some 8 kB, so longer ids are indexed by their beginning and a digest (:func:`slot`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from .facts import QUALIFIERS
from .kinds import SCHEMA
from .schema import Schema

__all__ = [
    "EDGE_QUALIFIERS",
    "FACT_COLUMNS_STORED",
    "LAYOUT",
    "NODE",
    "SLOT_MACRO",
    "labels_of",
    "predicate_of",
    "property_of",
    "slot",
    "statements",
]

LAYOUT: Final = "1"
"""Of labels, properties and derived rows; a server of another layout is refused."""

NODE: Final = "BulianNode"
_LONGEST: Final = 4000  # bytes
_KEPT: Final = 1000  # characters
_MARK: Final = "said_"
_SYSTEM: Final = frozenset({"id", "kind", "name"})
_DECLARED: Final = frozenset(prop.name for kind in SCHEMA.kinds for prop in kind.properties) - _SYSTEM

EDGE_QUALIFIERS: Final = tuple(prop.name for prop in SCHEMA.qualifiers)
FACT_COLUMNS_STORED: Final = (
    "subject_id", "subject_kind", "subject_key", "subject", "predicate",
    "object_id", "object_kind", "object_key", "object", "value", "number", *QUALIFIERS,
    "file", "source", "source_date", "sheet", "row", "start", "stop", "quote", "note", "method", "confidence", "modality",
)  # fmt: skip
"""Properties of a fact. ``file`` and ``source`` are numbers of sources; kind and key of an end stand only where the
name was resolved to a node that is called otherwise, ``subject`` and ``object`` only where they differ from the key."""

SLOT_MACRO: Final = (
    "CREATE OR REPLACE TEMP MACRO slot(text) AS CASE WHEN text IS NULL OR strlen(text) <= "
    f"{_LONGEST} THEN text ELSE left(text, {_KEPT}) || '…' || md5(text) END"
)
"""The same as :func:`slot`, for DuckDB."""


def slot(text: str) -> str:
    """What stands in an index for a text: itself, or if it is too long its beginning and a digest."""
    if len(text.encode()) <= _LONGEST:
        return text
    return f"{text[:_KEPT]}…{hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()}"


def labels_of(kind: str) -> str:
    """The labels of a node of a kind as Cypher: ``BulianNode:Component:Product``."""
    return ":".join((NODE, *SCHEMA.ancestors(kind)))


def property_of(predicate: str) -> str:
    """The node property that holds the values of a predicate; names of the user's own cannot collide with ours."""
    return predicate if predicate in _DECLARED else f"{_MARK}{predicate}"


def predicate_of(name: str) -> str | None:
    """The predicate a node property holds the values of; None for our own properties."""
    if name in _DECLARED:
        return name
    return name.removeprefix(_MARK) if name.startswith(_MARK) else None


def statements(schema: Schema = SCHEMA) -> Iterator[str]:
    """Constraints and indexes that the store needs, each safe to run again."""
    unique = {
        NODE: "id", "BulianFact": "key", "BulianPendingFact": "key", "BulianSource": "number", "BulianStore": "one",
        "BulianSetting": "name", "BulianAlias": "pair", "BulianDocument": "number",
    }  # fmt: skip
    for label, prop in unique.items():
        name = f"{label}_{prop}".lower()
        yield f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{prop} IS UNIQUE"
    for relation in schema.relations:
        name = f"bulianedge_{relation.name}".lower()
        yield f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR ()-[e:{relation.name}]-() REQUIRE e.id IS UNIQUE"
    indexed = (
        (NODE, "lowered"), (NODE, "group_id"), ("BulianAlias", "key"),
        ("BulianFact", "subject_id"), ("BulianFact", "object_id"), ("BulianFact", "predicate"),
    )  # fmt: skip
    for label, prop in indexed:
        name = f"{label}_{prop}".lower()
        yield f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{label}) ON (n.{prop})"
