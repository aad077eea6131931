"""Reads of the embedded store: nodes, edges, facts and chains for answers; aggregates for the population."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import networkx as nx
import pyarrow as pa

from . import duckdb_supply
from .errors import NotFoundError
from .facts import QUALIFIERS, Fact, Source
from .kinds import CLAIMS, SCHEMA, TRADE_FLOWS
from .names import normal_form
from .regions import Regions, default_regions
from .store import Chain, Edge, Node

__all__ = ["DuckDBView"]

_QUALIFIERS = tuple(QUALIFIERS)
_FACT_SELECT = (
    "SELECT replace(CAST(f.id AS VARCHAR), '-', '') AS id, s.id AS subject_id, sn.name AS subject, f.predicate,"
    " t.id AS object_id, coalesce(tn.name, f.object) AS object, f.value, f.number, coalesce(f.source, f.file) AS source,"
    " coalesce(src.title, f.source, f.file) AS source_title, coalesce(f.source_date, src.date) AS source_date,"
    " coalesce(carrier.title, f.file) AS carrier, f.sheet, f.row, f.start, f.stop, f.quote, f.note, f.method,"
    f" f.confidence, f.modality, {', '.join('f.' + name for name in _QUALIFIERS)}"
    " FROM fact f JOIN mention_entity s ON s.kind = f.subject_kind AND s.key = f.subject_key"
    " JOIN entity sn ON sn.id = s.id"
    " LEFT JOIN mention_entity t ON t.kind = f.object_kind AND t.key = f.object_key"
    " LEFT JOIN entity tn ON tn.id = t.id"
    " LEFT JOIN source src ON src.uri = coalesce(f.source, f.file) LEFT JOIN source carrier ON carrier.uri = f.file"
)
_EDGE_QUALIFIERS = tuple(prop.name for prop in SCHEMA.qualifiers)


class DuckDBView:
    """The read interface (:class:`bulian.graph.store.GraphView`) over a DuckDB connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._db = connection
        self._regions: Regions | None = None

    def reset(self) -> None:
        """Forget what was cached; called after the derived tables changed."""
        self._regions = None

    def _rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._db.execute(sql, list(parameters)).fetchall()

    def tables(self) -> set[str]:
        """Names of the tables in the file."""
        return {row[0] for row in self._rows("SELECT table_name FROM duckdb_tables() WHERE NOT temporary")}

    def setting(self, name: str) -> str | None:
        """A setting kept in the store, None when there is none."""
        rows = self._rows("SELECT value FROM setting WHERE name = ?", [name])
        return rows[0][0] if rows else None

    def sources(self) -> list[Source]:
        """Every file and cited page, by uri."""
        rows = self._rows(
            "SELECT uri, title, publisher, date, sha256, fingerprint FROM source UNION ALL"
            " SELECT source, source, NULL, max(source_date), NULL, NULL FROM fact"
            " WHERE source IS NOT NULL AND source NOT IN (SELECT uri FROM source) GROUP BY source ORDER BY 1"
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
        graph: Chain = nx.MultiDiGraph(name=self._rows("SELECT name FROM entity WHERE id = ?", [chain_id])[0][0])
        for row in self._rows(
            "SELECT n.name, n.id, n.kind, min(e.stage) FROM edge e JOIN entity n ON n.id = e.source"
            " WHERE e.relation = 'IN_CHAIN' AND e.target = ? AND e.modality IN ('stated', 'manual')"
            " GROUP BY ALL ORDER BY n.name", [chain_id],
        ):  # fmt: skip
            graph.add_node(row[0], id=row[1], kind=row[2], stage=row[3], final=False, key_component=False, aliases=[])
        self._add_marks(graph)
        for source, target, data in self._chain_links(chain_id):
            if source in graph and target in graph:
                graph.add_edge(source, target, key=data["fact"], **data)
        nx.freeze(graph)
        return graph

    def _chain_id(self, name: str) -> str:
        found = self.find(name, "Chain")
        if not found:
            known = "、".join(self.chains()) or "（还没有）"
            raise NotFoundError("没有这条产业链", where=name, hint=f"已有：{known}。", code="no_chain")
        return found[0].id

    def _add_marks(self, graph: Chain) -> None:
        names = {data["id"]: name for name, data in graph.nodes(data=True)}
        for node_id, predicate, value in self._rows(
            "SELECT DISTINCT s.id, f.predicate, f.value FROM fact f JOIN mention_entity s"
            " ON s.kind = f.subject_kind AND s.key = f.subject_key"
            " WHERE f.predicate IN ('final', 'key_component', 'aliases') AND f.subject_kind = 'Product' ORDER BY ALL"
        ):
            if node_id not in names:
                continue
            marks = graph.nodes[names[node_id]]
            if predicate == "aliases":
                marks["aliases"].append(value)
            elif value == "是":
                marks[predicate] = True

    def _chain_links(self, chain_id: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for row in self._rows(
            "SELECT sn.name, tn.name, f.predicate, replace(CAST(f.id AS VARCHAR), '-', ''), f.modality, f.confidence,"
            " f.essentiality, f.alt_group, f.cost_share, f.source_date"
            " FROM fact f JOIN mention_entity s ON s.kind = f.subject_kind AND s.key = f.subject_key"
            " JOIN mention_entity t ON t.kind = f.object_kind AND t.key = f.object_key"
            " JOIN entity sn ON sn.id = s.id JOIN entity tn ON tn.id = t.id"
            " WHERE f.predicate IN ('REQUIRES', 'IS_A') AND (f.chain IS NULL OR EXISTS (SELECT 1 FROM mention_entity c"
            " WHERE c.kind = 'Chain' AND c.id = ? AND c.key = f.chain))"
            " ORDER BY sn.name, tn.name, f.id", [chain_id],
        ):  # fmt: skip
            names = ("relation", "fact", "modality", "confidence", "essentiality", "alt_group", "cost_share", "date")
            yield row[0], row[1], dict(zip(names, row[2:], strict=True))

    def subtypes(self, chain: str) -> list[tuple[str, str]]:
        """(sub, super) product names that hold on this chain, whether or not the sub-type is a link of it."""
        return sorted(
            {
                (source, target)
                for source, target, data in self._chain_links(self._chain_id(chain))
                if data["relation"] == "IS_A" and data["modality"] in ("stated", "manual")
            }
        )

    def node(self, node_id: str) -> Node | None:
        """The node of that id, or None."""
        nodes = self._nodes("n.id = ?", [node_id])
        return nodes[0] if nodes else None

    def find(self, text: str, kind: str | None = None) -> list[Node]:
        """Nodes whose id, key, name or alias is ``text`` in normal form, by id."""
        nodes = self._nodes(
            "n.id = $1 OR n.id IN (SELECT id FROM alias WHERE alias_key = $2) OR lower(n.name) = lower($1)",
            [text, normal_form(text)],
        )
        return [node for node in nodes if kind is None or kind in SCHEMA.ancestors(node.kind)]

    def nodes(self, kind: str | None = None, *, ids: Sequence[str] | None = None) -> Iterator[Node]:
        """All nodes, those of a kind and its sub-kinds, or those of these ids; by id."""
        chosen = None if ids is None else list(ids)
        return iter(
            self._nodes(
                "n.kind IN (SELECT unnest($1)) AND ($2 IS NULL OR n.id IN (SELECT unnest(CAST($2 AS VARCHAR[]))))",
                [self._kinds(kind), chosen],
            )
        )

    def _kinds(self, kind: str | None) -> list[str]:
        return [k.name for k in SCHEMA.kinds if kind is None or kind in SCHEMA.ancestors(k.name)]

    def _nodes(self, condition: str, parameters: Sequence[Any]) -> list[Node]:
        rows = self._rows(
            f"WITH wanted AS (SELECT n.id, n.kind, n.name FROM entity n WHERE {condition}),"
            " said AS (SELECT e.id, f.predicate, f.value, max(f.confidence) AS c FROM fact f JOIN mention_entity e"
            " ON e.kind = f.subject_kind AND e.key = f.subject_key SEMI JOIN wanted w ON w.id = e.id"
            " WHERE f.object_kind IS NULL AND f.value IS NOT NULL AND f.year IS NULL AND f.region IS NULL"
            " AND f.partner IS NULL GROUP BY ALL)"
            " SELECT w.id, w.kind, w.name, list(s.predicate ORDER BY s.predicate, s.c DESC, s.value),"
            " list(s.value ORDER BY s.predicate, s.c DESC, s.value)"
            " FROM wanted w LEFT JOIN said s USING (id) GROUP BY ALL ORDER BY w.id", parameters,
        )  # fmt: skip
        return [Node(row[0], row[1], row[2], _grouped(row[3], row[4])) for row in rows]

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
        rows = self._rows(
            "SELECT relation, source, target, modality, confidence, facts, sources,"
            f" {', '.join(_EDGE_QUALIFIERS)} FROM edge WHERE {' AND '.join(conditions)}"
            " ORDER BY source, relation, target, modality", parameters,
        )  # fmt: skip
        for row in rows:
            stated = dict(zip(_EDGE_QUALIFIERS, row[7:], strict=True))
            yield Edge(
                id="|".join((row[1], row[0], row[2], row[3])), relation=row[0], source=row[1], target=row[2],
                modality=row[3], confidence=row[4], facts=row[5], sources=row[6],
                qualifiers={name: value for name, value in stated.items() if value is not None},
            )  # fmt: skip

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
        conditions: list[str] = ["true"]
        parameters: list[Any] = []
        if subjects is not None:
            conditions.append("s.id IN (SELECT unnest(CAST(? AS VARCHAR[])))")
            parameters.append(list(subjects))
        if ids is not None:
            conditions.append("f.id IN (SELECT CAST(unnest(?) AS UUID))")
            parameters.append(list(ids))
        if node is not None:
            conditions.append("? IN (s.id, t.id)")
            parameters.append(node)
        if edge is not None:
            conditions.append("s.id = ? AND f.predicate = ? AND t.id = ?")
            parameters.extend(edge)
        if predicates is not None:
            conditions.append("f.predicate IN (SELECT unnest(?))")
            parameters.append(list(predicates))
        rows = self._rows(
            f"SELECT DISTINCT ON (id) * FROM ({_FACT_SELECT} WHERE {' AND '.join(conditions)})"
            " ORDER BY id, carrier, sheet, row, start", parameters,
        )  # fmt: skip
        return [_fact(row) for row in rows]

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


def _fact(row: Sequence[Any]) -> Fact:
    (fact_id, subject_id, subject, predicate, object_id, object_name, value, number, source, title, date,
     carrier, sheet, line, start, stop, quote, note, method, confidence, modality) = row[:21]  # fmt: skip
    stated = dict(zip(_QUALIFIERS, row[21:], strict=True))
    return Fact(
        fact_id, subject_id, subject, predicate, object_id, object_name, value, number,
        {name: item for name, item in stated.items() if item is not None},
        source, title, date, _locator(carrier, sheet, line, start, stop), quote or "", note, method, confidence, modality,
    )  # fmt: skip


def _locator(carrier: str, sheet: str | None, row: int | None, start: int | None, stop: int | None) -> str:
    """Where it stands, in words: 企业名录.xlsx 表“企业” 第5行, or 报道.md 第12–40字."""
    place = carrier.rsplit("/", 1)[-1]
    if sheet:
        place += f" 表“{sheet}”"
    if row is not None:
        place += f" 第{row}行"
    if start is not None:
        place += f" 第{start}–{stop}字"
    return place
