"""How much of a chain's finals is lost without one product: ESRI downstream at the level of products.

The rows 需要 are the links, 成本占比 their weights; what is 必需 stops a product in proportion to what is missing of
that one input, what is not loses it in proportion to all its inputs. It orders findings inside one label and is no
score. Method: :mod:`bulian.queries.loss_rows`; definitions and limits: ``docs/severity.md``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bulian.graph.errors import NotFoundError
from bulian.graph.modality import CONFIRMED

from .chain_graph import ChainGraph
from .loss_rows import ESSENTIAL, NON_ESSENTIAL, Floats, Ints, LossRows, loss_rows
from .sparse_losses import Block, sparse_losses

__all__ = ["Severity", "chain_severity"]

_CELLS = 4_000_000  # losses held at once (32 MB)
_DENSE = 2_000  # nodes up to which all losses are held, zeros too
_SHALLOW = 200  # blocks up to which larger chains are done sparse: each costs a look at all that is lost
_STEPS = 20_000  # blocks × parts of a deep chain done dense, about two seconds
_IN_CYCLES = 1_000  # of larger chains: nodes in cycles, which are repeated for every removal
_SPARSE_WIDTH = 16_000_000  # of larger chains: removals at a time × nodes
_EPSILON = 1e-12
_ROUNDS = 10_000
_DIGITS = 9
_ALONE = 0  # the kind of what is not 必需; every 必需 need is a kind of its own from 1 up


@dataclass(frozen=True, slots=True)
class Severity:
    """What is lost without one product.

    ``esri_down`` is the share of the output of the chain's finals that is lost, 0 to 1, each final counting alike;
    ``own_share`` is the part of it that the product loses by itself, as a final; subtract it to compare positions.
    ``equal_weights`` tells that no stated 成本占比 had a part in it. ``esri_down`` and ``own_share`` are None, with a
    ``reason``, where the chain has no finals, or is too large and too deep or entangled to be tried product by product.
    """

    esri_down: float | None
    own_share: float | None
    equal_weights: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Levels:
    """Nodes renumbered so that inputs come first: ``rows`` in blocks, each ``(low, high, cyclic)``."""

    rows: LossRows
    place: Ints
    blocks: tuple[Block, ...]


_Spread = Callable[["_Levels", Ints, npt.NDArray[np.bool_], npt.NDArray[np.bool_]], tuple[Floats, Ints]]


def chain_severity(chain: ChainGraph, products: Collection[str] | None = None) -> dict[str, Severity]:
    """The severity of products of a chain, of all of them where None is given, by name.

    Raises:
        NotFoundError: a name is no product of the chain.
    """
    names = sorted(chain.graph if products is None else set(products))
    index = chain.rules.rules.index
    for name in names:
        if name not in index:
            raise NotFoundError("产业链中没有这个产品", where=name, hint="请核对产品名称或所选产业链。")
    shares = _cost_shares(chain)
    if not chain.finals:
        return dict.fromkeys(names, Severity(None, None, not shares, "这条链没有终端产品，算不出损失"))
    levels, stated = _levels(chain, shares)
    ends = np.zeros(len(levels.place), np.bool_)
    ends[levels.place[[index[name] for name in chain.finals]]] = True
    places = levels.place[[index[name] for name in names]]
    told = np.zeros(len(levels.place), np.bool_)
    told[levels.place[stated]] = True
    lost, weighed = np.zeros(len(names)), np.zeros(len(names), np.bool_)
    order = np.argsort(places, kind="stable")
    spread, width = _way(levels)
    if spread is None:
        return dict.fromkeys(
            names, Severity(None, None, not shares, "这条链太深，或相互需要的环节太多，没有逐个推算损失")
        )
    for low in range(0, len(order), width):
        part = order[low : low + width]
        total, stated_lost = spread(levels, places[part], ends, told)
        lost[part] = total / len(chain.finals)
        weighed[part] = stated_lost > told[places[part]]  # its own inputs no longer matter
    own, final = 1.0 / len(chain.finals), set(chain.finals)
    return {
        name: Severity(round(share, _DIGITS), round(own, _DIGITS) if name in final else 0.0, not used)
        for name, share, used in zip(names, lost.tolist(), weighed.tolist(), strict=True)
    }


def _cost_shares(chain: ChainGraph) -> dict[tuple[str, str], float]:
    """The 成本占比 of each link that states one above 0: the surest, of equally sure ones the newest, then largest."""
    said: dict[tuple[str, str], tuple[float, str, float]] = {}
    for product, needed, data in chain.graph.edges(data=True):
        share = data["cost_share"]
        if data["relation"] != "REQUIRES" or data["modality"] not in CONFIRMED or product == needed:
            continue
        if share is not None and share > 0:
            word = (float(data["confidence"]), str(data["date"] or ""), float(share))
            said[product, needed] = max(word, said.get((product, needed), word))
    return {pair: share for pair, (_, _, share) in said.items()}


def _links(chain: ChainGraph, shares: Mapping[tuple[str, str], float]) -> Iterator[tuple[int, int, int, float, int]]:
    """The links as (supplier, buyer, kind, weight, need), on the nodes of the stop rules."""
    rules = chain.rules.rules
    entries: dict[str, int] = defaultdict(int)
    for need in chain.rules.needs:
        entries[need.product] += len(need.members)
    kinds: dict[str, int] = defaultdict(int)
    for need in chain.rules.needs:
        buyer = rules.index[need.product]
        if need.blocking:
            kinds[need.product] += 1
        kind = kinds[need.product] if need.blocking else _ALONE
        for name in need.members:
            weight = shares.get((need.product, name), 1.0 / entries[need.product])
            yield rules.exhausted[rules.index[name]], buyer, kind, weight, ESSENTIAL if need.blocking else NON_ESSENTIAL
    yield from _kinds(chain)


def _kinds(chain: ChainGraph) -> Iterator[tuple[int, int, int, float, int]]:
    """What sub-types mean: any of them serves a need for the type, in equal parts with it.

    An exhausted node of the stop rules stands for a type and all its sub-types; a type without needs of its own is
    made of its sub-types alone.
    """
    rules = chain.rules.rules
    tree: nx.DiGraph[int] = nx.DiGraph((rules.index[parent], rules.index[sub]) for sub, parent in chain.rules.kinds)
    needy = {row.product for row in chain.rules.links}
    filled: set[int] = set()
    for parent in [node for node in tree if tree.out_degree(node)]:
        below = nx.descendants(tree, parent) - {parent}
        node = rules.exhausted[parent]
        if node not in filled:
            filled.add(node)
            yield from ((one, node, 1, 1.0, ESSENTIAL) for one in sorted({parent, *below}))
        if rules.names[parent] not in needy:
            yield from ((one, parent, 1, 1.0, ESSENTIAL) for one in sorted(below))


def _levels(chain: ChainGraph, shares: Mapping[tuple[str, str], float]) -> tuple[_Levels, Ints]:
    """The production rows in an order in which inputs come first, and the buyers some of whose weights are stated."""
    rules = chain.rules.rules
    columns = list(zip(*_links(chain, shares), strict=True)) or [()] * 5
    supplier, buyer, kind, need = (np.array(columns[at], np.int64) for at in (0, 1, 2, 4))
    level, cyclic = _depths(rules.size, supplier, buyer)
    order = np.argsort(level, kind="stable")
    place = np.empty(rules.size, np.int64)
    place[order] = np.arange(rules.size)
    rows = loss_rows(rules.size, place[supplier], place[buyer], kind, np.array(columns[3], np.float64), need)
    ends = np.searchsorted(level[order], np.arange(int(level.max(initial=0)) + 2))
    looped = np.bincount(level[cyclic], minlength=len(ends) - 1) > 0
    blocks = tuple(zip(ends[:-1].tolist(), ends[1:].tolist(), looped.tolist(), strict=True))
    stated = sorted({rules.index[product] for product, _ in shares if product in rules.index})
    return _Levels(rows, place, blocks), np.array(stated, np.int64)


def _depths(size: int, supplier: Ints, buyer: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The longest path of inputs to each node, cycles counting as one node, and which nodes are in a cycle."""
    links = coo_array((np.ones(len(supplier), np.int8), (supplier, buyer)), shape=(size, size))
    count, label = connected_components(links, directed=True, connection="strong")
    crossing = label[supplier] != label[buyer]
    ends = np.unique(np.stack([label[supplier[crossing]], label[buyer[crossing]]]), axis=1)
    depth = np.zeros(count, np.int64)
    while True:
        deeper = depth.copy()
        np.maximum.at(deeper, ends[1], depth[ends[0]] + 1)
        if (deeper == depth).all():
            return depth[label], (np.bincount(label, minlength=count) > 1)[label]
        depth = deeper


def _way(levels: _Levels) -> tuple[_Spread | None, int]:
    """How the losses spread, and for how many removals at a time; None where that would take too long."""
    size = len(levels.place)
    width = max(16, _CELLS // size)
    if size <= _DENSE:
        return _dense, width
    if sum(high - low for low, high, cyclic in levels.blocks if cyclic) > _IN_CYCLES:
        return None, 0
    if len(levels.blocks) <= _SHALLOW:
        return _sparse, max(16, _SPARSE_WIDTH // size)
    return (_dense, width) if len(levels.blocks) * -(-size // width) <= _STEPS else (None, 0)


def _dense(
    levels: _Levels, closed: Ints, ends: npt.NDArray[np.bool_], told: npt.NDArray[np.bool_]
) -> tuple[Floats, Ints]:
    after = _spread(levels, closed)
    return after[ends].sum(axis=0), (after[told] > 0).sum(axis=0)


def _sparse(
    levels: _Levels, closed: Ints, ends: npt.NDArray[np.bool_], told: npt.NDArray[np.bool_]
) -> tuple[Floats, Ints]:
    return sparse_losses(levels.rows, levels.blocks, closed, ends, told, _EPSILON, _ROUNDS)


def _spread(levels: _Levels, closed: Ints) -> Floats:
    """Losses of all nodes (in their new order) when each of the closed ones is taken away alone.

    A block without a cycle is done in one pass; one with a cycle is repeated until no loss grows any more.
    """
    lost = np.zeros((len(levels.place), len(closed)))
    lost[closed, np.arange(len(closed))] = 1.0
    first = int(closed.min(initial=len(lost)))
    for low, high, cyclic in levels.blocks:
        part = levels.rows.between(low, high)
        if high <= first or not len(part.buyers):
            continue
        for _ in range(_ROUNDS):
            before = lost[part.buyers]
            grown = np.maximum(before, part.losses(lost))
            lost[part.buyers] = grown
            if not cyclic or float((grown - before).max(initial=0.0)) <= _EPSILON:
                break
    return lost
