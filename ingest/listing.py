"""Lists and exports of firms: what the title says of all rows, places without a column of their own, dirty codes.

Adds the columns :mod:`bulian.ingest.mapping` reads for honours and places beside those of the file.
"""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.errors import NotFoundError
from bulian.graph.regions import ROOT, Region, Regions

from .cleaning import Cleaned
from .list_titles import ListTitle, honour_level, read_titles, region_of_titles, title_texts, valid_until
from .listed import stock_digits
from .mapping_config import FileMapping
from .personal import without_mobiles
from .raw_sheet import RawSheet
from .table_match import Match, header_gloss
from .values import parse_column

__all__ = ["add_listing", "place_from_text"]

_TRUST: Final = {"user": 0.9, "title": 0.8, "sheet": 0.7, "file": 0.6, "folder": 0.6}
_WORDS: Final = {
    "user": "设置", "title": "标题", "sheet": "工作表名", "file": "文件名", "folder": "文件夹名", "address": "地址",
    "nominator": "推荐单位",
}  # fmt: skip
_SAID_BY: Final = {"place_text": "address", "nominator": "nominator"}
_PLACES: Final = ("country", "province", "city", "county", "town")
_INFERRED: Final = ("推断", "推测", "推定", "估计")
# The part of an address that names province, city and county; what stands behind is never looked at.
_ADDRESS: Final = (
    r"^(?:中国)?(?P<part>(?:[\p{Han}]{2,8}?(?:省|自治区|特别行政区))?(?:[\p{Han}]{2,9}?(?:市|自治州|地区|盟))?"
    r"(?:[\p{Han}]{1,10}?(?:自治县|自治旗|县|区|旗|市))?)"
)
_OFFICE: Final = (
    r"(?:省|市|自治区)?(?:中小企业|经济和信息化|工业和信息化|经济信息化|经信|工信|科学技术|科技|发展和改革).*$"
)


def add_listing(
    cleaned: Cleaned, sheet: RawSheet, match: Match, said: FileMapping, regions: Regions
) -> dict[str, dict[str, str]]:
    """Complete a cleaned sheet of 企业, after its own columns were enriched.

    Returns:
        What was taken from elsewhere than the rows: ``honour`` and ``region``, each with value, where and quote.
    """
    texts = title_texts(sheet.titles, sheet.sheet, sheet.path)
    found: dict[str, dict[str, str]] = {}
    if place := _add_place(cleaned, sheet, match, said, texts, regions):
        found["region"] = place
    if title := _title(said, texts):
        _add_title(cleaned, title)
        found["honour"] = {"value": title.honour, "where": _WORDS[title.where], "quote": title.quote}
    _parse_validity(cleaned)
    _add_status(cleaned)
    if "phone" in cleaned.rows.column_names:
        _put(cleaned, "phone", without_mobiles(cleaned.rows["phone"]))
    if "stock_code" in cleaned.rows.column_names:
        _add_stock_code(cleaned)
    return found


def _put(cleaned: Cleaned, name: str, values: Any) -> None:
    rows = cleaned.rows
    cleaned.rows = (rows.drop_columns([name]) if name in rows.column_names else rows).append_column(name, values)


def _constant(cleaned: Cleaned, value: str | float | None) -> pa.ChunkedArray[Any]:
    kind = pa.float64() if isinstance(value, float) else pa.string()
    return pa.chunked_array([pa.repeat(pa.scalar(value, kind), len(cleaned.rows))])


def _title(said: FileMapping, texts: list[tuple[str, str]]) -> ListTitle | None:
    title = read_titles(texts)
    if said.honour:
        level = said.level or honour_level(said.honour)
        return ListTitle(said.honour, "user", said.honour, level, said.batch, said.date, said.valid_to)
    return title


def _add_title(cleaned: Cleaned, title: ListTitle) -> None:
    """The honour of the title for rows that name none; its batch and date for rows that name one without."""
    rows = cleaned.rows
    own = rows["honours"] if "honours" in rows.column_names else _constant(cleaned, None)
    _put(cleaned, "listed_honour", pc.if_else(pc.is_valid(own), pa.scalar(None, pa.string()), title.honour))
    for name, value in (
        ("level", title.level), ("batch", title.batch), ("honour_date", title.date), ("valid_to", title.valid_to),
        ("honour_status", title.status),
    ):  # fmt: skip
        if value is not None:
            given = cleaned.rows[name] if name in cleaned.rows.column_names else _constant(cleaned, None)
            _put(cleaned, name, pc.fill_null(given, value))
    _put(cleaned, "listed_quote", _constant(cleaned, title.quote))
    _put(cleaned, "listed_method", _constant(cleaned, f"{title.where}:荣誉"))
    _put(cleaned, "listed_confidence", _constant(cleaned, _TRUST[title.where]))
    _put(cleaned, "listed_predicate", _constant(cleaned, "revoked_honours" if title.revoked else "honours"))


def _parse_validity(cleaned: Cleaned) -> None:
    if "valid_to" not in cleaned.rows.column_names:
        return

    def until(cell: str) -> str:
        found = valid_until(cell)
        if found is None:
            raise ValueError("没有日期")
        return found

    values, bad = parse_column(cleaned.rows["valid_to"], until, pa.string())
    if bad:
        cleaned.dropped["bad_validity"] += sum(text in bad for text in cleaned.rows["valid_to"].to_pylist())
    _put(cleaned, "valid_to", values)


def _add_status(cleaned: Cleaned) -> None:
    """What a list says of the honour itself (公示, 复核通过) goes into the note of the honour."""
    names = [name for name in ("note", "honour_status") if name in cleaned.rows.column_names]
    if "honour_status" not in names:
        return
    parts = [cleaned.rows[name] for name in names]
    joined = pc.binary_join_element_wise(*parts, "；", null_handling="skip")
    _put(cleaned, "honour_note", pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined))


def _add_stock_code(cleaned: Cleaned) -> None:
    found = stock_digits(cleaned.rows["stock_code"])
    _put(cleaned, "stock_code", found)
    _put(cleaned, "stock_code_key", found)


def _add_place(
    cleaned: Cleaned, sheet: RawSheet, match: Match, said: FileMapping, texts: list[tuple[str, str]], regions: Regions
) -> dict[str, str] | None:
    """Where the rows have no region: from the office that proposed the firm, the address, then names and titles."""
    rows = cleaned.rows
    _mark_inferred(cleaned, sheet, match, regions)
    if any(rows[name].null_count < len(rows) for name in _PLACES if name in rows.column_names):
        return None
    found = _said_region(said, regions) or region_of_titles(texts, regions)
    codes, said_by = _constant(cleaned, None), None
    for name in ("place_text", "nominator"):
        if said_by is None and name in rows.column_names and rows[name].null_count < len(rows):
            codes = place_from_text(rows[name], regions, office=name == "nominator")
            said_by = _SAID_BY[name] if codes.null_count < len(rows) else None
    if said_by:
        _place(cleaned, codes, regions, f"{said_by}:地区", _TRUST["title"], None)
    if found:
        code, where, text = found
        rest = pc.if_else(pc.is_null(codes), code, pa.scalar(None, pa.string()))
        _place(cleaned, rest, regions, f"{where}:地区", _TRUST[where], text)
    if said_by or found is None:
        return {"value": "逐行", "where": _WORDS[said_by], "quote": "各行自己的"} if said_by else None
    return {"value": regions.get(code).full_name, "where": _WORDS[where], "quote": text}


def _said_region(said: FileMapping, regions: Regions) -> tuple[str, str, str] | None:
    if said.region is None:
        return None
    return regions.resolve(said.region).code, "user", said.region


def _mark_inferred(cleaned: Cleaned, sheet: RawSheet, match: Match, regions: Regions) -> None:
    """Where a header says that its cells are inferred (省份(由名称推断)), so is the place; the country stays stated."""
    names = [name for name in _PLACES if name in match.columns]
    glosses = [header_gloss(sheet.header[match.columns[name]]) for name in names]
    if any(word in gloss for gloss in glosses for word in _INFERRED):
        _put(cleaned, "place_modality", _constant(cleaned, "inferred"))
        _put(cleaned, "root", _constant(cleaned, regions.get(ROOT).full_name))
        _put(cleaned, "root_key", _constant(cleaned, ROOT))


def _place(cleaned: Cleaned, codes: Any, regions: Regions, method: str, confidence: float, quote: str | None) -> None:
    """Put the rows where the codes say; a row without a code stays where it is."""
    names = {code: regions.get(code).full_name for code in set(codes.to_pylist()) if code}
    if not names:
        return
    index = pc.index_in(codes, value_set=pa.array(list(names), pa.string()))
    known = pc.is_valid(codes)
    for name, value in (
        ("place", pc.take(pa.array(list(names.values()), pa.string()), index)), ("place_key", codes),
        ("place_method", pc.if_else(known, method, pa.scalar(None, pa.string()))),
        ("place_confidence", pc.if_else(known, confidence, pa.scalar(None, pa.float64()))),
        ("place_quote", pc.if_else(known, pa.scalar(quote, pa.string()), pa.scalar(None, pa.string()))),
    ):  # fmt: skip
        columns = cleaned.rows.column_names
        _put(cleaned, name, pc.coalesce(value, cleaned.rows[name]) if name in columns else value)


def place_from_text(cells: pa.ChunkedArray[Any], regions: Regions, *, office: bool = False) -> pa.ChunkedArray[Any]:
    """Region codes of addresses, or of offices (浙江省经济和信息化厅), by their beginning; null where none is found.

    Args:
        cells: texts.
        regions: the region tree.
        office: the cells name offices, so what follows the region is a word for an authority.
    """
    if office:
        starts = pc.replace_substring_regex(cells, pattern=_OFFICE, replacement="")
    else:
        starts = pc.struct_field(pc.extract_regex(cells, _ADDRESS), "part")

    def code(text: str) -> str:
        if not text:
            raise ValueError("没有地区")
        try:
            region: Region = regions.resolve(text)
        except NotFoundError as error:
            raise ValueError(error.message) from error
        if region.code == ROOT:
            raise ValueError("只有国家")
        return region.code

    return parse_column(starts, code, pa.string())[0]
