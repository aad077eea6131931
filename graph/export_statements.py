"""A store as statements: JSON-LD for the linked-data world, Cypher for a graph database. One line each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final
from urllib.parse import quote

from .kinds import SCHEMA
from .store import Edge, GraphView, Node

__all__ = ["cypher_lines", "jsonld_lines"]

_VOCABULARY: Final = "urn:bulian:"


def jsonld_lines(view: GraphView) -> Iterator[str]:
    """Nodes and edges as one JSON-LD 1.1 document in pieces.

    Nodes are typed by their kind; each edge is an object of its own, because it carries confidence and modality
    that a bare triple cannot.
    """
    context = {"@vocab": _VOCABULARY, "source": {"@type": "@id"}, "target": {"@type": "@id"}}
    yield '{"@context": ' + json.dumps(context) + ', "@graph": ['
    between = "\n"
    for item in chain(map(_ld_node, view.nodes()), map(_ld_edge, view.edges())):
        yield between + json.dumps(item, ensure_ascii=False, allow_nan=False)
        between = ",\n"
    yield "]}\n"


def _iri(node_id: str) -> str:
    return f"{_VOCABULARY}node:{quote(node_id, safe='')}"


def _ld_node(node: Node) -> dict[str, Any]:
    properties = {f"property_{name}": list(node.properties[name]) for name in sorted(node.properties)}
    return {"@id": _iri(node.id), "@type": list(SCHEMA.ancestors(node.kind)), "name": node.name, **properties}


def _ld_edge(edge: Edge) -> dict[str, Any]:
    said = {f"property_{name}": edge.qualifiers[name] for name in sorted(edge.qualifiers)}
    return {
        "@id": f"{_VOCABULARY}edge:{quote(edge.id, safe='')}", "@type": edge.relation, "source": _iri(edge.source),
        "target": _iri(edge.target), "modality": edge.modality, "confidence": edge.confidence, "facts": edge.facts,
        "sources": edge.sources, **said,
    }  # fmt: skip


def cypher_lines(view: GraphView) -> Iterator[str]:
    """Nodes and edges as Cypher statements that may be run twice; labels come from the declared model only."""
    yield "CREATE CONSTRAINT bulian_node IF NOT EXISTS FOR (n:BulianNode) REQUIRE n.id IS UNIQUE;\n"
    for node in view.nodes():
        labels = ":".join(("BulianNode", *SCHEMA.ancestors(node.kind)))
        properties = {**{name: list(values) for name, values in node.properties.items()}, "name": node.name}
        yield f"MERGE (n:BulianNode {{id: {_literal(node.id)}}}) SET n:{labels}, n += {_map(properties)};\n"
    for edge in view.edges():
        relation = SCHEMA.relation(edge.relation).name
        said = {"modality": edge.modality, "confidence": edge.confidence, "facts": edge.facts, "sources": edge.sources}
        yield (
            f"MATCH (a:BulianNode {{id: {_literal(edge.source)}}}), (b:BulianNode {{id: {_literal(edge.target)}}}) "
            f"MERGE (a)-[r:{relation} {{id: {_literal(edge.id)}}}]->(b) SET r += {_map(said | dict(edge.qualifiers))};\n"
        )


def _map(properties: Mapping[str, Any]) -> str:
    # A property name of the user's own may be any text: in back-quotes it is only a name.
    pairs = (f"`{name.replace('`', '``')}`: {_literal(properties[name])}" for name in sorted(properties))
    return "{" + ", ".join(pairs) + "}"


def _literal(value: Any) -> str:
    """A value as Cypher writes it. JSON's escapes are Cypher's; a solidus or an emoji needs none."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
