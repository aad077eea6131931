"""The store as the rest of the house sees it: one small read interface, one way to write.

Two stores implement it: the DuckDB file (one machine, no server, up to some millions of firms) and a Neo4j
server. Nothing here speaks SQL or Cypher. Whatever concerns the population is asked as an *aggregate* and
comes back as columns; whatever concerns the chain comes back as a networkx graph. Every order is specified,
so answers are the same from every store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import pyarrow as pa

from .elements import LONGEST_NAME, Chain, Document, Edge, Link, Node, Scope
from .facts import Fact, Source, Tally
from .region_levels import Level
from .region_remaining import Removal
from .regions import Regions

__all__ = ["LONGEST_NAME", "Chain", "Document", "Edge", "GraphView", "Link", "Node", "Scope", "Store", "Writer"]


class GraphView(Protocol):
    """What questions read."""

    def regions(self) -> Regions:
        """The region tree, with the towns users added."""

    def chains(self) -> list[str]:
        """Names of all chains, sorted."""

    def chain(self, name: str) -> Chain:
        """The products of a chain and the relations among them; NotFoundError when there is no such chain."""

    def links(self, chain: str) -> list[Link]:
        """Every 需要 and 属于 row that holds for a chain, whether or not its ends are products of it, by ends and fact.

        A row that names another chain only is left out; one that names none holds for every chain.
        """

    def node(self, node_id: str) -> Node | None:
        """The node of that id, or None."""

    def find(self, text: str, kind: str | None = None, *, bare: bool = False) -> list[Node]:
        """Nodes whose id, key, name or alias is ``text`` in normal form, by id.

        With ``bare`` their properties are left out, which is quicker in a store of millions of facts.
        """

    def nodes(self, kind: str | None = None, *, ids: Sequence[str] | None = None) -> Iterator[Node]:
        """All nodes, those of a kind and its sub-kinds, or those of these ids; by id."""

    def edges(
        self,
        relation: str | None = None,
        *,
        sources: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
    ) -> Iterator[Edge]:
        """Edges of a relation, from and to any of these nodes; by id. None stands for any."""

    def facts(
        self,
        *,
        ids: Sequence[str] | None = None,
        node: str | None = None,
        edge: tuple[str, str, str] | None = None,
        subjects: Sequence[str] | None = None,
        predicates: Sequence[str] | None = None,
    ) -> list[Fact]:
        """Facts that fit all that is given, by id.

        Args:
            ids: these facts.
            node: about this node, as subject or object.
            edge: behind this edge (source, relation, target).
            subjects: about any of these nodes, as subject.
            predicates: of any of these relations or properties.
        """

    def cited(self, ids: Sequence[str]) -> pa.Table:
        """These facts, each once, as columns (:data:`~bulian.graph.facts.CITED_SCHEMA`), in no order.

        Answers cite a hundred thousand facts at once; as objects they would take longer than all judging.
        """

    def all_facts(self) -> Iterator[Fact]:
        """Every fact, by id, one after the other: a whole store need not fit into memory."""

    def count(self, kind: str | None = None) -> int:
        """How many nodes (of a kind and its sub-kinds) there are."""

    def supply(self, pairs: pa.Table, region: str, confidence: float) -> pa.Table:
        """Independent supply per product, aggregated in the store.

        Args:
            pairs: columns ``root``, ``leaf`` (product names): makers of a leaf supply its root.
            region: code of the region that counts as local.
            confidence: from where on a claim counts as confirmed.

        Returns:
            One row per root and scope (local, china, vague, near, foreign, unplaced) that has any claim by a firm still
            registered, sorted: ``root``, ``scope``, ``firms``, ``groups`` (confirmed, firms of one group
            once), ``hhi`` (of group capacity shares, equal shares unless every
            confirmed firm states a capacity in one unit), ``capacity_known``, ``provinces``, ``doubt``
            (product of 1 − confidence over groups with only unverified claims, 1 when none), ``unverified``.
        """

    def producers(self, pairs: pa.Table, region: str, limit: int) -> pa.Table:
        """The best supported makers per product and scope.

        Returns:
            At most ``limit`` rows per root and scope (local, domestic, foreign, unplaced), sorted: ``root``,
            ``scope``, ``leaf``, ``id``, ``name``,
            ``region``, ``group``, ``active``, ``confidence``, ``share``, ``capacity``, ``unit``, ``grade``,
            ``present`` (a firm of its group is in the region), ``fact`` (id of the best fact), ``facts``.
        """

    def presence(self, pairs: pa.Table, level: Level, confidence: float) -> pa.Table:
        """How many independent makers of each product each area of a level has.

        Args:
            pairs: columns ``root``, ``leaf`` (product names): makers of a leaf supply its root.
            level: province, city or county of the mainland; see :mod:`bulian.graph.region_levels`.
            confidence: from where on a claim counts as confirmed.

        Returns:
            One row per area and root with a confirmed maker still registered, by both: ``region`` (code), ``root``,
            ``groups`` (firms of one group once per area and root). The rows without a region stand last: makers known
            only to be in a wider area. Makers abroad or of unknown country are in no row.
        """

    def remaining(self, pairs: pa.Table, confidence: float, region: str | None, removal: Removal) -> pa.Table:
        """How many confirmed makers of each product stay when some are taken away.

        Args:
            pairs: columns ``root``, ``leaf`` (product names): makers of a leaf supply its root.
            confidence: from where on a claim counts as confirmed.
            region: code of the region whose makers alone count; every maker counts if None.
            removal: which firms are taken away.

        Returns:
            One row per root with a confirmed maker still registered anywhere, sorted: ``root``, ``firms`` and
            ``groups`` (firms of one group once) that count today, ``firms_left`` and ``groups_left`` after, and
            ``unsure``: firms left that may be among those meant, because their place is known too roughly or not.
        """

    def listings(self, pairs: pa.Table, region: str, confidence: float, limit: int, most: int) -> pa.Table:
        """Which sources name the confirmed makers of a region, as counts of capture histories.

        A source is what a fact cites, the file where it cites none. A group is named by a source that says of a firm of
        it in the region that it makes the product, with at least ``confidence``.

        Args:
            pairs: columns ``root``, ``leaf`` (product names): makers of a leaf supply its root.
            region: code of the region.
            confidence: from where on a claim counts.
            limit: so many sources are told apart (at most 60): those that name most groups, then by uri.
            most: others than these are counted up to here.

        Returns:
            One row per root and history that occurs, sorted: ``root`` (null for all roots together, where a group counts
            once), ``sources`` (uris, sorted), ``others`` (how many further sources, ``most`` for that many or more),
            ``groups`` (makers still registered, firms of one group once).
        """

    def leads(self, pairs: pa.Table, region: str, limit: int) -> pa.Table:
        """Firms of a region that nothing but an inferred hint ties to a product: to be checked, never supply.

        Args:
            pairs: columns ``root``, ``leaf`` (product names): a hint at a leaf is one at its root.
            region: code of the region.
            limit: at most so many firms per root are named.

        Returns:
            The firms still registered that an inferred 提及 ties to the root, without those of which anybody says,
            however surely, that they make it or that they do not: ``root``, ``firms`` (how many there are), ``id``,
            ``name``, ``confidence`` and ``fact`` of the surest hint; by root, falling confidence, id.
        """

    def searched(self, region: str) -> pa.Table:
        """Which sources were searched for makers here.

        Returns:
            Rows that hold for the region (its own or an outer one's): ``product`` (name, null for every
            product), ``searched_source``, ``rate``, ``date``, ``depth`` (0 the region itself), ``assumed``,
            ``method_is_file`` (declared for a file, which a row of 检索 beats),
            ``fact``.
        """

    def claims(self, predicates: Sequence[str] = ()) -> pa.Table:
        """Dated statements by predicate; every understood claim and trade row when none is named.

        Returns:
            Rows sorted by all columns: ``subject`` (name), ``kind``, ``predicate``, ``value``, ``number``,
            ``year``, ``date`` (the period it speaks of, where that is told), ``region``, ``partner``, ``speaker``,
            ``source``, ``source_date``, ``confidence``, ``modality``, ``fact``.
        """

    def sources(self) -> list[Source]:
        """Every file and cited page, by uri."""

    def setting(self, name: str) -> str | None:
        """A setting kept in the store, None when there is none."""

    def settings(self) -> dict[str, str]:
        """Every setting kept, by name, without those a store keeps about itself."""

    def files(self) -> list[Source]:
        """The files taken in, by uri; :meth:`sources` has the cited pages as well."""

    def raw_documents(self) -> Iterator[Document]:
        """Kept documents by uri, a few at a time."""

    def raw_facts(self, files: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Facts as they were written, as tables of :data:`~bulian.graph.facts.FACT_SCHEMA`.

        Args:
            files: only those these files carry, file by file in this order, no table across two files; in no order
                when not given. A fact that two files carry comes once with each.
        """

    def firm_names(self) -> pa.Table:
        """What firms and institutes go by, a row per name and firm, in no order.

        Returns:
            ``id``, ``name`` (as answers show it), ``key``: the normal form of one of its names (own, former, short,
            English, alias, as mentioned), or its credit code in lower or upper case as it was keyed. Longer ones than
            :data:`LONGEST_NAME` are left out.
        """

    def doubtful(
        self, relations: Sequence[str], below: float, ranks: pa.Table, region: str, limit: int, *, only: bool = False
    ) -> tuple[pa.Table, int]:
        """Stated edges that are not sure and that nobody has confirmed by hand, the most consequential first.

        Args:
            relations: of these.
            below: confidence (0–1) from where on an edge is sure.
            ranks: columns ``id`` (node), ``rank`` (from 0): the better of an edge's two ends counts.
            region: code; among equals edges from firms in it come first, then the surer ones.
            limit: at most so many.
            only: only edges with an end in ``ranks``.

        Returns:
            ``source``, ``relation``, ``target`` (ids), ``confidence``, ``rank`` (null without one), ``local``; and how
            many there are in all.
        """

    def raw_nodes(self) -> Iterator[pa.Table]:
        """Nodes as columns, in no order: ``id``, ``kind``, ``name``, and the lists ``predicates`` beside ``said``."""

    def raw_edges(self) -> Iterator[pa.Table]:
        """Edges as columns, in no order: the fields of :class:`Edge`, a column for every qualifier."""


class Writer(Protocol):
    """Takes the facts of one source; they are in the store when the ``with`` block ends without an error."""

    tally: Tally

    def add(self, facts: pa.Table) -> None:
        """Add facts, as columns of :data:`~bulian.graph.facts.FACT_SCHEMA`."""

    def add_each(self, tables: Iterable[pa.Table]) -> None:
        """Add tables of facts one after another, as they are made; the cheapest way for many."""


class Store(GraphView, Protocol):
    """A view that can be written to."""

    def write(self, source: Source, document: Document | None = None) -> AbstractContextManager[Writer]:
        """Replace what a file says by what is added, and its kept text by ``document``, in one transaction."""

    def forget(self, source: str) -> int:
        """Take back what only this source (uri, path or title) said; how many facts went."""

    def facts_of_file(self, uri: str) -> int:
        """How many facts a file carries."""

    def register_files(self, predicates: Mapping[str, str]) -> list[str]:
        """The files that say any of these properties (its keys) of firms, by uri."""

    def register_texts(self, file: str, predicates: Mapping[str, str]) -> Iterator[pa.Table]:
        """What a file says of firms in words, some rows at a time, in no order.

        Args:
            file: its uri.
            predicates: property to the regular expression its texts have to match.

        Returns:
            Columns ``predicate``, ``text``, ``subject``, ``subject_key``, ``source``, ``source_date``, ``confidence``,
            ``modality``, ``sheet``, ``row``.
        """

    def derive(self) -> None:
        """Resolve names and merge facts into nodes and edges; called once after writing."""

    def documents(self) -> list[Document]:
        """Documents kept for reading again, by uri."""

    def put_setting(self, name: str, value: str | None) -> None:
        """Keep a setting, or drop it with None."""

    def close(self) -> None:
        """Let go of the file or connection."""
