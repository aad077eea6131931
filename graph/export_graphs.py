"""A store as a graph file for Gephi, yEd, Cytoscape or networkx: GraphML and GEXF, nodes and edges without facts.

Both are written element by element, so that a store of any size fits: what networkx writes it must hold first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

import pyarrow as pa
import pyarrow.compute as pc

from .export_tables import SEPARATOR
from .facts import QUALIFIERS
from .guard import plain
from .kinds import SCHEMA
from .store import Edge, GraphView, Node
from .writing import whole_file

__all__ = ["export_gexf", "export_graphml"]

_GRAPHML: Final = "http://graphml.graphdrawing.org/xmlns"
_GEXF: Final = "http://www.gexf.net/1.2draft"
_EDGE_TYPES: Final[Mapping[str, str]] = {
    "relation": "string", "modality": "string", "confidence": "double", "facts": "long", "sources": "long",
    **{f"q_{prop.name}": {pa.float64(): "double", pa.int32(): "long"}.get(QUALIFIERS[prop.name], "string")
       for prop in SCHEMA.qualifiers},
}  # fmt: skip


class _Writer(XMLGenerator):
    """Elements with their attributes; text is escaped. ``rows`` counts the nodes and edges written."""

    rows = 0

    @contextmanager
    def within(self, name: str, **attributes: str) -> Iterator[None]:
        """An element around what is written in the block."""
        self.startElement(name, AttributesImpl(attributes))
        yield
        self.endElement(name)

    @contextmanager
    def row(self, name: str, **attributes: str) -> Iterator[None]:
        """The element of a node or edge, on a line of its own."""
        with self.within(name, **attributes):
            yield
        self.ignorableWhitespace("\n")
        self.rows += 1

    def empty(self, name: str, **attributes: str) -> None:
        """An element without content, on a line of its own."""
        self.startElement(name, AttributesImpl(attributes))
        self.endElement(name)
        self.ignorableWhitespace("\n")

    def data(self, key: str, value: Any) -> None:
        """A ``<data key>`` element with a value."""
        self.startElement("data", AttributesImpl({"key": key}))
        self.characters(_text(value))
        self.endElement("data")


def export_graphml(view: GraphView, path: Path) -> int:
    """Write nodes and edges as GraphML; several values of a property are joined by ；.

    Returns:
        How many nodes and edges there are.

    Raises:
        RenderError: the file cannot be written.
    """
    with _written(path) as xml, xml.within("graphml", xmlns=_GRAPHML):
        for name in ("label", "kind", *_properties(view)):
            xml.empty("key", **{"id": name, "for": "node", "attr.name": name, "attr.type": "string"})
        for name, kind in _EDGE_TYPES.items():
            xml.empty("key", **{"id": name, "for": "edge", "attr.name": name, "attr.type": kind})
        with xml.within("graph", edgedefault="directed"):
            for node in view.nodes():
                with xml.row("node", id=_name(node.id)):
                    for name, value in _node_data(node).items():
                        xml.data(name, value)
            for edge in view.edges():
                with xml.row("edge", source=_name(edge.source), target=_name(edge.target), id=_name(edge.id)):
                    for name, value in _edge_data(edge).items():
                        xml.data(name, value)
    return xml.rows


def export_gexf(view: GraphView, path: Path) -> int:
    """Write nodes and edges as GEXF 1.2; several values of a property are joined by ；.

    Nothing in it says when it was made.

    Returns:
        How many nodes and edges there are.

    Raises:
        RenderError: the file cannot be written.
    """
    names = dict.fromkeys(("kind", *_properties(view)), "string")
    with (
        _written(path) as xml, xml.within("gexf", xmlns=_GEXF, version="1.2"),
        xml.within("graph", defaultedgetype="directed", mode="static"),
    ):  # fmt: skip
        for owner, types in (("node", names), ("edge", _EDGE_TYPES)):
            with xml.within("attributes", **{"class": owner, "mode": "static"}):
                for name, kind in types.items():
                    xml.empty("attribute", id=name, title=name, type=kind)
        with xml.within("nodes"):
            for node in view.nodes():
                data = _node_data(node)
                with xml.row("node", id=_name(node.id), label=data.pop("label")):
                    _attvalues(xml, data)
        with xml.within("edges"):
            for edge in view.edges():
                ends = {"source": _name(edge.source), "target": _name(edge.target)}
                with xml.row("edge", id=_name(edge.id), **ends):
                    _attvalues(xml, _edge_data(edge))
    return xml.rows


def _attvalues(xml: _Writer, data: Mapping[str, Any]) -> None:
    with xml.within("attvalues"):
        for name, value in data.items():
            xml.startElement("attvalue", AttributesImpl({"for": name, "value": _text(value)}))
            xml.endElement("attvalue")


@contextmanager
def _written(path: Path) -> Iterator[_Writer]:
    """A document of which the file has all or nothing."""
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as out:
        xml = _Writer(out, "utf-8", short_empty_elements=True)
        xml.startDocument()
        yield xml
        xml.endDocument()


def _properties(view: GraphView) -> list[str]:
    """Every property any node has, declared or the user's own: both formats name them before the first node."""
    found: set[str] = set()
    for nodes in view.raw_nodes():
        found.update(pc.list_flatten(nodes["predicates"]).unique().to_pylist())
    return [_property(name) for name in sorted(found)]


def _property(name: str) -> str:
    return f"p_{plain(name)}"


def _name(text: str) -> str:
    """An id as XML can hold it; one that holds less than it says gets a mark, so that no two become one."""
    held = plain(text)
    return held if held == text else f"{held}~{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _node_data(node: Node) -> dict[str, str]:
    """Attributes XML can hold: no None, no list, no control character."""
    said = {_property(key): plain(SEPARATOR.join(values)) for key, values in node.properties.items()}
    return {"label": plain(node.name), "kind": node.kind, **said}


def _edge_data(edge: Edge) -> dict[str, Any]:
    said = {f"q_{key}": plain(value) if isinstance(value, str) else value for key, value in edge.qualifiers.items()}
    return {"relation": edge.relation, "modality": edge.modality, "confidence": edge.confidence, "facts": edge.facts,
            "sources": edge.sources, **said}  # fmt: skip
