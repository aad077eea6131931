"""Made-up links of firms to products: few products are made by many, few firms make much, and counties have trades."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from .synth_chain import ProductChain
from .synth_firms import PIECE, Firms
from .synth_rows import Columns, Ints, chances, choose, joined, log_spread, one_of, sometimes

__all__ = ["MADE_HEADERS", "made_rows"]

MADE_HEADERS: Final = ("企业名称", "产品名称", "角色", "产能", "单位", "等级", "置信度")
_ROLES: Final = ("生产", "销售", "使用", "研发", None)
_SHARES: Final = (0.55, 0.17, 0.12, 0.08, 0.08)
_MAKES, _USES, _DEVELOPS = 0, 2, 3
_UNITS: Final = ("台", "件", "套", "吨")
_GRADES: Final = ("高端", "中端", "低端")
_SURENESS: Final = ("0.9", "0.8", "0.7", "0.6", "0.4", "0.3")
_TAIL: Final = 1.7  # exponent of the number of products of a firm; below 2 a few firms have very many
_LOCAL: Final = 0.35  # of the links of a firm those in the trade of its county
_TRADE_WIDTH: Final = 4.0  # mean distance of such a product from the county's first one


def made_rows(seed: int, firms: Firms, chain: ProductChain, links: int) -> Iterator[Columns]:
    """The table 企业产品, by firm; no firm has a product twice.

    Args:
        seed: of the population.
        firms: who.
        chain: what.
        links: how many rows in all, at most firms × products.
    """
    counts = _products_per_firm(seed, len(firms), links, len(chain))
    ends = np.cumsum(counts)
    edges = np.searchsorted(ends, np.arange(PIECE, links, PIECE)) if links else np.array([], dtype=np.int64)
    bounds = np.unique([0, *edges, len(firms)])
    for first, last in pairwise(bounds):
        who = np.repeat(np.arange(first, last), counts[first:last])
        if len(who):
            yield _piece(chances(seed, 6, int(first)), seed, firms, chain, who)


def _products_per_firm(seed: int, firms: int, links: int, products: int) -> Ints:
    """How many products each firm has: Pareto, rounded so that they add up, none above the number of products."""
    weights = np.minimum((1 - chances(seed, 7).random(firms)) ** (-1 / _TAIL), 60)
    shares = weights / weights.sum() * links
    counts: Ints = np.minimum(np.floor(shares), products).astype(np.int64)
    while short := links - int(counts.sum()):
        order = np.argsort(counts - shares, kind="stable")
        counts[order[counts[order] < products][:short]] += 1
    return counts


def _piece(chance: np.random.Generator, seed: int, firms: Firms, chain: ProductChain, who: Ints) -> Columns:
    what = _distinct(who, _drawn(chance, seed, firms, chain, who), len(chain))
    role = choose(_SHARES, chance.random(len(who)))
    # What only firms abroad make is used here, and sold, but neither made nor developed.
    role[((role == _MAKES) | (role == _DEVELOPS)) & chain.abroad[what] & ~firms.abroad[who]] = _USES
    graded = (role == _MAKES) & (chance.random(len(who)) < 0.3)
    capable = (role == _MAKES) & (chance.random(len(who)) < 0.4)
    return {
        "企业名称": firms.names(who), "产品名称": chain.take(what), "角色": one_of(_ROLES, role),
        "产能": sometimes(joined(log_spread(chance.random(len(who)), 10, 50_000)), capable),
        "单位": sometimes(one_of(_UNITS, what % len(_UNITS)), capable),
        "等级": sometimes(one_of(_GRADES, choose((0.2, 0.5, 0.3), chance.random(len(who)))), graded),
        "置信度": one_of(_SURENESS, choose((0.35, 0.25, 0.15, 0.1, 0.1, 0.05), chance.random(len(who)))),
    }  # fmt: skip


def _drawn(chance: np.random.Generator, seed: int, firms: Firms, chain: ProductChain, who: Ints) -> Ints:
    """A product for each link: one near the trade of the firm's county, or any by its popularity."""
    anywhere = choose(chain.popularity, chance.random(len(who)))
    homes = chances(seed, 8).random(len(firms.places.counties) + 1)  # the last one is for firms abroad
    home = (homes[firms.county[who]] * len(chain)).astype(np.int64)
    near = home + np.floor(-_TRADE_WIDTH * np.log1p(-chance.random(len(who)))).astype(np.int64)
    return np.where(chance.random(len(who)) < _LOCAL, near % len(chain), anywhere)


def _distinct(who: Ints, what: Ints, products: int) -> Ints:
    """Moves every repeated product of a firm to its next free one.

    A product once taken stays taken and a repeated one moves on by one, so at most ``products`` rounds are needed.
    """
    while True:
        key = who * products + what
        order = np.argsort(key, kind="stable")
        again = order[1:][key[order][1:] == key[order][:-1]]
        if not len(again):
            return what
        what = what.copy()
        what[again] = (what[again] + 1) % products
