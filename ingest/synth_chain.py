"""A made-up chain: products in layers from finals down to materials, what they need, and what is a kind of what.

A layered directed graph: every product below the finals is needed by at least one of the layer above (preferably one
that already needs much), products need some more of the next layers, and a few are sub-types within their layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .synth_rows import Columns, Ints, Reals, chances, choose, joined, one_of, sometimes

__all__ = ["CHAIN_NAME", "LINK_HEADERS", "PRODUCT_HEADERS", "ProductChain", "link_rows", "make_chain", "product_rows"]

CHAIN_NAME: Final = "合成产业链"
"""The one chain that holds every product: the hardest case for single points and for the picture."""

PRODUCT_HEADERS: Final = ("产品名称", "类别", "环节", "产业链", "别名", "关键零部件", "终端产品")
LINK_HEADERS: Final = ("产品", "关系", "对象", "必要性", "替代组", "产业链")
_LAYERS: Final = (0.02, 0.10, 0.22, 0.33, 0.33)
_KINDS: Final = ("应用", "设备", "零部件", "零部件", "材料")
_STAGES: Final = ("下游", "中游", "中游", "上游", "上游")
_MANNERS: Final = ("高速", "精密", "重载", "微型", "耐热", "数控", "柔性", "低温", "防爆", "轻量", "智能", "通用")
_NOUNS: Final = (
    ("整机", "产线", "系统", "工作站", "成套装备"),
    ("主机", "机组", "单元", "平台", "中心"),
    ("主轴", "刀塔", "转台", "滑台", "减速机", "电控箱", "驱动器", "液压站"),
    ("轴承", "丝杠", "导轨", "齿轮", "编码器", "密封件", "线圈", "阀芯", "传感器"),
    ("铸件", "钢材", "磁材", "树脂", "陶瓷", "铜线", "涂层", "铝材", "润滑脂"),
)
_ESSENTIAL: Final = ("必需", "非必需", None)
_ABROAD: Final = 0.05


@dataclass(frozen=True, slots=True)
class ProductChain:
    """Products 0…n−1 from finals to materials.

    ``names`` and ``aliases`` are columns (an alias may be empty), ``layer`` is 0 for finals, ``popularity`` the weight
    of each among makers (Zipf), ``abroad`` whether only firms abroad make it.
    """

    names: Any
    aliases: Any
    layer: Ints
    popularity: Reals
    abroad: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.layer)

    def take(self, positions: Ints) -> Any:
        """Names of the products at these positions."""
        return self.names.take(pa.array(positions))


def make_chain(seed: int, products: int) -> ProductChain:
    """Draw the products of a population; at least one final."""
    chance = chances(seed, 1)
    layer = _layers(products)
    numbers = np.arange(products)
    manner = one_of(_MANNERS, choose(np.ones(len(_MANNERS)), chance.random(products)))
    pick = chance.random(products)
    nouns = [_NOUNS[at][int(share * len(_NOUNS[at]))] for at, share in zip(layer, pick, strict=True)]
    aliases = sometimes(joined("合成", pa.array(nouns), "SYN", numbers), chance.random(products) < 0.2)
    rank = np.empty(products)
    rank[np.argsort(chance.random(products), kind="stable")] = np.arange(1, products + 1)
    abroad = (chance.random(products) < _ABROAD) & (layer > 0)
    return ProductChain(joined("合成", manner, pa.array(nouns), numbers), aliases, layer, 1 / rank, abroad)


def _layers(products: int) -> Ints:
    """The layer of every product: shares of all, but no layer is empty as long as there are products."""
    ends = np.ceil(np.cumsum(_LAYERS) * products - 1e-9).astype(np.int64)
    starts = np.array([0, *ends[:-1]])
    starts = np.maximum(starts, np.arange(len(_LAYERS)))  # of three products one is a final, one needs, one is needed
    return np.searchsorted(starts, np.arange(products), side="right").astype(np.int64) - 1


def product_rows(seed: int, chain: ProductChain) -> Iterator[Columns]:
    """The table 产品."""
    chance = chances(seed, 2)
    kinds, stages, finals = (one_of(words, chain.layer) for words in (_KINDS, _STAGES, ("是", "否", "否", "否", "否")))
    key = (chance.random(len(chain)) < 0.15) & ((chain.layer == 2) | (chain.layer == 3) | chain.abroad)
    stated = chance.random(len(chain)) < 0.9
    yield {
        "产品名称": chain.names, "类别": kinds, "环节": sometimes(stages, stated), "别名": chain.aliases,
        "产业链": joined(CHAIN_NAME, pa.array([""] * len(chain))), "终端产品": finals,
        "关键零部件": one_of(("否", "是", None), np.where(key, 1, np.where(stated, 0, 2))),
    }  # fmt: skip


def link_rows(seed: int, chain: ProductChain) -> Iterator[Columns]:
    """The table 产业链关系: 需要 first, sorted by its ends, then 属于."""
    chance = chances(seed, 3)
    needs = _needs(chance, chain)
    groups = _alternatives(chance, needs[:, 0])
    essential = choose((0.5, 0.15, 0.35), chance.random(len(needs)))
    bought = chain.abroad[needs[:, 1]] & (chance.random(len(needs)) < 0.8)
    essential[bought] = _ESSENTIAL.index("必需")  # what is bought abroad is hard to do without
    kinds = _sub_types(chance, chain)
    for ends, relation, how, group in (
        (needs, "需要", one_of(_ESSENTIAL, essential), sometimes(joined("方案", needs[:, 0]), groups)),
        (kinds, "属于", pa.nulls(len(kinds), pa.string()), pa.nulls(len(kinds), pa.string())),
    ):
        if len(ends):
            yield {
                "产品": chain.take(ends[:, 0]), "关系": [relation] * len(ends), "对象": chain.take(ends[:, 1]),
                "必要性": how, "替代组": group, "产业链": [CHAIN_NAME] * len(ends),
            }  # fmt: skip


def _needs(chance: np.random.Generator, chain: ProductChain) -> Ints:
    """Pairs (product, object): one parent above for each, and some more of the next two layers."""
    members = [np.flatnonzero(chain.layer == at) for at in range(len(_LAYERS))]
    pairs = []
    for at, (above, below) in enumerate(pairwise(members)):
        parents = above[choose(np.arange(1, len(above) + 1) ** -0.5, chance.random(len(below)))] if len(below) else below
        pairs.append(np.stack([parents, below], axis=1))
        deeper = np.concatenate(members[at + 1 : at + 3])
        if len(deeper):
            more = np.floor(-1.5 * np.log1p(-chance.random(len(above)))).astype(np.int64)
            objects = deeper[(chance.random(int(more.sum())) ** 1.5 * len(deeper)).astype(np.int64)]
            pairs.append(np.stack([np.repeat(above, more), objects], axis=1))
    return np.unique(np.concatenate(pairs), axis=0).astype(np.int64)


def _alternatives(chance: np.random.Generator, parents: Ints) -> npt.NDArray[np.bool_]:
    """Of some products that need three or more, the first two are alternatives of each other."""
    _, first, count = np.unique(parents, return_index=True, return_counts=True)
    chosen = first[(count >= 3) & (chance.random(len(first)) < 0.25)]
    marked = np.zeros(len(parents), dtype=np.bool_)
    marked[chosen] = marked[chosen + 1] = True
    return marked


def _sub_types(chance: np.random.Generator, chain: ProductChain) -> Ints:
    """Pairs (sub-type, super-type) within a layer below the finals; the lower number is the super-type, so no cycle."""
    starts = np.searchsorted(chain.layer, chain.layer)
    numbers = np.arange(len(chain))
    able = (chain.layer > 0) & (numbers > starts) & (chance.random(len(chain)) < 0.06)
    subs = numbers[able]
    supers = starts[able] + (chance.random(len(subs)) * (subs - starts[able])).astype(np.int64)
    return np.stack([subs, supers], axis=1).astype(np.int64)
