"""What a cleaned sheet needs before it can be mapped: regions resolved, firm keys chosen, claims typed.

Lookups run over distinct values only, then travel back as columns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.errors import NotFoundError
from bulian.graph.kinds import claim_named
from bulian.graph.names import normal_forms
from bulian.graph.regions import ROOT, Region, RegionProblem, Regions, town_code

from .cleaning import Cleaned, Reject
from .values import parse_number, parser_for

__all__ = ["CHAIN_TABLES", "enrich"]

CHAIN_TABLES: Final = ("产品", "产业链关系")
"""Tables whose rows belong to a chain: to the one named for the whole ingest where they name none."""
_PARTS: Final = ("country", "province", "city", "county", "town")
_REGION_ENDINGS: Final = tuple("省市区县州盟旗国")


def enrich(cleaned: Cleaned, table: str, regions: Regions, chain: str | None) -> None:
    """Add the columns :mod:`bulian.ingest.mapping` reads beside those of the file; mends ``cleaned`` in place."""
    if table in CHAIN_TABLES and chain:
        _default_chain(cleaned, chain)
    if table == "企业":
        _choose_firm_key(cleaned)
    if table in ("企业", "院所"):
        _resolve_places(cleaned, regions, whole_country=table == "企业")
    if table in ("检索", "指标"):
        _resolve_region_column(cleaned, regions, required=table == "检索")
    if table == "指标":
        _type_claims(cleaned, regions)


def _put(cleaned: Cleaned, name: str, values: Any) -> None:
    rows = cleaned.rows
    if name in rows.column_names:
        rows = rows.drop_columns([name])
    cleaned.rows = rows.append_column(name, values)


def _default_chain(cleaned: Cleaned, chain: str) -> None:
    given = cleaned.rows["chain"] if "chain" in cleaned.rows.column_names else _nulls(cleaned)
    filled = pc.fill_null(given, chain)
    _put(cleaned, "chain", filled)
    _put(cleaned, "chain_key", normal_forms(filled))


def _nulls(cleaned: Cleaned) -> pa.ChunkedArray:
    return pa.chunked_array([pa.nulls(len(cleaned.rows), pa.string())])


def _choose_firm_key(cleaned: Cleaned) -> None:
    rows = cleaned.rows
    key = rows["enterprise_name_key"]
    if "credit_code" in rows.column_names:
        key = pc.coalesce(rows["credit_code"], key)
    _put(cleaned, "firm", rows["enterprise_name"])
    _put(cleaned, "firm_key", key)


def _lookup(cleaned: Cleaned, names: tuple[str, ...], answer: Callable[[tuple[str, ...]], Any]) -> list[Any]:
    """``answer`` for every distinct combination of the columns; one result per row, by reference."""
    rows = cleaned.rows
    present = [name for name in names if name in rows.column_names]
    if not present:
        shared = answer(("",) * len(names))
        return [shared] * len(rows)
    marked: Any = None
    for name in names:
        part = pc.fill_null(rows[name], "") if name in present else pa.scalar("")
        marked = part if marked is None else pc.binary_join_element_wise(marked, part, "\x1f")
    encoded: Any = marked.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    answers = [answer(tuple(text.split("\x1f"))) for text in encoded.dictionary.to_pylist()]
    return [answers[index] for index in encoded.indices.to_pylist()]


def _resolve_places(cleaned: Cleaned, regions: Regions, *, whole_country: bool) -> None:
    def answer(parts: tuple[str, ...]) -> tuple[Region | None, str, str | None]:
        if not whole_country and not any(parts):
            return None, "", None
        region, problem = _deepest(regions, parts[:4])
        town = parts[4] if region is not None and region.level in (2, 3) else ""
        return region, town, problem

    found = _lookup(cleaned, _PARTS, answer)
    for code in (problem for _, _, problem in found if problem):
        cleaned.dropped[code] += 1
    towns = [town_code(region.code, town) if region and town else None for region, town, _ in found]
    codes = [town or (region.code if region else None) for town, (region, _, _) in zip(towns, found, strict=True)]
    names = [(town or region.full_name) if region else None for region, town, _ in found]
    _put(cleaned, "place", pa.array(names, pa.string()))
    _put(cleaned, "place_key", pa.array(codes, pa.string()))
    if any(towns):
        _put(cleaned, "town_name", pa.array([town or None for _, town, _ in found], pa.string()))
        _put(cleaned, "town_name_key", pa.array(towns, pa.string()))
        _put(cleaned, "town_county", pa.array([r.full_name if r else None for r, _, _ in found], pa.string()))
        _put(cleaned, "town_county_key", pa.array([r.code if r else None for r, _, _ in found], pa.string()))


def _deepest(regions: Regions, parts: tuple[str, ...]) -> tuple[Region | None, str | None]:
    """The region of a row; where a part is wrong, the deepest region the parts before it still give."""
    answer = regions.resolve_parts(*parts)
    if isinstance(answer, Region):
        return answer, None
    problem = answer.code
    tries = [parts[:depth] + ("",) * (4 - depth) for depth in (3, 2, 1)]
    if problem == "region_conflict":  # which of the parts is wrong is not known, only the country is left
        tries = tries[-1:]
    for shorter in tries:
        answer = regions.resolve_parts(*shorter)
        if not isinstance(answer, RegionProblem):
            return answer, problem
    return None, problem


def _resolve_region_column(cleaned: Cleaned, regions: Regions, *, required: bool) -> None:
    def answer(parts: tuple[str, ...]) -> Region | str:
        if not parts[0] and not required:
            return regions.get(ROOT)
        try:
            return regions.resolve(parts[0])
        except NotFoundError as error:
            return f"地区“{parts[0]}”认不出：{error.message}"

    found = _lookup(cleaned, ("region",), answer)
    _reject_where(cleaned, [item if isinstance(item, str) else None for item in found], "region_unknown")
    good = [item for item in found if isinstance(item, Region)]
    _put(cleaned, "place", pa.array([region.full_name for region in good], pa.string()))
    _put(cleaned, "place_key", pa.array([region.code for region in good], pa.string()))


def _reject_where(cleaned: Cleaned, messages: list[str | None], code: str) -> None:
    """Move the rows with a message to the rejects."""
    if not any(messages):
        return
    lines = cleaned.rows["row"].to_pylist()
    cleaned.rejects += [Reject(row, code, text) for row, text in zip(lines, messages, strict=True) if text]
    cleaned.rejects.sort(key=lambda reject: reject.row)
    cleaned.rows = cleaned.rows.filter(pa.array([text is None for text in messages]))


def _type_claims(cleaned: Cleaned, regions: Regions) -> None:
    """Property names to ours, values to numbers where the property is one, subjects that are regions marked."""

    def answer(parts: tuple[str, ...]) -> tuple[str, str, float | None, str | None]:
        claim = claim_named(parts[0].strip())
        if claim is None:
            return parts[0], parts[1], _number_or_none(parts[1]), None
        parser = parser_for(claim)
        try:
            value = parser[0](parts[1]) if parser else parts[1]
        except ValueError as error:
            return claim.name, parts[1], None, f"“{claim.label}”的数值“{parts[1][:40]}”{error}"
        number = value if isinstance(value, float) else None
        return claim.name, parts[1] if number is not None else value, number, None

    found = _lookup(cleaned, ("property", "value"), answer)
    _put(cleaned, "predicate", pa.array([item[0] for item in found], pa.string()))
    _put(cleaned, "value", pa.array([item[1] for item in found], pa.string()))
    _put(cleaned, "number", pa.array([item[2] for item in found], pa.float64()))
    subjects = _lookup(cleaned, ("subject",), lambda parts: _region_named(regions, parts[0]))
    keys = cleaned.rows["subject_key"].to_pylist()
    _put(cleaned, "subject_kind", pa.array(["Region" if code else "Product" for code in subjects], pa.string()))
    _put(cleaned, "subject_key", pa.array([c or k for c, k in zip(subjects, keys, strict=True)], pa.string()))
    _reject_where(cleaned, [item[3] for item in found], "bad_value")


def _number_or_none(text: str) -> float | None:
    try:
        return parse_number(text)
    except ValueError:
        return None


def _region_named(regions: Regions, text: str) -> str | None:
    """The code of a region named in full (温岭市, 中国), None for anything else: a product may share a short name."""
    if not text.endswith(_REGION_ENDINGS):
        return None
    try:
        return regions.resolve(text).code
    except NotFoundError:
        return None
