"""Areas of one level: which province, city or county every region of the mainland belongs to.

The tree has exceptions, and each is settled so that a place that is known exactly is never left out: a municipality
(北京市) is its own city, a county directly under a province (仙桃市) is its own city, and a prefecture without
counties (东莞市) is its own county. 港澳台 and foreign countries have no areas here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from .regions import ROOT, Regions

__all__ = ["LEVELS", "Level", "areas_at", "level_of"]

Level = Literal["province", "city", "county"]
"""Of which areas the rows of an answer are."""

LEVELS: Final[Mapping[Level, int]] = {"province": 1, "city": 2, "county": 3}
"""The depth of each level in the tree of regions."""


def areas_at(regions: Regions, level: Level) -> dict[str, str | None]:
    """The area of that level around every region of the mainland.

    Returns:
        Code of a region to the code of its area; None where the region is wider than an area of that level (a firm
        known only to be in 浙江省 is in no known city).
    """
    parents = {(row.parent, row.level) for row in regions.rows()}
    areas: dict[str, str | None] = {}
    for row in regions.rows():
        path = regions.ancestors(row.code)
        if path[-1] != ROOT:
            continue
        by_level = {regions.get(code).level: code for code in path}
        area = by_level.get(LEVELS[level])
        if area is None and level == "city" and 1 in by_level:
            divided = (by_level[1], 2) in parents  # the province has cities, so what is in none is a city of its own
            area = by_level.get(3) if divided else by_level[1]
        if area is None and level == "county" and 2 in by_level and (by_level[2], 3) not in parents:
            area = by_level[2]
        areas[row.code] = area
    return areas


def level_of(regions: Regions, code: str) -> Level | None:
    """The level at which a region is an area of its own; None for a country or a town.

    A region that is one at two levels (北京市, 东莞市) stands among the cities.
    """
    order: tuple[Level, ...] = ("city", "province", "county")
    return next((level for level in order if areas_at(regions, level).get(code) == code), None)
