"""The region of a row: country, province, city, county and town cells as company exports write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .region_names import PLACEHOLDERS, RegionNames, plain_text
from .region_tree import ROOT, Region, RegionProblem

__all__ = ["CellReader", "listed"]

_SHOWN = 8
_BESIDE_CHINA = frozenset({"HK", "MO", "TW"})
"""Countries that a row of the country 中国 may name as its province (中国香港, 中国澳门, 中国台湾)."""


def listed(regions: Mapping[str, Region], codes: Sequence[str]) -> str:
    """Full names with codes for a message, at most eight of them."""
    names = [f"{regions[code].full_name}({code})" for code in codes[:_SHOWN]]
    return "、".join(names) + (" 等" if len(codes) > _SHOWN else "")


class CellReader:
    """Narrows the possible regions cell by cell, from the country to the town.

    Args:
        names: the written forms.
        regions: the regions by code.
    """

    __slots__ = ("_names", "_regions")

    def __init__(self, names: RegionNames, regions: Mapping[str, Region]) -> None:
        self._names = names
        self._regions = regions

    def read(self, country: str, province: str, city: str, county: str, town: str) -> Region | RegionProblem:
        """The region of one row; see :meth:`bulian.graph.regions.Regions.resolve_parts`."""
        abroad = self._country(plain_text(country))
        if abroad is not None:
            return abroad
        scope = [ROOT]
        for level, cell in enumerate((province, city, county), start=1):
            plain = plain_text(cell)
            if plain and plain not in PLACEHOLDERS:
                narrowed = self._narrowed(plain, cell, scope, level)
                if isinstance(narrowed, RegionProblem):
                    return narrowed
                scope = narrowed
                if self._is_foreign(scope[0]):
                    return self._foreign_cell(scope[0], country, cell)
        return self._town(plain_text(town), town, scope)

    def _is_foreign(self, code: str) -> bool:
        return self._names.ancestors[code][-1] != ROOT

    def _country(self, plain: str) -> Region | RegionProblem | None:
        """The foreign country of a country cell; None for China or nothing."""
        found = self._names.best(plain, None)
        if not plain or found == [ROOT]:
            return None
        if len(found) == 1 and self._regions[found[0]].level == 0:
            return self._regions[found[0]]
        return RegionProblem("region_unknown", f"不认识的国家或地区：{plain}")

    def _narrowed(self, plain: str, cell: str, scope: list[str], level: int) -> list[str] | RegionProblem:
        """The regions a cell leaves possible inside those possible so far."""
        inside: dict[str, int] = {}
        for outer in scope:
            inside.update(self._names.readings(plain, outer))
        if inside:
            surest = min(inside.values())
            best = [code for code, rank in inside.items() if rank == surest]
            at_level = [code for code in best if self._regions[code].level == level]
            return sorted(at_level or best)
        anywhere = self._names.best(plain, None)
        if not anywhere:
            return RegionProblem("region_unknown", f"不认识的地区：{cell}")
        repeated = [inner for inner in scope if not set(anywhere).isdisjoint(self._names.ancestors[inner])]
        abroad = [code for code in anywhere if self._is_foreign(code)]
        if repeated or (scope == [ROOT] and abroad):
            return repeated or abroad
        return RegionProblem("region_conflict", f"“{cell}”不在{listed(self._regions, scope)}之内")

    def _foreign_cell(self, code: str, country: str, cell: str) -> Region | RegionProblem:
        """A country named where a province should stand; 中国 beside it agrees only with 中国香港/澳门/台湾."""
        if plain_text(country) and code not in _BESIDE_CHINA:
            return RegionProblem("region_conflict", f"国家或地区写的是{country}，省市写的是{cell}")
        return self._regions[code]

    def _town(self, plain: str, town: str, scope: list[str]) -> Region | RegionProblem:
        """The user-added town inside the regions left possible, else the one region left."""
        below = {code for outer in scope for code in self._names.best(plain, outer)} if plain else set()
        towns = [code for code in sorted(below) if self._regions[code].level == 4]
        if plain and scope == [ROOT] and not towns:
            return RegionProblem("region_unknown", f"只写了镇街，不知道在哪个区县：{town}")
        if len(towns or scope) > 1:
            return RegionProblem("region_ambiguous", f"可能是 {listed(self._regions, towns or scope)}，不能确定")
        return self._regions[(towns or scope)[0]]
