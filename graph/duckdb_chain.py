"""Chains read from the embedded store: their products as nodes, every row said of them as an edge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb

from .modality import CONFIRMED_SQL
from .names import normal_form
from .store import Chain, Link

__all__ = ["chain_id", "chain_links", "read_chain"]


def chain_id(db: duckdb.DuckDBPyConnection, text: str) -> str | None:
    """The id of the chain whose id, name or alias is ``text``, the first of several; None when there is none."""
    found = db.execute(
        "SELECT min(n.id) FROM entity n WHERE n.kind = 'Chain' AND (n.id = $1 OR lower(n.name) = lower($1)"
        " OR n.id IN (SELECT id FROM alias WHERE alias_key = $2))", [text, normal_form(text)],
    ).fetchall()  # fmt: skip
    return None if found[0][0] is None else str(found[0][0])


def read_chain(db: duckdb.DuckDBPyConnection, chain_id: str, links: Iterable[Link]) -> Chain:
    """The products of a chain and the relations among them; see :meth:`bulian.graph.store.GraphView.chain`."""
    import networkx as nx

    named = db.execute("SELECT name FROM entity WHERE id = ?", [chain_id]).fetchall()
    graph: Chain = nx.MultiDiGraph(name=named[0][0])
    for row in db.execute(
        "SELECT n.name, n.id, n.kind, min(e.stage) FROM edge e JOIN entity n ON n.id = e.source"
        f" WHERE e.relation = 'IN_CHAIN' AND e.target = ? AND e.modality IN {CONFIRMED_SQL}"
        " GROUP BY ALL ORDER BY n.name", [chain_id],
    ).fetchall():  # fmt: skip
        graph.add_node(row[0], id=row[1], kind=row[2], stage=row[3], final=False, key_component=False, aliases=[])
    _add_marks(db, graph)
    for source, target, data in links:
        if source in graph and target in graph:
            graph.add_edge(source, target, key=data["fact"], **data)
    nx.freeze(graph)
    return graph


def _add_marks(db: duckdb.DuckDBPyConnection, graph: Chain) -> None:
    names = {data["id"]: name for name, data in graph.nodes(data=True)}
    for node_id, predicate, value in db.execute(
        "SELECT DISTINCT s.id, f.predicate, f.value FROM chain_fact f JOIN mention_entity s"
        " ON s.kind = f.subject_kind AND s.key = f.subject_key"
        " WHERE f.predicate IN ('final', 'key_component', 'aliases') AND f.subject_kind = 'Product' ORDER BY ALL"
    ).fetchall():
        if node_id not in names:
            continue
        marks = graph.nodes[names[node_id]]
        if predicate == "aliases":
            marks["aliases"].append(value)
        elif value == "是":
            marks[predicate] = True


def chain_links(db: duckdb.DuckDBPyConnection, chain_id: str) -> Iterator[Link]:
    """Every 需要 and 属于 row that holds for a chain: (product, object, what the row says), in a fixed order.

    A row that names another chain only is left out; one that names none holds for every chain.
    """
    names = ("relation", "fact", "modality", "confidence", "essentiality", "alt_group", "cost_share", "date")
    for row in db.execute(
        "SELECT DISTINCT sn.name, tn.name, f.predicate, replace(CAST(f.id AS VARCHAR), '-', '') AS fact, f.modality,"
        " f.confidence, f.essentiality, f.alt_group, f.cost_share, f.source_date"
        " FROM chain_fact f JOIN mention_entity s ON s.kind = f.subject_kind AND s.key = f.subject_key"
        " JOIN mention_entity t ON t.kind = f.object_kind AND t.key = f.object_key"
        " JOIN entity sn ON sn.id = s.id JOIN entity tn ON tn.id = t.id"
        " WHERE f.predicate IN ('REQUIRES', 'IS_A') AND f.modality <> 'denied'"
        " AND NOT (f.modality = 'negated' AND starts_with(f.method, 'review:'))"
        " AND (f.chain IS NULL OR EXISTS (SELECT 1 FROM mention_entity c"
        " WHERE c.kind = 'Chain' AND c.id = ? AND c.key = f.chain))"
        " ORDER BY sn.name, tn.name, fact", [chain_id],
    ).fetchall():  # fmt: skip
        yield row[0], row[1], dict(zip(names, row[2:], strict=True))
