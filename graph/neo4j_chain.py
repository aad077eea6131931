"""Chains read from a Neo4j server: their products as nodes, every row said of them as an edge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .modality import CONFIRMED_CYPHER
from .neo4j_schema import NODE, slot
from .store import Chain, Link, Node

__all__ = ["Ask", "chain_links", "read_chain"]

Ask = Callable[..., list[list[Any]]]
"""Runs a reading statement with its parameters and gives the rows."""

_DATA = ("relation", "fact", "modality", "confidence", "essentiality", "alt_group", "cost_share", "date")


def read_chain(ask: Ask, chain: Node, links: Iterable[Link]) -> Chain:
    """The products of a chain and the relations among them; see :meth:`bulian.graph.store.GraphView.chain`."""
    import networkx as nx

    graph: Chain = nx.MultiDiGraph(name=chain.name)
    rows = ask(
        f"MATCH (n:{NODE})-[e:IN_CHAIN]->(c:{NODE} {{id: $chain}}) WHERE e.modality IN {CONFIRMED_CYPHER}"
        " RETURN n.name, coalesce(n.long_id, n.id), n.kind, min(e.stage), coalesce(n.final, []),"
        " coalesce(n.key_component, []), coalesce(n.aliases, [])", chain=slot(chain.id),
    )  # fmt: skip
    for name, node_id, kind, stage, final, key, aliases in sorted(rows, key=lambda row: str(row[0])):
        graph.add_node(
            name,
            id=node_id,
            kind=kind,
            stage=stage,
            final="是" in final,
            key_component="是" in key,
            aliases=sorted(aliases),
        )
    for source, target, data in links:
        if source in graph and target in graph:
            graph.add_edge(source, target, key=data["fact"], **data)
    nx.freeze(graph)
    return graph


def chain_links(ask: Ask, chain_id: str) -> Iterator[Link]:
    """Every 需要 and 属于 row that holds for a chain: (product, object, what the row says), in a fixed order."""
    rows = ask(
        f"MATCH (c:{NODE} {{id: $chain}}) MATCH (f:BulianFact) WHERE f.predicate IN ['REQUIRES', 'IS_A']"
        " AND f.modality <> 'denied' AND NOT (f.modality = 'negated' AND f.method STARTS WITH 'review:')"
        " AND (f.chain IS NULL OR f.chain IN c.keys)"
        f" MATCH (s:{NODE} {{id: f.subject_id}}) MATCH (t:{NODE} {{id: f.object_id}})"
        " RETURN DISTINCT s.name, t.name, f.predicate, split(f.key, ':')[0], f.modality, f.confidence, f.essentiality,"
        " f.alt_group, f.cost_share, f.source_date", chain=slot(chain_id),
    )  # fmt: skip
    for row in sorted(rows, key=lambda row: (row[0], row[1], row[3])):
        yield row[0], row[1], dict(zip(_DATA, row[2:], strict=True))
