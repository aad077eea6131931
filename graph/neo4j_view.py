"""Reads of a store on a Neo4j server: every answer is asked for there, aggregated there, and comes back in pages.

Long lists are read in the order of an index, page by page, each page a transaction of its own: neither side holds
them, and a lost connection is retried. After each page the store's revision is compared with the one at opening, so
that an answer never mixes two states.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from typing import Any, Final

import neo4j
import pyarrow as pa

from . import (
    neo4j_chain,
    neo4j_facts,
    neo4j_leads,
    neo4j_listings,
    neo4j_presence,
    neo4j_remaining,
    neo4j_supply,
)
from .errors import NotFoundError, StoreUnavailable
from .facts import Fact, Source
from .kinds import CLAIMS, SCHEMA, TRADE_FLOWS
from .names import normal_form
from .neo4j_leaves import Leaves
from .neo4j_raw import RawReads
from .neo4j_review import ReviewReads
from .neo4j_schema import EDGE_QUALIFIERS, NODE, predicate_of, slot
from .neo4j_server import Server
from .region_levels import Level
from .region_remaining import Removal
from .regions import Regions, default_regions
from .store import Chain, Edge, Link, Node

__all__ = ["Neo4jView"]

_PAGE: Final = 5_000
_NODE_FIELDS: Final = "coalesce(n.long_id, n.id), n.kind, n.name, properties(n)"
_EDGE_FIELDS: Final = (
    "coalesce(e.long_id, e.id), type(e), coalesce(a.long_id, a.id), coalesce(b.long_id, b.id), e.modality,"
    f" e.confidence, e.facts, e.sources, {', '.join('e.' + name for name in EDGE_QUALIFIERS)}"
)


class Neo4jView(RawReads, ReviewReads):
    """The read interface (:class:`bulian.graph.store.GraphView`) over a server, at one revision of the store."""

    def __init__(self, server: Server, revision: int) -> None:
        self._server = server
        self._revision = revision
        self._regions: Regions | None = None
        self._links: dict[str, list[Link]] = {}
        self._leaves = Leaves(self.rows)
        self.path = str(server.address)

    def rows(self, statement: str, **parameters: Any) -> list[list[Any]]:
        """Rows of a reading statement, of the revision opened.

        Raises:
            StoreUnavailable: another program has changed the store since.
        """

        def work(transaction: neo4j.ManagedTransaction) -> tuple[list[list[Any]], list[list[Any]]]:
            found = transaction.run(statement, parameters).values()
            return found, transaction.run("MATCH (m:BulianStore {one: 1}) RETURN m.revision").values()

        found, revision = self._server.reading(work)
        if revision != [[self._revision]]:
            raise StoreUnavailable(
                "读取期间另一个程序改写了存储", where=self.path, hint="请再运行一次。", code="store_changed"
            )
        return found

    def pages(self, statement: str, key: int = 0, first: str = "", **parameters: Any) -> Iterator[list[Any]]:
        """Rows of a statement with ``$last`` and ``$limit``, page by page; column ``key`` holds the next ``$last``."""
        last = first
        while True:
            rows = self.rows(statement, last=last, limit=_PAGE, **parameters)
            yield from rows
            if len(rows) < _PAGE:
                return
            last = slot(rows[-1][key])

    def setting(self, name: str) -> str | None:
        """A setting kept in the store, None when there is none."""
        rows = self.rows("MATCH (s:BulianSetting {name: $name}) RETURN s.value", name=name)
        return rows[0][0] if rows else None

    def sources(self) -> list[Source]:
        """Every file and cited page, by uri."""
        rows = self.rows("MATCH (s:BulianSource) RETURN s.uri, s.title, s.publisher, s.date, s.sha256, s.fingerprint")
        return [Source(*row) for row in sorted(rows, key=lambda row: str(row[0]))]

    def regions(self) -> Regions:
        """The region tree, with the towns users added."""
        if self._regions is None:
            towns = self.rows(
                "MATCH (f:BulianFact) WHERE f.subject_id STARTS WITH 'Region:' AND f.predicate = 'LOCATED_IN'"
                " RETURN DISTINCT coalesce(f.subject, f.subject_key, substring(f.subject_id, 7)),"
                " coalesce(f.object_key, substring(f.object_id, 7))"
            )
            self._regions = default_regions().with_towns([(name, parent) for name, parent in sorted(towns)])
        return self._regions

    def chains(self) -> list[str]:
        """Names of all chains, sorted."""
        return sorted(row[0] for row in self.rows(f"MATCH (n:{NODE}:Chain) RETURN n.name"))

    def chain(self, name: str) -> Chain:
        """The products of a chain and the relations among them; see :meth:`bulian.graph.store.GraphView.chain`."""
        chain = self._chain_node(name)
        return neo4j_chain.read_chain(self.rows, chain, self._links_of(chain))

    def links(self, chain: str) -> list[Link]:
        """Every 需要 and 属于 row that holds for a chain; see :meth:`bulian.graph.store.GraphView.links`."""
        return self._links_of(self._chain_node(chain))

    def _links_of(self, chain: Node) -> list[Link]:
        """A question asks for the chain and for its rows; they are read once."""
        if chain.id not in self._links:
            self._links[chain.id] = list(neo4j_chain.chain_links(self.rows, chain.id))
        return self._links[chain.id]

    def _chain_node(self, name: str) -> Node:
        found = self.find(name, "Chain")
        if not found:
            known = "、".join(self.chains()) or "（还没有）"
            raise NotFoundError("没有这条产业链", where=name, hint=f"已有：{known}。", code="no_chain")
        return found[0]

    def node(self, node_id: str) -> Node | None:
        """The node of that id, or None."""
        return next(self.nodes(ids=[node_id]), None)

    def find(self, text: str, kind: str | None = None, *, bare: bool = False) -> list[Node]:
        """Nodes whose id, key, name or alias is ``text`` in normal form, by id; ``bare`` without properties."""
        rows = self.rows(
            f"CALL () {{ MATCH (n:{NODE} {{id: $id}}) RETURN n UNION MATCH (n:{NODE} {{lowered: $lowered}}) RETURN n"
            f" UNION MATCH (a:BulianAlias {{key: $key}}) MATCH (n:{NODE} {{id: a.id}}) RETURN n }}"
            f" RETURN DISTINCT {_NODE_FIELDS}",
            id=slot(text), lowered=slot(neo4j_facts.lowered(text)), key=slot(normal_form(text)),
        )  # fmt: skip
        nodes = [_node([*row[:3], {}] if bare else row) for row in sorted(rows, key=lambda row: str(row[0]))]
        return [node for node in nodes if kind is None or kind in SCHEMA.ancestors(node.kind)]

    def nodes(self, kind: str | None = None, *, ids: Sequence[str] | None = None) -> Iterator[Node]:
        """All nodes, those of a kind and its sub-kinds, or those of these ids; by id."""
        label = NODE if kind is None else f"{NODE}:{SCHEMA.kind(kind).name}"
        if ids is not None:
            rows = self.rows(
                f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN {_NODE_FIELDS}", ids=sorted(map(slot, set(ids)))
            )
            return iter([_node(row) for row in sorted(rows, key=lambda row: str(row[0]))])
        family = "" if kind is None else f"{SCHEMA.family(kind)}:"  # ids of a family stand together in the index
        pattern = f"MATCH (n:{label}) USING INDEX n:{NODE}(id) WHERE n.id > $last AND n.id STARTS WITH $family"
        statement = f"{pattern} RETURN {_NODE_FIELDS} ORDER BY n.id LIMIT $limit"
        return map(_node, self.pages(statement, first=family, family=family))

    def edges(
        self,
        relation: str | None = None,
        *,
        sources: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
    ) -> Iterator[Edge]:
        """Edges of a relation, from and to any of these nodes; by id. None stands for any."""
        relations = [r.name for r in SCHEMA.relations if relation is None or r.name == relation]
        if sources is None and targets is None:
            streams = (self.pages(_all_edges(name)) for name in relations)
            return map(_edge, merge(*streams, key=lambda row: str(row[0])))
        ends = [
            (f"MATCH ({side}:{NODE}) WHERE {side}.id IN ${given}", given, chosen)
            for side, given, chosen in (("a", "sources", sources), ("b", "targets", targets))
            if chosen is not None
        ]
        rows = self.rows(
            f"{' '.join(text for text, _, _ in ends)} MATCH (a)-[e:{'|'.join(relations)}]->(b) RETURN {_EDGE_FIELDS}",
            **{given: list(map(slot, chosen)) for _, given, chosen in ends},
        )
        return iter([_edge(row) for row in sorted(rows, key=lambda row: str(row[0]))])

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
        statement, parameters = neo4j_facts.chosen(ids, node, edge, subjects, predicates)
        if statement is None:
            return list(self.all_facts())
        return list(neo4j_facts.as_facts(self.rows(statement, **parameters)))

    def cited(self, ids: Sequence[str]) -> pa.Table:
        """These facts as columns; see :meth:`bulian.graph.store.GraphView.cited`."""
        return neo4j_facts.cited(self.rows, ids)

    def all_facts(self) -> Iterator[Fact]:
        """Every fact, by id, without holding them all."""
        return neo4j_facts.as_facts(self.pages(neo4j_facts.EVERY, key=neo4j_facts.KEY_COLUMN), ordered=True)

    def count(self, kind: str | None = None) -> int:
        """How many nodes (of a kind and its sub-kinds) there are."""
        label = NODE if kind is None else f"{NODE}:{SCHEMA.kind(kind).name}"
        return int(self.rows(f"MATCH (n:{label}) RETURN count(n)")[0][0])

    def supply(self, pairs: pa.Table, region: str, confidence: float) -> pa.Table:
        """Independent supply per product and scope; see :meth:`bulian.graph.store.GraphView.supply`."""
        return neo4j_supply.supply(self.rows, self._leaves, self.regions(), pairs, region, confidence)

    def producers(self, pairs: pa.Table, region: str, limit: int) -> pa.Table:
        """The best supported makers; see :meth:`bulian.graph.store.GraphView.producers`."""
        return neo4j_supply.producers(self.rows, self._leaves, self.regions(), pairs, region, limit)

    def presence(self, pairs: pa.Table, level: Level, confidence: float) -> pa.Table:
        """Independent makers per area and product; see :meth:`bulian.graph.store.GraphView.presence`."""
        return neo4j_presence.presence(self.rows, self._leaves, self.regions(), pairs, level, confidence)

    def remaining(self, pairs: pa.Table, confidence: float, region: str | None, removal: Removal) -> pa.Table:
        """Makers before and after a removal; see :meth:`bulian.graph.store.GraphView.remaining`."""
        return neo4j_remaining.remaining(self.rows, self._leaves, self.regions(), pairs, confidence, region, removal)

    def listings(self, pairs: pa.Table, region: str, confidence: float, limit: int, most: int) -> pa.Table:
        """Which sources name the makers; see :meth:`bulian.graph.store.GraphView.listings`."""
        return neo4j_listings.listings(self.rows, self._leaves, self.regions(), pairs, region, confidence, limit, most)

    def leads(self, pairs: pa.Table, region: str, limit: int) -> pa.Table:
        """Firms to check; see :meth:`bulian.graph.store.GraphView.leads`."""
        return neo4j_leads.leads(self.rows, self.regions(), pairs, region, limit)

    def searched(self, region: str) -> pa.Table:
        """Which sources were searched; see :meth:`bulian.graph.store.GraphView.searched`."""
        return neo4j_supply.searched(self.rows, self.regions(), region)

    def claims(self, predicates: Sequence[str] = ()) -> pa.Table:
        """Dated statements; see :meth:`bulian.graph.store.GraphView.claims`."""
        known = [claim.name for claim in CLAIMS] + list(TRADE_FLOWS.values())
        return neo4j_supply.claims(self.rows, list(predicates) or known)

    def close(self) -> None:
        """Let go of the connection."""
        self._server.close()

    def __enter__(self) -> Neo4jView:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _all_edges(relation: str) -> str:
    return f"MATCH (a)-[e:{relation}]->(b) WHERE e.id > $last RETURN {_EDGE_FIELDS} ORDER BY e.id LIMIT $limit"


def _node(row: Sequence[Any]) -> Node:
    node_id, kind, name, properties = row
    said = {predicate: tuple(properties[key]) for key in properties if (predicate := predicate_of(key)) is not None}
    return Node(node_id, kind, name, {predicate: said[predicate] for predicate in sorted(said)})


def _edge(row: Sequence[Any]) -> Edge:
    stated = dict(zip(EDGE_QUALIFIERS, row[8:], strict=True))
    edge_id, relation, source, target, modality, confidence, facts, said_by = row[:8]
    qualifiers = {name: value for name, value in stated.items() if value is not None}
    return Edge(edge_id, relation, source, target, modality, confidence, facts, said_by, qualifiers)
