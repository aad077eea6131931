"""One region, and what may be wrong with a written one."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ROOT", "Region", "RegionProblem"]

ROOT = "CN"
"""Code of mainland China, the root of the GB/T 2260 tree."""


@dataclass(frozen=True, slots=True)
class Region:
    """A country, province, prefecture, county or town.

    ``code`` is six digits (GB/T 2260), the county's with the name for a user-added town, ISO 3166 alpha-2 for a
    country. ``name`` is its own name (温岭市), ``full_name`` the path without placeholder levels
    (浙江省台州市温岭市). ``level``: 0 country, 1 province, 2 prefecture, 3 county, 4 town. ``parent`` is None for
    countries. ``longitude`` and ``latitude`` in degrees are those of the seat of government as the source gives
    them, None where it gives none.
    """

    code: str
    name: str
    full_name: str
    level: int
    parent: str | None
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True, slots=True)
class RegionProblem:
    """Why the region cells of a row mean no region: region_unknown, region_conflict or region_ambiguous."""

    code: str
    message: str
