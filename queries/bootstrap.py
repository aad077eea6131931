"""How often a label stays when a tenth of the rows is not there; see :mod:`bulian.queries.sensitivity`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from bulian.graph.store import Link

from .cases import with_supply
from .chain_graph import ChainGraph, assembled
from .readings import Readings
from .rules import NATIONAL_RULES, REGIONAL_RULES, Case, first_rule
from .sensitivity_results import Bootstrap, Kept
from .thinning import MAKERS, Flags, Thinner

__all__ = ["resample"]

_DROPPED: Final = 0.1
_NOTE: Final = (
    "每次以一成的概率各自去掉“需要”“属于”的行和“生产”的说法（一家对一种产品有几条说法的，全去掉才算去掉），"
    "终端产品、检索与指标不变；每种产品每个范围按证据取前 {limit} 家，"
    "本地超过此数的按所取的部分折算（bounded）。"
)


def resample(
    readings: Readings, cases: Mapping[str, Case], before: Mapping[str, tuple[str, str]], replicates: int, seed: int
) -> Bootstrap:
    """Drop a tenth of the rows so many times and count the labels.

    Args:
        readings: what was read.
        cases: every product as it is judged with all rows.
        before: both labels of every product with all rows.
        replicates: how many times.
        seed: of the random numbers.
    """
    random = np.random.default_rng(seed)
    thinner = Thinner(readings.base, readings.claimed())
    regional: dict[str, Counter[str]] = {product: Counter() for product in cases}
    national: dict[str, Counter[str]] = {product: Counter() for product in cases}
    both: Counter[str] = Counter()
    for _ in range(replicates):
        for product, labels in _replicate(readings, thinner, cases, before, random).items():
            regional[product][labels[0]] += 1
            national[product][labels[1]] += 1
            both[product] += labels == before[product]
    bounded = thinner.bounded()
    findings = tuple(
        Kept(
            product, both[product] / replicates, regional[product][label] / replicates,
            national[product][other] / replicates, dict(sorted(regional[product].items())),
            dict(sorted(national[product].items())), product in bounded,
        )
        for product, (label, other) in before.items()
    )  # fmt: skip
    note = _NOTE.format(limit=MAKERS)
    return Bootstrap(replicates, seed, _DROPPED, len(readings.links), thinner.claims, MAKERS, note, findings)


def _replicate(
    readings: Readings, thinner: Thinner, cases: Mapping[str, Case], before: Mapping[str, tuple[str, str]],
    random: np.random.Generator,
) -> dict[str, tuple[str, str]]:  # fmt: skip
    """The labels once more, with some rows gone; only what they touch is judged anew."""
    base, settings = readings.base, readings.base.settings
    stays = random.random(len(readings.links)) >= _DROPPED
    claims = thinner.drawn(random, _DROPPED)
    chain = _thinned_chain(readings, [link for link, stay in zip(readings.links, stays, strict=True) if stay])
    supply = thinner.thinned(claims, _pairs(thinner, chain))
    situation = replace(base, chain=chain, supply={**base.supply, **supply})
    labels: dict[str, tuple[str, str]] = dict(before)
    for product, case in cases.items():
        if product in supply or len(chain.blocks[product]) != case.blocks:
            changed = with_supply(case, situation, product)
            regional = first_rule(REGIONAL_RULES, changed, settings).label
            labels[product] = regional, first_rule(NATIONAL_RULES, changed, settings).label
    return labels


def _thinned_chain(readings: Readings, links: list[Link]) -> ChainGraph:
    """The chain by the rows that are left; its finals are what they were, they are what the office asks about."""
    base = readings.base.chain
    return replace(assembled(base.graph, links, readings.base.settings), finals=base.finals)


def _pairs(thinner: Thinner, chain: ChainGraph) -> Flags:
    """Which products still supply which, by the rows 属于 that are left."""
    left = {root: set(leaves) for root, leaves in chain.leaves.items()}
    return np.array([leaf in left[root] for root, leaf in thinner.pairs], dtype=np.bool_)
