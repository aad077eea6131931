"""The bundled region files into regions, written forms and code changes (sources: graph/data/README.md)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from .region_names import BARE, FORMER, FORMER_BARE, OWN, plain_text, stem, written_forms
from .region_tree import ROOT, Region

__all__ = ["RegionData", "load_region_data"]

_ROOT_FORMS = ("中国", "全国", "中华人民共和国", "中国大陆", "中国内地")
_CUSTOMS_CODES = {"710000": "TW", "810000": "HK", "820000": "MO"}
# The statistics bureau gives cities without districts one pseudo county of their own name.
_PSEUDO_COUNTIES = {"620201": "620200"}


@dataclass(frozen=True, slots=True)
class RegionData:
    """What a tree of regions is made of.

    ``regions`` by code; ``forms`` as (written form, rank, code); ``codes`` maps former and placeholder codes to
    current ones; ``ordinary`` are forms that need a parent before them.
    """

    regions: Mapping[str, Region]
    forms: tuple[tuple[str, int, str], ...]
    codes: Mapping[str, str]
    ordinary: frozenset[str]


def load_region_data() -> RegionData:
    """Reads the bundled files; about 3,600 regions."""
    regions = {ROOT: Region(ROOT, "中国", "中国", 0, None, None, None)}
    aliases: list[tuple[str, int, str]] = [(form, OWN, ROOT) for form in _ROOT_FORMS]
    for row in _rows("countries.csv"):
        regions[row["code"]] = _region(row, row["name"], 0, None)
        names = [row["name"], *filter(None, row["aliases"].split("；"))]
        aliases += [(plain_text(name), OWN, row["code"]) for name in names]
    for row in _rows("regions.csv"):
        region = _division(row, regions)
        regions[region.code] = region
    former = list(_rows("former_names.csv"))
    codes = {row["old_code"]: row["code"] for row in former if row["old_code"]}
    forms = (*aliases, *_current_forms(regions.values()), *_former_forms(former))
    return RegionData(regions, forms, codes | dict(_placeholder_codes(regions)), _ordinary_words())


def _rows(name: str) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(_lines(name)))


def _lines(name: str) -> list[str]:
    return files(__package__).joinpath("data", name).read_text(encoding="utf-8").splitlines()


def _ordinary_words() -> frozenset[str]:
    return frozenset(line for line in _lines("ordinary_words.txt") if line and not line.startswith("#"))


def _region(row: Mapping[str, str], full_name: str, level: int, parent: str | None) -> Region:
    longitude, latitude = (float(row[key]) if row[key] else None for key in ("longitude", "latitude"))
    return Region(row["code"], row["name"], full_name, level, parent, longitude, latitude)


def _division(row: Mapping[str, str], known: Mapping[str, Region]) -> Region:
    """A row in code order: its parent, the nearest of prefecture, province and root, is already known."""
    code = row["code"]
    if code.endswith("0000"):
        return _region(row, row["name"], 1, ROOT)
    level = 2 if code.endswith("00") else 3
    parent = code[:4] + "00" if level == 3 and code[:4] + "00" in known else code[:2] + "0000"
    return _region(row, known[parent].full_name + row["name"], level, parent)


def _current_forms(regions: Iterable[Region]) -> Iterator[tuple[str, int, str]]:
    """Forms of the mainland's regions.

    A county never takes a province's short name (河北 is not 天津市河北区), a zone with a statistical code
    never its city's or district's (北戴河 is not 北戴河新区).
    """
    mainland = [region for region in regions if region.level]
    provinces = {stem(region.name) for region in mainland if region.level == 1}
    for region in mainland:
        for form, rank in written_forms(region.name):
            if rank != BARE or region.level != 3 or (form not in provinces and region.code[4] != "7"):
                yield form, rank, region.code


def _former_forms(rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, int, str]]:
    for row in rows:
        yield row["former"], FORMER, row["code"]
        if len(short := stem(row["former"])) > 1:
            yield short, FORMER_BARE, row["code"]


def _placeholder_codes(regions: Mapping[str, Region]) -> Iterator[tuple[str, str]]:
    """Codes of levels that are no places, to the region they stand for: 1101 is Beijing, 331001 is Taizhou."""
    yield from _CUSTOMS_CODES.items()
    yield from _PSEUDO_COUNTIES.items()
    for region in regions.values():
        if region.level == 1 and region.name.endswith("市"):
            yield from ((region.code[:2] + tail, region.code) for tail in ("0100", "0200"))
        if region.level == 3 and region.code[2:4] == "90":
            yield region.code[:4] + "00", region.code[:2] + "0000"
        if region.level == 2 and region.name.endswith("市") and region.code[:4] + "01" not in regions:
            yield region.code[:4] + "01", region.code
