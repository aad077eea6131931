"""Places inside company names: 浙江省台州市, 中国, and the one letter a place may be written with (粤, 沪)."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Final

from bulian.graph.region_data import load_region_data
from bulian.graph.region_names import BARE
from bulian.graph.regions import ROOT, default_regions

from .firm_names_words import PLACE_LETTERS

__all__ = ["letters_of", "place_at", "provinces_of"]

_LONGEST: Final = 11
_FEW: Final = 3  # a bare county name found in more provinces says nothing


def place_at(text: str, start: int) -> int:
    """Length of the place name that begins at this character, 0 without one; one character is no name."""
    known = _provinces()
    return next((n for n in range(min(_LONGEST, len(text) - start), 1, -1) if text[start : start + n] in known), 0)


def provinces_of(place: str) -> frozenset[str]:
    """Codes of the provinces a place of this name may be in; of 中国 all."""
    return _provinces().get(place, frozenset())


def letters_of(places: Iterable[str]) -> str:
    """The one-letter names a firm of these places may carry, sorted."""
    provinces = {code for place in places if len(provinces_of(place)) <= _FEW for code in provinces_of(place)}
    return "".join(sorted({letter for code in provinces for letter in _letters().get(code, "")}))


@functools.cache
def _provinces() -> dict[str, frozenset[str]]:
    """Every current written form of a mainland place; words like 东方 that mean something else are left out."""
    data = load_region_data()
    found: dict[str, set[str]] = {}
    for written, rank, code in data.forms:
        province = _province(code)
        if rank <= BARE and province and len(written) >= 2 and written not in data.ordinary:
            found.setdefault(written, set()).add(province)
    every = {province for provinces in found.values() for province in provinces}
    found |= {"中国": every, "中华": every}
    return {written: frozenset(provinces) for written, provinces in found.items()}


def _province(code: str) -> str | None:
    regions = default_regions()
    path = regions.ancestors(code)
    return next((outer for outer in path if path[-1] == ROOT and regions.get(outer).level == 1), None)


@functools.cache
def _letters() -> dict[str, str]:
    """Province code to letters."""
    found: dict[str, str] = {}
    for letter, name in PLACE_LETTERS.items():
        (province,) = next(filter(None, (provinces_of(name + suffix) for suffix in ("省", "市", "自治区", ""))))
        found[province] = found.get(province, "") + letter
    return found
