"""The tree of regions: GB/T 2260 provinces, prefectures, counties, user-added towns, and countries.

Mainland China is the root "CN"; Hong Kong, Macau, Taiwan and every other country stand beside it, because
supply from there is 境外 (outside the mainland customs territory). Names are resolved, never guessed: an
unknown name raises NotFoundError, a name of several regions AmbiguousNameError with all of them. Data, vintage
and what is refused: docs/regions.md.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from .errors import AmbiguousNameError, NotFoundError, UsageError
from .region_cells import CellReader, listed
from .region_data import RegionData, load_region_data
from .region_mentions import RegionScanner
from .region_names import BARE, RegionNames, plain_text
from .region_tree import ROOT, Region, RegionProblem

__all__ = ["ROOT", "Region", "RegionProblem", "Regions", "default_regions", "town_code"]


def town_code(parent: str, name: str) -> str:
    """The code of a user-added town, e.g. 331081-泽国镇: stable, and no official code."""
    return f"{parent}-{plain_text(name)}"


class Regions:
    """An immutable tree of regions with their names.

    Args:
        data: regions, written forms and code changes, as :func:`load_region_data` gives them.
    """

    __slots__ = ("_ancestors", "_data", "_names", "_scanner")

    def __init__(self, data: RegionData) -> None:
        self._data = data
        self._ancestors = _paths(data.regions)
        self._names = RegionNames(data.forms, data.codes, self._ancestors, data.ordinary)
        self._scanner: RegionScanner | None = None

    def get(self, code: str) -> Region:
        """The region of exactly this code.

        Raises:
            NotFoundError: no region has the code; former codes and placeholder levels are only resolved.
        """
        try:
            return self._data.regions[code]
        except KeyError:
            raise NotFoundError(
                "没有这个代码的地区", where=code, hint="请用行政区划代码（如 331081）或两位国家代码（如 DE）"
            ) from None

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Codes from the region itself up to its root ("CN" or the country).

        Raises:
            NotFoundError: no region has the code.
        """
        return self._ancestors[self.get(code).code]

    def contains(self, outer_code: str, inner_code: str) -> bool:
        """Whether the outer region is the inner one or lies on its path.

        Raises:
            NotFoundError: one of the codes is unknown.
        """
        return self.get(outer_code).code in self.ancestors(inner_code)

    def is_foreign(self, code: str) -> bool:
        """Whether the region lies outside the mainland customs territory (境外).

        Raises:
            NotFoundError: no region has the code.
        """
        return self.ancestors(code)[-1] != ROOT

    def rows(self) -> Iterator[Region]:
        """Every region in code order."""
        return (self._data.regions[code] for code in sorted(self._data.regions))

    def resolve(self, text: str, *, within: str | None = None) -> Region:
        """The one region that a code, name or path means.

        Args:
            text: 331081, 3310, 温岭市, 温岭, 浙江温岭, 浙江省/台州市/温岭市, 玉环县, 德国 …
            within: code of a region the answer must lie in; settles names that several regions share.

        Returns:
            The region; a name shared by a prefecture and counties inside it (恩施) is the prefecture.

        Raises:
            NotFoundError: nothing is called so (there), or the word is an ordinary word without a parent.
            AmbiguousNameError: several regions are; the message lists them.
        """
        if text in self._data.regions and within is None:  # an exact code; a town's would not survive folding
            return self._data.regions[text]
        plain = plain_text(text)
        scope = None if within is None else self.get(within).code
        found = self._outermost(self._names.readings(plain, scope))
        if not found:
            place = f"“{self.get(scope).full_name}”里" if scope else ""
            raise NotFoundError(
                f"{place}没有找到叫“{text}”的地区", where=text, hint="请写全名或上级，如 浙江省台州市温岭市"
            )
        if len(found) > 1:
            raise AmbiguousNameError(
                f"“{text}”指 {len(found)} 个地区：{listed(self._data.regions, found)}", where=text, hint="请写上级或代码"
            )
        return self.get(found[0])

    def resolve_parts(
        self, country: str, province: str, city: str, county: str, town: str = ""
    ) -> Region | RegionProblem:
        """The region of one row of an export; the most specific part decides, its parents must agree.

        Empty strings and dashes mean not given, an empty country means 中国, nothing given the root. A cell
        may repeat its parents, and a cell naming a country instead of a province counts as the country. A town
        that no user added falls back to its county.

        Returns:
            The region, or a RegionProblem with code region_unknown, region_conflict or region_ambiguous.
        """
        return CellReader(self._names, self._data.regions).read(country, province, city, county, town)

    def with_towns(self, rows: Iterable[tuple[str, str]]) -> Regions:
        """The same tree with towns below counties (or below a prefecture without counties).

        Args:
            rows: (town name, code of its parent); towns already in the tree stay.

        Returns:
            A new tree; a town's code is its parent's code and its name (:func:`town_code`), so it neither
            depends on the order of the rows nor changes when towns are added.

        Raises:
            NotFoundError: a parent is unknown.
            UsageError: a name is empty, or a parent is no prefecture or county.
        """
        named = {(region.name, str(region.parent)) for region in self._data.regions.values() if region.level == 4}
        by_parent: dict[str, set[str]] = {}
        for name, parent in named | {(plain_text(name), parent) for name, parent in rows}:
            if not name or self.get(parent).level not in (2, 3):
                raise UsageError("镇街要有名称，且只能挂在区县或不设区县的市之下", where=f"{name} {parent}")
            by_parent.setdefault(parent, set()).add(name)
        kept = {code: region for code, region in self._data.regions.items() if region.level < 4}
        towns = [town for parent in sorted(by_parent) for town in _towns(self.get(parent), by_parent[parent])]
        forms = [form for form in self._data.forms if form[2] in kept]
        forms += [(town.name, 0, town.code) for town in towns]
        return Regions(replace(self._data, regions=kept | {town.code: town for town in towns}, forms=tuple(forms)))

    def mentions(self, text: str) -> list[tuple[int, int, str]]:
        """Regions a document names, as (start, end, code) in characters of the text, in order, never overlapping.

        A full path is one mention. What is left out rather than guessed: see
        :class:`bulian.graph.region_mentions.RegionScanner`.
        """
        if self._scanner is None:
            self._scanner = RegionScanner(self._names, self._data.regions)
        return self._scanner.scan(text)

    def _outermost(self, readings: Mapping[str, int]) -> list[str]:
        """The best readings; a prefecture stands for itself and the counties inside it sharing its short name."""
        rank = min(readings.values(), default=0)
        codes = sorted(code for code, reading in readings.items() if reading == rank)
        if rank == BARE:
            outer = min(codes, key=lambda code: len(self._ancestors[code]))
            if self.get(outer).level == 2 and all(outer in self._ancestors[code] for code in codes):
                return [outer]
        return codes


@functools.cache
def default_regions() -> Regions:
    """The bundled tree, read once per process."""
    return Regions(load_region_data())


def _paths(regions: Mapping[str, Region]) -> dict[str, tuple[str, ...]]:
    paths: dict[str, tuple[str, ...]] = {}
    for region in sorted(regions.values(), key=lambda region: region.level):
        paths[region.code] = (region.code, *(paths[region.parent] if region.parent else ()))
    return paths


def _towns(parent: Region, names: Iterable[str]) -> Iterator[Region]:
    for name in sorted(names):
        yield Region(town_code(parent.code, name), name, parent.full_name + name, 4, parent.code, None, None)
