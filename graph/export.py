"""A whole store as files other programs read. JSON here; tables and graph formats in the modules beside.

Everything goes through the read interface, in the order of ids and piece by piece, so that equal stores give
equal bytes and a large store need not fit into memory; only the files for neo4j-admin hold facts and edges in the
order of the store. Nothing in an export says when or on which machine it was made, except that a file without a
stable address in ``bulian.toml`` is called by its path.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

from .errors import UsageError
from .export_admin import export_admin
from .export_graphs import export_gexf, export_graphml
from .export_statements import cypher_lines, jsonld_lines
from .export_tables import export_csv, export_parquet
from .facts import Fact
from .store import Edge, GraphView, Node
from .writing import write_text

__all__ = [
    "FORMATS",
    "export_csv",
    "export_gexf",
    "export_graphml",
    "export_json",
    "export_parquet",
    "write_export",
]

FORMATS: Final = ("json", "csv", "graphml", "parquet", "jsonld", "gexf", "cypher", "neo4j-admin")
"""What :func:`write_export` writes; csv, parquet and neo4j-admin go into a folder, the others into one file."""

_FOLDERS: Final[Mapping[str, Callable[[GraphView, Path], tuple[list[Path], int]]]] = {
    "csv": export_csv, "parquet": export_parquet, "neo4j-admin": export_admin,
}  # fmt: skip
_DIGITS: Final = 12


def export_json(view: GraphView, written: Iterator[int] | None = None) -> Iterator[str]:
    """The store as one JSON document in pieces: ``{"nodes": […], "edges": […], "facts": […]}``.

    Each list is sorted by id with one object a line, so that two exports can be compared line by line. Floats
    are rounded to 12 significant digits, which is more than any source states and less than summation order
    could change. ``written`` is moved on by one with every object.
    """
    objects = written or count()
    yield "{"
    yield from _json_list("nodes", map(node_object, view.nodes()), objects)
    yield ",\n"
    yield from _json_list("edges", map(edge_object, view.edges()), objects)
    yield ",\n"
    yield from _json_list("facts", map(fact_object, view.all_facts()), objects)
    yield "}\n"


def _json_list(name: str, objects: Iterable[Mapping[str, Any]], written: Iterator[int]) -> Iterator[str]:
    yield f'"{name}": ['
    between = "\n"
    for item, _ in zip(objects, written, strict=False):
        yield between + json.dumps(item, ensure_ascii=False, allow_nan=False)
        between = ",\n"
    yield "]"


def _rounded(value: Any) -> Any:
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def _stated(qualifiers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _rounded(qualifiers[name]) for name in sorted(qualifiers)}


def node_object(node: Node) -> dict[str, Any]:
    """A node as scripts read it: id, kind, name, properties (every value said, best supported first)."""
    properties = {name: list(node.properties[name]) for name in sorted(node.properties)}
    return {"id": node.id, "kind": node.kind, "name": node.name, "properties": properties}


def edge_object(edge: Edge) -> dict[str, Any]:
    """An edge as scripts read it; ``facts`` and ``sources`` are counts."""
    return {
        "id": edge.id, "relation": edge.relation, "source": edge.source, "target": edge.target,
        "modality": edge.modality, "confidence": _rounded(edge.confidence), "facts": edge.facts,
        "sources": edge.sources, "qualifiers": _stated(edge.qualifiers),
    }  # fmt: skip


def fact_object(fact: Fact) -> dict[str, Any]:
    """A fact as scripts read it, its source as an object of uri, title and date."""
    return {
        "id": fact.id, "subject_id": fact.subject_id, "subject": fact.subject, "predicate": fact.predicate,
        "object_id": fact.object_id, "object": fact.object, "value": fact.value, "number": _rounded(fact.number),
        "qualifiers": _stated(fact.qualifiers),
        "source": {"uri": fact.source, "title": fact.source_title, "date": fact.source_date},
        "locator": fact.locator, "quote": fact.quote, "note": fact.note, "method": fact.method,
        "confidence": _rounded(fact.confidence), "modality": fact.modality,
    }  # fmt: skip


def write_export(view: GraphView, form: str, output: Path) -> dict[str, Any]:
    """Write the store in one of :data:`FORMATS`.

    Args:
        view: the store.
        form: a format name.
        output: the file, or for csv, parquet and neo4j-admin the folder, to write.

    Returns:
        ``{"path", "rows"}`` or ``{"paths", "rows"}``; rows are the nodes, edges and facts written.

    Raises:
        UsageError: there is no such format.
        RenderError: the file cannot be written; what was there before stays.
    """
    if form not in FORMATS:
        raise UsageError("没有这种导出格式", where=form, hint="可用：xlsx、" + "、".join(FORMATS) + "。")
    output = Path(output)
    if form in _FOLDERS:
        paths, rows = _FOLDERS[form](view, output)
        return {"paths": [str(path) for path in paths], "rows": rows}
    if form in ("graphml", "gexf"):
        rows = (export_graphml if form == "graphml" else export_gexf)(view, output)
        return {"path": str(output), "rows": rows}
    if form == "json":
        written = count()
        write_text(output, export_json(view, written))
        return {"path": str(output), "rows": next(written)}
    write_text(output, (jsonld_lines if form == "jsonld" else cypher_lines)(view))
    return {"path": str(output), "rows": view.count() + sum(edges.num_rows for edges in view.raw_edges())}
