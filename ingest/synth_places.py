"""Where made-up firms are: provinces by real firm density, counties inside one by Zipf, a few abroad.

How many firms a province has is real, which of its counties has many is not: the order of the counties is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bulian.graph.regions import Region, default_regions

from .synth_rows import Reals, chances

__all__ = ["COUNTRIES", "PRIVATE_FIRMS", "Place", "Places", "read_places"]

PRIVATE_FIRMS: Final[Mapping[str, float]] = {
    "11": 12.4, "12": 4.0, "13": 7.4, "14": 2.8, "15": 3.0, "21": 8.4, "22": 3.2, "23": 4.2, "31": 17.6, "32": 22.5,
    "33": 20.9, "34": 5.6, "35": 5.5, "36": 2.9, "37": 14.5, "41": 5.5, "42": 5.8, "43": 3.0, "44": 21.1, "45": 2.3,
    "46": 2.1, "50": 3.5, "51": 6.6, "52": 2.2, "53": 2.9, "54": 0.1, "61": 7.0, "62": 2.0, "63": 0.7, "64": 0.9,
    "65": 2.2,
}  # fmt: skip
"""Private enterprises by province (first digits of the code) at the end of 2001, in 10,000; 202.9 in all.

Source: 国家统计局《中国统计年鉴 2002》表 5-17 各地区私营企业年底就业人员数（2001年）, column 户数,
https://www.stats.gov.cn/yearbook2001/2002/e0517c.htm . Only the proportions are used.
"""

COUNTRIES: Final = ("日本", "德国", "美国", "瑞士", "意大利", "韩国", "中国台湾")
_ZIPF: Final = 0.8
_STATISTICAL_ZONE: Final = "7"  # fifth digit of codes that stand for a development zone, not for a county


@dataclass(frozen=True, slots=True)
class Place:
    """A county with its three names; ``code`` has six digits, ``city`` is empty where a county has none."""

    code: str
    province: str
    city: str
    county: str


@dataclass(frozen=True, slots=True)
class Places:
    """All counties by code, and the share of firms each has (adds up to 1)."""

    counties: Sequence[Place]
    shares: Reals


def read_places(seed: int) -> Places:
    """The counties of the mainland; the seed decides which counties of a province are the busy ones."""
    regions = default_regions()
    found = sorted((region for region in regions.rows() if _is_county(region)), key=lambda region: region.code)
    counties = [_place(region.code) for region in found]
    order = chances(seed, 0).random(len(counties))
    shares = np.zeros(len(counties))
    provinces = np.array([place.code[:2] for place in counties])
    for province, firms in PRIVATE_FIRMS.items():
        inside = np.flatnonzero(provinces == province)
        ranks = np.empty(len(inside))
        ranks[np.argsort(order[inside], kind="stable")] = np.arange(1, len(inside) + 1)
        weights = ranks**-_ZIPF
        shares[inside] = firms * weights / weights.sum()
    return Places(counties, shares / shares.sum())


def _is_county(region: Region) -> bool:
    return region.level == 3 and len(region.code) == 6 and region.code[4] != _STATISTICAL_ZONE


def _place(code: str) -> Place:
    regions = default_regions()
    names = {region.level: region.name for region in map(regions.get, regions.ancestors(code))}
    return Place(code, names[1], names.get(2, ""), names[3])
