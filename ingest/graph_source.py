"""A graph on a Neo4j server as a source: what is in it, and whether the mapping fits that.

Names of labels, types and properties go into a statement between backquotes (:func:`quoted`), never as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bulian.graph.errors import InputError, StoreError, UsageError
from bulian.graph.facts import Source
from bulian.graph.neo4j_server import Address, Server

from .config import CONFIG_NAME, SourceConfig, read_config
from .graph_config import GraphMapping, Part, nearest, read_mapping
from .sources import DataFile, Unreadable

__all__ = [
    "FOREIGN",
    "GraphSource",
    "Inventory",
    "as_input",
    "graph_sources",
    "quoted",
    "take_stock",
    "unused_properties",
]

FOREIGN: Final = "NOT {0}:BulianNode"
"""Cypher: the node is not one of a store of ours in the same database."""
_OURS: Final = "Bulian"
_UNSAFE: Final = re.compile(r"\\u", re.IGNORECASE)
_SAMPLE: Final = 1000
"""So many elements are asked for their properties, to name those the mapping does not use."""


@dataclass(frozen=True, slots=True)
class GraphSource(DataFile):
    """A graph to read, in the place of a file.

    It has no fingerprint: the server tells nobody cheaply whether something changed, and counts would overlook a
    changed value. So it is read every time; what it says again is known and written once.
    """

    address: Address
    mapping: GraphMapping

    @property
    def shown(self) -> str:
        """The address; it never holds credentials."""
        return str(self.address)

    @property
    def name(self) -> str:
        """The address."""
        return str(self.address)

    @property
    def is_graph(self) -> bool:
        """True."""
        return True

    @property
    def said(self) -> SourceConfig:
        """What the mapping says of the graph as a source."""
        return self.mapping.said

    def source(self, title: str | None = None) -> Source:
        """The source it is in the store."""
        return Source(self.uri, self.said.title or title or self.shown, self.said.publisher, self.said.date)


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a graph holds: labels and relationship types with their counts, and every property name.

    ``holds_store``: a store of bulian lies in the same database; what is its is not counted.
    """

    labels: dict[str, int]
    types: dict[str, int]
    properties: list[str]
    holds_store: bool

    def described(self) -> str:
        """Labels and types in words."""
        labels = "、".join(f"{name}（{count}）" for name, count in self.labels.items()) or "无"
        types = "、".join(f"{name}（{count}）" for name, count in self.types.items()) or "无"
        return f"图里的标签：{labels}；关系类型：{types}。"


def graph_sources(addresses: Sequence[str]) -> Iterator[GraphSource | Unreadable]:
    """The graphs behind addresses, each once, their mapping checked against what is there.

    Raises:
        UsageError: an address or the credentials cannot be right, or there is no mapping for a graph.
        InputError: the mapping is wrong, or names what the graph does not have.
    """
    config = read_config(Path())
    for address in dict.fromkeys(map(Address.parse, addresses)):
        mapping = read_mapping(config, address)
        try:
            server = Server(address)
            try:
                _check(server, mapping)
            finally:
                server.close()
        except StoreError as error:
            yield Unreadable(str(address), error)
            continue
        assert mapping is not None  # _check raised otherwise
        yield GraphSource(Path(str(address)), mapping.uri or str(address), config, "", "", address, mapping)


def _check(server: Server, mapping: GraphMapping | None) -> None:
    stock = take_stock(server)
    where = str(server.address)
    if mapping is None:
        if stock.holds_store and not stock.labels:
            hint = "要把它搬到另一个存储，请用 bulian copy 地址 目标；要查询它，请用 --store 地址。"
            raise UsageError("这是补链自己的存储，不是要映射的图", where=where, hint=hint)
        hint = f'请在当前文件夹的 {CONFIG_NAME} 里写 [graph."{where}"] 的映射。{stock.described()}'
        raise UsageError("没有这个图的映射", where=where, hint=hint)
    for part in mapping.parts:
        known, what = (stock.types, "关系类型") if part.is_edge else (stock.labels, "标签")
        _must_know(part, part.name, known, what, where)
        for label in filter(None, part.ends):
            _must_know(part, label, stock.labels, "标签", where)
        for column in part.columns:
            _must_know(part, column.property, stock.properties, "属性", where)


def _must_know(part: Part, name: str, known: dict[str, int] | list[str], what: str, where: str) -> None:
    if name not in known:
        hint = f"见 {part.where}。图里的{what}，{nearest(name, known)}"
        raise InputError(f"图里没有{what}“{name}”", where=where, hint=hint, code="not_in_graph")
    quoted(name)


def quoted(name: str) -> str:
    """A name as Cypher: between backquotes, its own doubled.

    Raises:
        InputError: it holds what a server may read as an escaped character, even between backquotes.
    """
    if _UNSAFE.search(name):
        raise InputError("名称里有 \\u，不能安全地写进查询", where=name, hint="请先在图里改名。", code="bad_name")
    return f"`{name.replace('`', '``')}`"


def take_stock(server: Server) -> Inventory:
    """What is in the graph; without a store of ours beside it, counts come from the server's own statistics."""
    labels = _names(server, "CALL db.labels() YIELD label AS name RETURN name")
    types = _names(server, "CALL db.relationshipTypes() YIELD relationshipType AS name RETURN name")
    keys = _names(server, "CALL db.propertyKeys() YIELD propertyKey AS name RETURN name")
    mixed = "BulianStore" in labels
    foreign = [name for name in labels if not name.startswith(_OURS)]
    only = f" WHERE {FOREIGN.format('x')}" if mixed else ""
    return Inventory(
        _counts(server, {name: f"(x:{quoted(name)}){only} RETURN count(x)" for name in foreign}),
        _counts(server, {name: f"(x)-[r:{quoted(name)}]->(){only} RETURN count(r)" for name in types}),
        keys, mixed,
    )  # fmt: skip


def _names(server: Server, statement: str) -> list[str]:
    """Names in the graph, but for those no statement can hold."""
    return sorted(name for (name,) in server.rows(statement) if not _UNSAFE.search(name))


def _counts(server: Server, patterns: dict[str, str]) -> dict[str, int]:
    """How often each occurs; the server also remembers names that nothing bears any more."""
    counts = {name: int(server.rows(f"MATCH {pattern}")[0][0]) for name, pattern in patterns.items()}
    return {name: count for name, count in counts.items() if count}


def unused_properties(server: Server, part: Part) -> list[str]:
    """Properties of the first elements of a label or type that its mapping does not use."""
    pattern = f"()-[x:{quoted(part.name)}]->()" if part.is_edge else f"(x:{quoted(part.name)})"
    rows = server.rows(f"MATCH {pattern} WITH x LIMIT {_SAMPLE} UNWIND keys(x) AS k RETURN DISTINCT k ORDER BY k")
    used = {column.property for column in part.columns if column.owner in "nr"}
    return [row[0] for row in rows if row[0] not in used]


@contextmanager
def as_input() -> Iterator[None]:
    """A failure of the server that is read is a fault of that source, not of the store that is written."""
    try:
        yield
    except StoreError as error:
        raise InputError(error.message, where=error.where, hint=error.hint, code=error.code) from error
