"""What a cleaned sheet needs before it can be mapped: regions resolved, firm keys chosen, claims typed.

Lookups run over distinct values only, then travel back as columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import numpy as np
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


class _Answers:
    """One answer per distinct combination of some columns, spread over the rows as columns."""

    def __init__(self, cleaned: Cleaned, names: tuple[str, ...], answer: Callable[[tuple[str, ...]], Any]) -> None:
        rows = cleaned.rows
        present = [name for name in names if name in rows.column_names]
        if present:
            encoded: Any = _joined(rows, names).combine_chunks().dictionary_encode()
            if isinstance(encoded, pa.ChunkedArray):
                encoded = encoded.combine_chunks()
            self._index = encoded.indices
            self.distinct = [answer(tuple(text.split("\x1f"))) for text in encoded.dictionary.to_pylist()]
        else:
            self._index = pa.array(np.zeros(len(rows), np.int32))
            self.distinct = [answer(("",) * len(names))]

    def column(self, part: Callable[[Any], Any], arrow_type: pa.DataType | None = None) -> pa.ChunkedArray:
        """A part of each row's answer as a column, text by default."""
        parts = pa.array([part(item) for item in self.distinct], arrow_type or pa.string())
        return pa.chunked_array([pc.take(parts, self._index)])

    def count(self, part: Callable[[Any], Any]) -> Counter[Any]:
        """How many rows have each value of a part of the answers."""
        found: Counter[Any] = Counter()
        for item, times in zip(self.distinct, np.bincount(self._index, minlength=len(self.distinct)), strict=True):
            found[part(item)] += int(times)
        return found


def _joined(rows: pa.Table, names: tuple[str, ...]) -> pa.ChunkedArray:
    """Cells of several columns in one text; the separator is a control character, which no cell holds."""
    joined: Any = None
    for name in names:
        part = pc.fill_null(rows[name], "") if name in rows.column_names else pa.scalar("")
        joined = part if joined is None else pc.binary_join_element_wise(joined, part, "\x1f")
    return joined


def _resolve_places(cleaned: Cleaned, regions: Regions, *, whole_country: bool) -> None:
    def answer(parts: tuple[str, ...]) -> tuple[Region | None, str, str | None]:
        if not whole_country and not any(parts):
            return None, "", None
        region, problem = _deepest(regions, parts[:4])
        town = parts[4] if region is not None and region.level in (2, 3) else ""
        return region, town, problem

    found = _Answers(cleaned, _PARTS, answer)
    cleaned.dropped.update({code: times for code, times in found.count(lambda item: item[2]).items() if code})
    _put(cleaned, "place", found.column(lambda item: (item[1] or item[0].full_name) if item[0] else None))
    _put(cleaned, "place_key", found.column(_place_code))
    if any(town for _, town, _ in found.distinct):
        _put(cleaned, "town_name", found.column(lambda item: item[1] or None))
        _put(cleaned, "town_name_key", found.column(lambda item: _place_code(item) if item[1] else None))
        _put(cleaned, "town_county", found.column(lambda item: item[0].full_name if item[0] else None))
        _put(cleaned, "town_county_key", found.column(lambda item: item[0].code if item[0] else None))


def _place_code(item: tuple[Region | None, str, str | None]) -> str | None:
    region, town, _ = item
    if region is None:
        return None
    return town_code(region.code, town) if town else region.code


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

    found = _Answers(cleaned, ("region",), answer)
    _put(cleaned, "place", found.column(lambda item: item.full_name if isinstance(item, Region) else None))
    _put(cleaned, "place_key", found.column(lambda item: item.code if isinstance(item, Region) else None))
    _reject_where(cleaned, found.column(lambda item: item if isinstance(item, str) else None), "region_unknown")


def _reject_where(cleaned: Cleaned, messages: pa.ChunkedArray, code: str) -> None:
    """Move the rows with a message to the rejects."""
    wrong = pc.is_valid(messages)
    if not pc.any(wrong).as_py():
        return
    lines = cleaned.rows["row"].filter(wrong).to_pylist()
    cleaned.rejects += [
        Reject(row, code, text) for row, text in zip(lines, messages.filter(wrong).to_pylist(), strict=True)
    ]
    cleaned.rejects.sort(key=lambda reject: reject.row)
    cleaned.rows = cleaned.rows.filter(pc.invert(wrong))


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

    found = _Answers(cleaned, ("property", "value"), answer)
    _put(cleaned, "predicate", found.column(lambda item: item[0]))
    _put(cleaned, "value", found.column(lambda item: item[1]))
    _put(cleaned, "number", found.column(lambda item: item[2], pa.float64()))
    subjects = _Answers(cleaned, ("subject",), lambda parts: _region_named(regions, parts[0]))
    _put(cleaned, "subject_kind", subjects.column(lambda code: "Region" if code else "Product"))
    _put(cleaned, "subject_key", pc.coalesce(subjects.column(lambda code: code), cleaned.rows["subject_key"]))
    _reject_where(cleaned, found.column(lambda item: item[3]), "bad_value")


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
