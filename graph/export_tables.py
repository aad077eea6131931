"""A store as tables: CSV that people open in a spreadsheet, Parquet that programs read. Nodes, edges, facts."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from .facts import QUALIFIERS, Fact
from .guard import guard_csv
from .kinds import SCHEMA
from .store import Edge, GraphView, Node
from .writing import whole_file

__all__ = ["SEPARATOR", "export_csv", "export_parquet"]

SEPARATOR: Final = "；"
"""Between several values of one property, as in the tables people hand in."""

_BATCH: Final = 10_000
_PROPERTIES: Final = tuple(
    dict.fromkeys(prop.name for kind in SCHEMA.kinds for prop in kind.properties if prop.name != "name")
)
_EDGE_QUALIFIERS: Final = tuple(prop.name for prop in SCHEMA.qualifiers)
_TEXT, _NUMBER, _COUNT = pa.string(), pa.float64(), pa.int64()

_NODES: Final = pa.schema([
    ("id", _TEXT), ("kind", _TEXT), ("name", _TEXT), ("names", _TEXT),
    *((name, _TEXT) for name in _PROPERTIES), ("others", _TEXT),
])  # fmt: skip
_EDGES: Final = pa.schema([
    ("id", _TEXT), ("relation", _TEXT), ("source", _TEXT), ("target", _TEXT), ("modality", _TEXT),
    ("confidence", _NUMBER), ("facts", _COUNT), ("sources", _COUNT),
    *((name, QUALIFIERS[name]) for name in _EDGE_QUALIFIERS),
])  # fmt: skip
_FACTS: Final = pa.schema([
    ("id", _TEXT), ("subject_id", _TEXT), ("subject", _TEXT), ("predicate", _TEXT), ("object_id", _TEXT),
    ("object", _TEXT), ("value", _TEXT), ("number", _NUMBER), *QUALIFIERS.items(),
    ("source_uri", _TEXT), ("source_title", _TEXT), ("source_date", _TEXT), ("locator", _TEXT), ("quote", _TEXT),
    ("note", _TEXT), ("method", _TEXT), ("confidence", _NUMBER), ("modality", _TEXT),
])  # fmt: skip


def _node(node: Node) -> dict[str, Any]:
    """``names`` are all names said; ``others`` a JSON object of properties the model does not declare."""
    joined = {name: SEPARATOR.join(values) for name, values in node.properties.items()}
    known = {name: joined.pop(name, None) for name in _PROPERTIES}
    names, kinds = joined.pop("name", None), joined.pop("kind", None)
    if kinds is not None and kinds != node.kind:  # sources disagree about the kind
        joined["kind"] = kinds
    others = json.dumps(joined, ensure_ascii=False, sort_keys=True) if joined else None
    return {"id": node.id, "kind": node.kind, "name": node.name, "names": names, **known, "others": others}


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "id": edge.id, "relation": edge.relation, "source": edge.source, "target": edge.target,
        "modality": edge.modality, "confidence": edge.confidence, "facts": edge.facts, "sources": edge.sources,
        **{name: edge.qualifiers.get(name) for name in _EDGE_QUALIFIERS},
    }  # fmt: skip


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id, "subject_id": fact.subject_id, "subject": fact.subject, "predicate": fact.predicate,
        "object_id": fact.object_id, "object": fact.object, "value": fact.value, "number": fact.number,
        **{name: fact.qualifiers.get(name) for name in QUALIFIERS},
        "source_uri": fact.source, "source_title": fact.source_title, "source_date": fact.source_date,
        "locator": fact.locator, "quote": fact.quote, "note": fact.note, "method": fact.method,
        "confidence": fact.confidence, "modality": fact.modality,
    }  # fmt: skip


def _tables(view: GraphView) -> Iterator[tuple[str, pa.Schema, Iterator[Mapping[str, Any]]]]:
    yield "nodes", _NODES, map(_node, view.nodes())
    yield "edges", _EDGES, map(_edge, view.edges())
    yield "facts", _FACTS, map(_fact, view.all_facts())


def export_csv(view: GraphView, folder: Path) -> tuple[list[Path], int]:
    """Write nodes.csv, edges.csv and facts.csv, UTF-8 with a mark so that spreadsheets read Chinese.

    Text a spreadsheet would run is guarded by a leading ``'`` (:func:`bulian.graph.guard.guard_csv`).

    Returns:
        The files and how many rows they hold together.

    Raises:
        RenderError: a file cannot be written; each is replaced whole or not at all.
    """
    paths, rows = [], 0
    for name, schema, records in _tables(view):
        path = Path(folder) / f"{name}.csv"
        with whole_file(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as out:
            rows += _write_csv(csv.writer(out), schema.names, records)
        paths.append(path)
    return paths, rows


def _write_csv(writer: Any, header: list[str], records: Iterable[Mapping[str, Any]]) -> int:
    writer.writerow(header)
    rows = 0
    for record in records:
        writer.writerow([_cell(record[name]) for name in header])
        rows += 1
    return rows


def _cell(value: Any) -> Any:
    return f"{value:.12g}" if isinstance(value, float) else guard_csv(value)


def export_parquet(view: GraphView, folder: Path) -> tuple[list[Path], int]:
    """Write nodes.parquet, edges.parquet and facts.parquet with the columns of the CSV files, unguarded.

    Returns:
        The files and how many rows they hold together.

    Raises:
        RenderError: a file cannot be written; each is replaced whole or not at all.
    """
    paths, rows = [], 0
    for name, schema, records in _tables(view):
        path = Path(folder) / f"{name}.parquet"
        with whole_file(path) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            while batch := list(islice(records, _BATCH)):
                writer.write_table(pa.Table.from_pylist(batch, schema=schema))
                rows += len(batch)
        paths.append(path)
    return paths, rows
