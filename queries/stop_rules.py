"""What stops what: the rows of a chain as rules of the form "x stops when all of these have stopped".

Every sentence of the feasibility contract is such a rule (a Horn clause):

* a needed object that stands alone: the product stops when the object and every sub-type of it have stopped;
* a group of alternatives: the product stops when that holds of every member of the group;
* a product with sub-types and no requirement of its own stops when all its sub-types have, direct or not.

"The object and every sub-type of it" gets a node of its own (an *exhausted* node), one for each strongly
connected component of 属于, so that a cycle of sub-types hangs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeVar

import networkx as nx

from bulian.graph.errors import NotFoundError
from bulian.queries.need_rows import Conflict, Need, Requirement, conflicts_of, merged
from bulian.queries.rule_order import components

__all__ = ["AndOrGraph", "Conflict", "Need", "Requirement", "Rule", "StopRules"]

T = TypeVar("T")


class Rule(NamedTuple):
    """``head`` stops when every node of ``body`` has stopped; ``via`` are the products named by the rows."""

    head: int
    body: tuple[int, ...]
    via: tuple[int, ...]


@dataclass(frozen=True)
class StopRules:
    """The rules of one chain on numbered nodes.

    Nodes ``0 … len(names) - 1`` are the products in the order of ``names``, higher ones the exhausted nodes;
    ``exhausted[p]`` is the node of "p and all its sub-types have stopped" (p itself without sub-types).
    """

    names: tuple[str, ...]
    index: dict[str, int]
    exhausted: list[int]
    size: int
    rules: list[Rule]

    @cached_property
    def by_head(self) -> list[Sequence[Rule]]:
        """The rules that can stop each node."""
        heads = ((rule.head, rule) for rule in self.rules)
        return _by_node(heads, self.size)

    @cached_property
    def by_body(self) -> list[Sequence[int]]:
        """The numbers of the rules that wait for each node."""
        return _by_node(((node, number) for number, rule in enumerate(self.rules) for node in rule.body), self.size)

    @cached_property
    def order(self) -> list[list[int]]:
        """The order in which they can be solved; see :func:`bulian.queries.rule_order.components`."""
        return components(self)

    def body_of(self, objects: Iterable[str]) -> tuple[int, ...]:
        """The nodes that must all have stopped before a requirement met by any of ``objects`` fails."""
        exhausted, index = self.exhausted, self.index
        return tuple({exhausted[index[name]] for name in objects})

    def numbers(self, names: Collection[str]) -> list[int]:
        """The nodes of products by name, sorted, each once.

        Raises:
            NotFoundError: a name is no product of this chain.
        """
        for name in names:
            if name not in self.index:
                raise NotFoundError("产业链中没有这个产品", where=name, hint="请核对产品名称或所选产业链。")
        return sorted({self.index[name] for name in names})


@dataclass(frozen=True)
class AndOrGraph:
    """A chain as the rows give it: product names, rows 需要, and pairs 属于 as ``(sub-type, super-type)``.

    Only rows between two of ``products`` count, self-loops are ignored, rows may repeat.
    """

    products: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    subtypes: tuple[tuple[str, str], ...]

    @cached_property
    def known(self) -> frozenset[str]:
        """The products as a set."""
        return frozenset(self.products)

    @cached_property
    def links(self) -> tuple[Requirement, ...]:
        """The rows 需要 that count."""
        rows = (row for row in self.requirements if row.product != row.object)
        return tuple(row for row in rows if row.product in self.known and row.object in self.known)

    @cached_property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        """The pairs 属于 that count, ``(sub-type, super-type)``, each once, sorted."""
        pairs = {(a, b) for a, b in self.subtypes if a != b}
        return tuple(sorted((a, b) for a, b in pairs if a in self.known and b in self.known))

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """The rows merged over repeats; see :func:`bulian.queries.need_rows.merged`."""
        return merged(self.links)

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Links whose rows contradict each other, sorted."""
        return conflicts_of(self.links)

    @cached_property
    def rules(self) -> StopRules:
        """The rules of this chain; built once."""
        names = tuple(dict.fromkeys(self.products))
        index = {name: number for number, name in enumerate(names)}
        exhausted, rules = _exhausted(index, self.kinds)
        built = StopRules(names, index, exhausted, len(names) + len(rules), rules)
        all_stopped = {rule.head: rule.body for rule in rules}
        alone, groups = self._blocking()
        rules += [Rule(index[a], (exhausted[index[b]],), (index[b],)) for a, b in alone]
        for (product, _), members in groups.items():
            rules.append(Rule(index[product], built.body_of(members), tuple([index[name] for name in members])))
        below: dict[str, list[int]] = defaultdict(list)
        for sub, parent in self.kinds:
            below[parent].append(index[sub])
        for parent in below.keys() - self._needy(below):
            whole = all_stopped[exhausted[index[parent]]]
            rules.append(Rule(index[parent], tuple(n for n in whole if n != index[parent]), tuple(below[parent])))
        return built

    def _blocking(self) -> tuple[Collection[tuple[str, str]], Mapping[tuple[str, str], Collection[str]]]:
        """The needs that can stop something: (product, object) that stand alone, and the members of groups.

        The blocking ones of :attr:`needs`, without merging the many rows that stop nothing.
        """
        known = self.known
        strict = [
            (row.product, row.object, row.alt_group)
            for row in self.requirements
            if row.essential and row.product in known and row.object in known and row.product != row.object
        ]
        alone = dict.fromkeys((product, name) for product, name, group in strict if not group)
        groups: dict[tuple[str, str], dict[str, None]] = {(product, group): {} for product, _, group in strict if group}
        grouped = (row for row in self.requirements if row.alt_group)
        for key, name in [(key, row.object) for row in grouped if (key := (row.product, row.alt_group)) in groups]:
            if name in known and name != key[0]:
                groups[key][name] = None
        return alone, groups

    def _needy(self, products: Collection[str]) -> set[str]:
        """Those of some products that have a requirement of their own, 必需 or not."""
        rows = ((row.product, row.object) for row in self.requirements if row.product in products) if products else ()
        return {product for product, name in rows if name != product and name in self.known}

    def assume_essential(self) -> AndOrGraph:
        """The same chain with every requirement whose essentiality is not stated taken as 必需."""
        said = ((need, name) for need in self.needs for name, word in need.members.items() if word is None)
        unstated = {(need.product, need.alt_group, name) for need, name in said}
        rows = (
            replace(row, essential=True) if (row.product, row.alt_group, row.object) in unstated else row
            for row in self.requirements
        )
        return AndOrGraph(self.products, tuple(rows), self.subtypes)


def _by_node(items: Iterable[tuple[int, T]], size: int) -> list[Sequence[T]]:
    """What belongs to each node; most nodes of a large chain have nothing and share one empty tuple."""
    found: dict[int, list[T]] = {}
    for node, item in items:
        if node in found:
            found[node].append(item)
        else:
            found[node] = [item]
    return [found.get(node, ()) for node in range(size)]


def _exhausted(index: dict[str, int], kinds: Iterable[tuple[str, str]]) -> tuple[list[int], list[Rule]]:
    """The exhausted node of every product, and one rule for each that is more than the product itself."""
    exhausted = list(range(len(index)))
    tree = nx.condensation(nx.DiGraph([(index[parent], index[sub]) for sub, parent in kinds]))
    members: dict[int, list[int]] = {c: sorted(tree.nodes[c]["members"]) for c in sorted(tree)}
    real = [c for c in members if len(members[c]) > 1 or tree.out_degree(c)]
    node = {c: members[c][0] for c in members} | {c: len(index) + k for k, c in enumerate(real)}
    for component, products in members.items():
        for product in products:
            exhausted[product] = node[component]
    rules = [
        Rule(node[c], (*members[c], *sorted(node[child] for child in tree.successors(c))), tuple(members[c]))
        for c in real
    ]
    return exhausted, rules
