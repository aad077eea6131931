"""Reads of the embedded store: nodes, edges, facts and chains for answers; aggregates for the population."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain as chained
from typing import Any, Final

import duckdb
import pyarrow as pa

from . import duckdb_chain, duckdb_leads, duckdb_listings, duckdb_presence, duckdb_raw, duckdb_remaining, duckdb_supply
from .duckdb_facts import cited, fact_rows, keys_of
from .duckdb_raw import EDGE_ID, IN_PIECE, few_nodes, node_pieces, node_select
from .duckdb_review import ReviewReads
from .duckdb_stream import stream, stream_all
from .errors import NotFoundError
from .facts import Fact, Source
from .kinds import CLAIMS, SCHEMA, TRADE_FLOWS
from .names import normal_form
from .region_levels import Level
from .region_remaining import Removal
from .regions import Regions, default_regions
from .store import Chain, Document, Edge, Link, Node

__all__ = ["DuckDBView"]

# Regions alone go by names that are no alias.
_NAMED: Final = (
    "SELECT id, kind, name FROM entity WHERE id IN (SELECT id FROM alias WHERE alias_key = $2 UNION ALL"
    " SELECT id FROM entity WHERE id = $1 UNION ALL"
    " SELECT id FROM entity WHERE id > 'Region:' AND id < 'Region;' AND lower(name) = lower($1)) ORDER BY id"
)
_EDGE_QUALIFIERS = tuple(prop.name for prop in SCHEMA.qualifiers)


class DuckDBView(ReviewReads):
    """The read interface (:class:`bulian.graph.store.GraphView`) over a DuckDB connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._db = connection
        self._regions: Regions | None = None
        self._links: dict[str, list[Link]] = {}

    @property
    def database(self) -> duckdb.DuckDBPyConnection:
        """The connection, for those who compute whole tables of the store in it."""
        return self._db

    def reset(self) -> None:
        """Forget what was cached; called after the derived tables changed."""
        self._regions = None
        self._links.clear()

    def _rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._db.execute(sql, list(parameters)).fetchall()

    def tables(self) -> set[str]:
        """Names of the tables in the file."""
        return {row[0] for row in self._rows("SELECT table_name FROM duckdb_tables() WHERE NOT temporary")}

    def setting(self, name: str) -> str | None:
        """A setting kept in the store, None when there is none."""
        rows = self._rows("SELECT value FROM setting WHERE name = ?", [name])
        return rows[0][0] if rows else None

    def settings(self) -> dict[str, str]:
        """Every setting kept, by name, without those about the store itself."""
        rows = self._rows("SELECT name, value FROM setting ORDER BY name")
        return {name: value for name, value in rows if name not in duckdb_raw.SYSTEM_SETTINGS}

    def files(self) -> list[Source]:
        """The files taken in, by uri."""
        return duckdb_raw.files(self._db)

    def raw_documents(self) -> Iterator[Document]:
        """Kept documents by uri, a few at a time."""
        return duckdb_raw.raw_documents(self._db)

    def raw_facts(self, files: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Facts as they were written; see :meth:`bulian.graph.store.GraphView.raw_facts`."""
        return duckdb_raw.raw_facts(self._db, files)

    def raw_nodes(self) -> Iterator[pa.Table]:
        """Nodes as columns; see :meth:`bulian.graph.store.GraphView.raw_nodes`."""
        return duckdb_raw.raw_nodes(self._db)

    def raw_edges(self) -> Iterator[pa.Table]:
        """Edges as columns; see :meth:`bulian.graph.store.GraphView.raw_edges`."""
        return duckdb_raw.raw_edges(self._db)

    def sources(self) -> list[Source]:
        """Every file and cited page, by uri."""
        rows = self._rows(
            "SELECT uri, title, publisher, date, sha256, fingerprint FROM source UNION ALL"
            " SELECT uri, uri, NULL, date, NULL, NULL FROM cited WHERE uri NOT IN (SELECT uri FROM source) ORDER BY 1"
        )
        return [Source(*row) for row in rows]

    def regions(self) -> Regions:
        """The region tree, with the towns users added."""
        if self._regions is None:
            towns = self._rows(
                "SELECT DISTINCT subject, object_key FROM fact"
                " WHERE subject_kind = 'Region' AND predicate = 'LOCATED_IN' ORDER BY 1, 2"
            )
            self._regions = default_regions().with_towns(towns)
        return self._regions

    def chains(self) -> list[str]:
        """Names of all chains, sorted."""
        return [row[0] for row in self._rows("SELECT name FROM entity WHERE kind = 'Chain' ORDER BY name")]

    def chain(self, name: str) -> Chain:
        """The products of a chain and the relations among them.

        A relation row that names another chain only is left out, so what is said of one chain never changes
        another. Each source's row is an edge of its own (key: fact id), so conflicting rows stay visible.

        Raises:
            NotFoundError: there is no such chain; the message lists those there are.
        """
        chain_id = self._chain_id(name)
        return duckdb_chain.read_chain(self._db, chain_id, self._links_of(chain_id))

    def _chain_id(self, name: str) -> str:
        found = duckdb_chain.chain_id(self._db, name)
        if found is None:
            known = "、".join(self.chains()) or "（还没有）"
            raise NotFoundError("没有这条产业链", where=name, hint=f"已有：{known}。", code="no_chain")
        return found

    def links(self, chain: str) -> list[Link]:
        """Every 需要 and 属于 row that holds for a chain; see :meth:`bulian.graph.store.GraphView.links`."""
        return self._links_of(self._chain_id(chain))

    def _links_of(self, chain_id: str) -> list[Link]:
        """A question asks for the chain and for its rows; they are read once."""
        if chain_id not in self._links:
            self._links[chain_id] = list(duckdb_chain.chain_links(self._db, chain_id))
        return self._links[chain_id]

    def node(self, node_id: str) -> Node | None:
        """The node of that id, or None."""
        return next(self._nodes(few_nodes(), [[node_id], keys_of(self._db, [node_id])]), None)

    def find(self, text: str, kind: str | None = None, *, bare: bool = False) -> list[Node]:
        """Nodes whose id, key, name or alias is ``text`` in normal form, by id; ``bare`` without properties."""
        rows = self._rows(_NAMED, [text, normal_form(text)])
        rows = [row for row in rows if kind is None or kind in SCHEMA.ancestors(row[1])]
        if bare or not rows:
            return [Node(node_id, known, name, {}) for node_id, known, name in rows]
        return list(self._nodes(few_nodes(), [ids := [row[0] for row in rows], keys_of(self._db, ids)]))

    def nodes(self, kind: str | None = None, *, ids: Sequence[str] | None = None) -> Iterator[Node]:
        """All nodes, those of a kind and its sub-kinds, or those of these ids; by id."""
        kinds = self._kinds(kind)
        if ids is not None:
            chosen = "n.kind IN (SELECT unnest($1)) AND n.id IN (SELECT unnest(CAST($2 AS VARCHAR[])))"
            return self._nodes(node_select(chosen), [kinds, list(ids)])
        condition = f"{IN_PIECE} AND n.kind IN (SELECT unnest($3))"
        select = node_select(condition)
        return chained.from_iterable(self._nodes(select, [*piece, kinds]) for piece in node_pieces(self._db))

    def _kinds(self, kind: str | None) -> list[str]:
        return [k.name for k in SCHEMA.kinds if kind is None or kind in SCHEMA.ancestors(k.name)]

    def _nodes(self, select: str, parameters: Sequence[Any]) -> Iterator[Node]:
        rows = stream(self._db, f"{select} ORDER BY w.id", parameters)
        return (Node(row[0], row[1], row[2], _grouped(row[3], row[4])) for row in rows)

    def edges(
        self,
        relation: str | None = None,
        *,
        sources: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
    ) -> Iterator[Edge]:
        """Edges of a relation, from and to any of these nodes; by id. None stands for any."""
        conditions: list[str] = ["true"]
        parameters: list[Any] = []
        if relation is not None:
            conditions.append("relation = ?")
            parameters.append(relation)
        for column, chosen in (("source", sources), ("target", targets)):
            if chosen is not None:
                conditions.append(f"{column} IN (SELECT unnest(CAST(? AS VARCHAR[])))")
                parameters.append(list(chosen))
        rows = (stream if parameters else stream_all)(
            self._db,
            f"SELECT {EDGE_ID} AS id, relation, source, target, modality, confidence, facts, sources,"
            f" {', '.join(_EDGE_QUALIFIERS)} FROM edge WHERE {' AND '.join(conditions)} ORDER BY id", parameters,
        )  # fmt: skip
        for row in rows:
            stated = dict(zip(_EDGE_QUALIFIERS, row[8:], strict=True))
            edge_id, relation, source, target, modality, confidence, facts, said_by = row[:8]
            qualifiers = {name: value for name, value in stated.items() if value is not None}
            yield Edge(edge_id, relation, source, target, modality, confidence, facts, said_by, qualifiers)

    def facts(
        self,
        *,
        ids: Sequence[str] | None = None,
        node: str | None = None,
        edge: tuple[str, str, str] | None = None,
        subjects: Sequence[str] | None = None,
        predicates: Sequence[str] | None = None,
    ) -> list[Fact]:
        """Facts that fit all that is given, by id; see :meth:`bulian.graph.store.GraphView.facts`."""
        return list(fact_rows(self._db, ids=ids, node=node, edge=edge, subjects=subjects, predicates=predicates))

    def cited(self, ids: Sequence[str]) -> pa.Table:
        """These facts as columns; see :meth:`bulian.graph.store.GraphView.cited`."""
        return cited(self._db, ids)

    def all_facts(self) -> Iterator[Fact]:
        """Every fact, by id, without holding them all."""
        return fact_rows(self._db)

    def count(self, kind: str | None = None) -> int:
        """How many nodes (of a kind and its sub-kinds) there are."""
        rows = self._rows("SELECT count(*) FROM entity WHERE kind IN (SELECT unnest(?))", [self._kinds(kind)])
        return int(rows[0][0])

    def supply(self, pairs: pa.Table, region: str, confidence: float) -> pa.Table:
        """Independent supply per product and scope; see :meth:`bulian.graph.store.GraphView.supply`."""
        return duckdb_supply.supply(self._db, pairs, region, confidence)

    def producers(self, pairs: pa.Table, region: str, limit: int) -> pa.Table:
        """The best supported makers; see :meth:`bulian.graph.store.GraphView.producers`."""
        return duckdb_supply.producers(self._db, pairs, region, limit)

    def presence(self, pairs: pa.Table, level: Level, confidence: float) -> pa.Table:
        """Independent makers per area and product; see :meth:`bulian.graph.store.GraphView.presence`."""
        return duckdb_presence.presence(self._db, self.regions(), pairs, level, confidence)

    def remaining(self, pairs: pa.Table, confidence: float, region: str | None, removal: Removal) -> pa.Table:
        """Makers before and after a removal; see :meth:`bulian.graph.store.GraphView.remaining`."""
        return duckdb_remaining.remaining(self._db, self.regions(), pairs, confidence, region, removal)

    def listings(self, pairs: pa.Table, region: str, confidence: float, limit: int, most: int) -> pa.Table:
        """Which sources name the makers; see :meth:`bulian.graph.store.GraphView.listings`."""
        return duckdb_listings.listings(self._db, pairs, region, confidence, limit, most)

    def leads(self, pairs: pa.Table, region: str, limit: int) -> pa.Table:
        """Firms to check; see :meth:`bulian.graph.store.GraphView.leads`."""
        return duckdb_leads.leads(self._db, pairs, region, limit)

    def searched(self, region: str) -> pa.Table:
        """Which sources were searched; see :meth:`bulian.graph.store.GraphView.searched`."""
        return duckdb_supply.searched(self._db, region)

    def claims(self, predicates: Sequence[str] = ()) -> pa.Table:
        """Dated statements; see :meth:`bulian.graph.store.GraphView.claims`."""
        known = [claim.name for claim in CLAIMS] + list(TRADE_FLOWS.values())
        return duckdb_supply.claims(self._db, list(predicates) or known)


def _grouped(predicates: Sequence[str | None], values: Sequence[str | None]) -> Mapping[str, tuple[str, ...]]:
    grouped: dict[str, tuple[str, ...]] = {}
    for predicate, value in zip(predicates or (), values or (), strict=True):
        if predicate is not None and value is not None:
            grouped[predicate] = (*grouped.get(predicate, ()), value)
    return grouped
