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
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Literal, NamedTuple

import networkx as nx

from bulian.graph.errors import NotFoundError

__all__ = ["AndOrGraph", "Conflict", "Need", "Requirement", "Rule", "StopRules"]

Essentiality = bool | None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row 需要: ``product`` needs ``object``.

    ``essential`` is True for 必需, False for 非必需, None where the row does not say; ``alt_group`` names the
    group of alternatives the row belongs to, empty for none.
    """

    product: str
    object: str
    essential: Essentiality
    alt_group: str = ""


class Conflict(NamedTuple):
    """Rows that contradict each other on one link; both stay, the stricter one is computed with.

    ``kind``: 必需 against 非必需, or 必需 on its own against a member of a group of alternatives.
    """

    product: str
    object: str
    kind: Literal["essentiality", "alternatives"]
    message: str


class Need(NamedTuple):
    """Merged rows: ``product`` needs one of ``members`` (object -> 必需, 非必需 or not stated).

    ``alt_group`` is empty for an object that stands alone; then there is exactly one member.
    """

    product: str
    alt_group: str
    members: dict[str, Essentiality]

    @property
    def blocking(self) -> bool:
        """Whether the product stops without it: at least one row is 必需."""
        return True in self.members.values()


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
    def by_head(self) -> list[list[Rule]]:
        """The rules that can stop each node."""
        found: list[list[Rule]] = [[] for _ in range(self.size)]
        for rule in self.rules:
            found[rule.head].append(rule)
        return found

    @cached_property
    def by_body(self) -> list[list[int]]:
        """The numbers of the rules that wait for each node."""
        found: list[list[int]] = [[] for _ in range(self.size)]
        for number, rule in enumerate(self.rules):
            for node in rule.body:
                found[node].append(number)
        return found

    def body_of(self, objects: Iterable[str]) -> tuple[int, ...]:
        """The nodes that must all have stopped before a requirement met by any of ``objects`` fails."""
        return tuple({self.exhausted[self.index[name]] for name in objects})

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
        """The rows merged over repeats: objects that stand alone, then groups, each in the order of the rows.

        Where a row of a link is in a group, rows without one that do not say 必需 add nothing to it.
        """
        alone: dict[tuple[str, str], Essentiality] = {}
        groups: dict[tuple[str, str], dict[str, Essentiality]] = defaultdict(dict)
        for product, name, word, group in map(attrgetter("product", "object", "essential", "alt_group"), self.links):
            if group:
                members = groups[product, group]
                members[name] = _stricter(members.get(name), word)
            else:
                alone[product, name] = _stricter(alone.get((product, name)), word)
        grouped = {(product, name) for (product, _), members in groups.items() for name in members}
        lone = (
            Need(product, "", {name: word})
            for (product, name), word in alone.items()
            if word or (product, name) not in grouped
        )
        return (*lone, *(Need(product, group, members) for (product, group), members in groups.items()))

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Links whose rows contradict each other, sorted."""
        said: dict[tuple[str, str], set[Essentiality]] = defaultdict(set)
        strict: dict[tuple[str, str], set[bool]] = defaultdict(set)
        for row in self.links:
            said[row.product, row.object].add(row.essential)
            if row.alt_group or row.essential:
                strict[row.product, row.object].add(bool(row.alt_group))
        either = "有的来源写必需，有的写非必需；按必需计算"
        lone = "有的来源写单独必需，有的写可替代；按单独必需计算"
        found = [
            Conflict(a, b, "essentiality", f"“{a}”需要“{b}”：{either}")
            for (a, b), words in said.items()
            if {True, False} <= words
        ]
        found += [
            Conflict(a, b, "alternatives", f"“{a}”需要“{b}”：{lone}")
            for (a, b), places in strict.items()
            if len(places) == 2
        ]
        return tuple(sorted(found))

    @cached_property
    def rules(self) -> StopRules:
        """The rules of this chain; built once."""
        names = tuple(dict.fromkeys(self.products))
        index = {name: number for number, name in enumerate(names)}
        exhausted, rules = _exhausted(index, self.kinds)
        built = StopRules(names, index, exhausted, len(names) + len(rules), rules)
        for need in (need for need in self.needs if need.blocking):
            via = tuple(index[name] for name in need.members)
            rules.append(Rule(index[need.product], built.body_of(need.members), via))
        needy = {row.product for row in self.links}
        all_stopped = {rule.head: rule.body for rule in rules[: built.size - len(names)]}
        below: dict[str, list[int]] = defaultdict(list)
        for sub, parent in self.kinds:
            below[parent].append(index[sub])
        for parent, subs in below.items():
            if parent not in needy:
                whole = all_stopped[exhausted[index[parent]]]
                rules.append(Rule(index[parent], tuple(n for n in whole if n != index[parent]), tuple(subs)))
        return built

    def assume_essential(self) -> AndOrGraph:
        """The same chain with every requirement whose essentiality is not stated taken as 必需."""
        said = ((need, name) for need in self.needs for name, word in need.members.items() if word is None)
        unstated = {(need.product, need.alt_group, name) for need, name in said}
        rows = (
            replace(row, essential=True) if (row.product, row.alt_group, row.object) in unstated else row
            for row in self.requirements
        )
        return AndOrGraph(self.products, tuple(rows), self.subtypes)


def _stricter(known: Essentiality, word: Essentiality) -> Essentiality:
    """What two rows say of one link: 必需 beats 非必需, either beats not stated."""
    return word if known is None else known or bool(word)


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
