"""In which order the rules of a chain can be solved: what a product depends on before the product itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from bulian.queries.stop_rules import StopRules

__all__ = ["components"]


def components(rules: StopRules) -> list[list[int]]:
    """The strongly connected components of the rule graph, each after those it depends on.

    Nodes that no rule names are left out. A component comes as soon as nothing it depends on is missing (Kahn 1962),
    the one set free last first, which keeps together what depends on each other.
    """
    heads, bodies = _links(rules)
    links = coo_array((np.ones(len(heads), np.int8), (heads, bodies)), shape=(rules.size, rules.size))
    count, label = connected_components(links, directed=True, connection="strong") if rules.size else (0, bodies)
    across = label[heads] != label[bodies]
    first, above = _grouped(label[bodies][across], label[heads][across], count)
    waits = np.bincount(label[heads][across], minlength=count).tolist()
    named = np.union1d(heads, bodies)
    start, nodes = _grouped(label[named], named, count)
    free = [component for component in range(count) if not waits[component] and start[component] < start[component + 1]]
    ordered = []
    while free:
        component = free.pop()
        members = nodes[start[component] : start[component + 1]]
        ordered.append(members if len(members) == 1 else _finishing_order(rules, members))
        for waiting in above[first[component] : first[component + 1]]:
            waits[waiting] -= 1
            if not waits[waiting]:
                free.append(waiting)
    return ordered


def _links(rules: StopRules) -> tuple[Any, Any]:
    """Two arrays: a head and one node of its body in every place."""
    found = [rule.body for rule in rules.rules]
    heads = np.fromiter((rule.head for rule in rules.rules), np.int64)
    return np.repeat(heads, np.fromiter(map(len, found), np.int64)), np.fromiter(chain.from_iterable(found), np.int64)


def _grouped(keys: Any, values: Any, count: int) -> tuple[list[int], list[int]]:
    """The values of key k stand in the second list from place ``first[k]`` up to ``first[k + 1]``, in their order."""
    order = np.argsort(keys, kind="stable")
    first = np.searchsorted(keys[order], np.arange(count + 1))
    return first.tolist(), values[order].tolist()


def _finishing_order(rules: StopRules, nodes: Collection[int]) -> list[int]:
    """Some nodes in the order in which a depth-first search towards the dependencies leaves them.

    Along a cycle that order needs few rounds.
    """
    unseen = set(nodes)
    order: list[int] = []
    for root in nodes:
        path = [(root, _inputs(rules, root))] if root in unseen else []
        unseen.discard(root)
        while path:
            node, left = path[-1]
            following = next((other for other in left if other in unseen), None)
            if following is None:
                order.append(node)
                path.pop()
            else:
                unseen.discard(following)
                path.append((following, _inputs(rules, following)))
    return order


def _inputs(rules: StopRules, node: int) -> Iterator[int]:
    """What a node waits for."""
    return chain.from_iterable(rule.body for rule in rules.by_head[node])
