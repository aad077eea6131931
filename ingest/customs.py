"""Customs statistics into trade rows: commodity codes to the products that state them, months and ways summed up.

One fact per product, flow, month and partner, said by the customs office and not by the file: the same month from two
files is one statement, twelve months of twelve files add up to the year. Rows of codes that no product states are
counted, not rejected: an export has thousands of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.errors import InputError, NotFoundError
from bulian.graph.names import normal_form
from bulian.graph.regions import Regions
from bulian.graph.store import GraphView

from .cleaning import Cleaned
from .mapping_config import FileMapping
from .raw_sheet import RawSheet
from .values import parse_column, parse_date

__all__ = ["CodesNeeded", "codes_version", "customs_rows", "product_codes"]

_PREDICATES: Final = {"进口": "import_value", "出口": "export_value"}
_HS: Final = re.compile(r"HS[:：]?\s*([\d.]{2,13})\Z", re.I)
_RANGE: Final = re.compile(r"((?:19|20)\d{2})(\d{2})?\s*[-至~—]\s*(?:\1)?(\d{2})?\Z")
_SHOWN: Final = 5
_COUNTRY: Final = "全国"
_PROVINCES: Final = 31  # of the mainland
_KNOWN: Final = ("code", "product", "product_key")


class CodesNeeded(Exception):
    """A customs table is read after all others, when the products and their codes are known."""


def product_codes(view: GraphView) -> dict[str, list[str]]:
    """Every HS code that a product of the store states (digits only), and the products that state it."""
    found: dict[str, list[str]] = {}
    for node in view.nodes("Product"):
        for code in node.properties.get("codes", ()):
            if match := _HS.match(code.strip()):
                found.setdefault(match[1].replace(".", ""), []).append(node.name)
    return {code: sorted(set(names)) for code, names in sorted(found.items())}


def codes_version(codes: Mapping[str, Sequence[str]]) -> str:
    """A hash of the codes: a customs file is read again when it changes."""
    return hashlib.sha256(repr(sorted(codes.items())).encode()).hexdigest()[:16]


def customs_rows(
    cleaned: Cleaned, sheet: RawSheet, codes: Mapping[str, Sequence[str]], said: FileMapping,
    texts: Sequence[tuple[str, str]], regions: Regions,
) -> pa.Table:  # fmt: skip
    """The trade rows of a customs table, columns as :func:`bulian.ingest.mapping_registers.customs` reads them.

    Args:
        cleaned: the sheet; its notes and counts are completed.
        sheet: as it was read, for messages.
        codes: :func:`product_codes`.
        said: what the user says of the file: 进口 or 出口, and of which region it is.
        texts: titles and names that may say it.
        regions: the region tree.

    Raises:
        InputError: neither a column nor a name says whether these are imports or exports.
    """
    rows = _typed(cleaned, sheet, said.flow or _flow_named(texts))  # also the codes of numbers mended
    place = _place(rows, said, cleaned, sheet.path.name)
    currency = "cny" if "cny" in rows.column_names else "usd"
    if "usd" in rows.column_names and currency == "cny":
        cleaned.notes.append("同时有人民币和美元，取人民币")
    pairs = [(code, name, normal_form(name)) for code, names in codes.items() for name in names]
    known = pa.table({name: pa.array([pair[at] for pair in pairs], pa.string()) for at, name in enumerate(_KNOWN)})
    with duckdb.connect() as engine:
        engine.register("rows", rows)
        engine.register("codes", known)
        engine.execute(
            "CREATE TEMP TABLE hit AS SELECT r.*, c.product, c.product_key FROM rows r JOIN codes c"
            " ON starts_with(r.hs, c.code) QUALIFY rank() OVER (PARTITION BY r.row ORDER BY length(c.code) DESC) = 1"
        )
        _count_unmapped(engine, cleaned, currency)
        return _summed(engine, currency, place, regions)


def _typed(cleaned: Cleaned, sheet: RawSheet, flow: str | None) -> pa.Table:
    """Rows with digits of the code, ISO period, year and flow; rows without one of them are rejected."""
    rows = cleaned.rows
    hs = pc.replace_substring_regex(rows["hs_code"], r"[^0-9]", "")
    odd = pc.equal(pc.bit_wise_and(pc.utf8_length(hs), 1), 1)  # a code read as a number has lost its first zero
    rows = rows.append_column("hs", pc.if_else(odd, pc.binary_join_element_wise("0", hs, ""), hs))
    rows = rows.append_column("date", parse_column(rows["period"], _period, pa.string())[0])
    if "flow" in rows.column_names:
        given = parse_column(rows["flow"], _flow, pa.string())[0]
        rows = rows.drop_columns(["flow"]).append_column("flow", pc.fill_null(given, flow or ""))
    else:
        rows = rows.append_column("flow", pa.chunked_array([pa.repeat(flow or "", len(rows))]))
    lost = pc.equal(rows["flow"], "")
    if len(rows) and pc.all(lost).as_py():
        hint = f'请在 bulian.toml 写 [mapping."{sheet.path.name}"] flow = "进口"，或把文件改名为带“进口”或“出口”的。'
        raise InputError("看不出是进口还是出口", where=str(sheet.path), hint=hint, code="flow_unknown")
    cleaned.rows = rows
    cleaned.reject_where(pc.is_null(rows["date"]), "bad_date", "“数据年月”认不出，请写成 202301")
    cleaned.reject_where(pc.less(pc.utf8_length(cleaned.rows["hs"]), 2), "bad_value", "“商品编码”没有数字")
    cleaned.reject_where(pc.equal(cleaned.rows["flow"], ""), "bad_value", "看不出是进口还是出口")
    return cleaned.rows


def _period(text: str) -> str:
    """202301 or 2023 as 2023-01 or 2023; 202301-202312 is its year."""
    if match := _RANGE.match(text.strip()):
        return match[1]
    return parse_date(text)[:7]


def _flow(text: str) -> str:
    found = [flow for flow in _PREDICATES if flow in text]
    if len(found) != 1:
        raise ValueError("应为 进口 或 出口")
    return found[0]


def _flow_named(texts: Sequence[tuple[str, str]]) -> str | None:
    for _, text in texts:
        try:
            return _flow(text)
        except ValueError:
            continue
    return None


def _place(rows: pa.Table, said: FileMapping, cleaned: Cleaned, file: str) -> str | None:
    """The place a table is about, None where it is the country: the user's word, else the one place of registration.

    Several places may be the whole country, or only those somebody asked for: nothing in the file tells, so it is noted.
    """
    places: list[str] = []
    if "registered_in" in rows.column_names:
        places = sorted(set(rows["registered_in"].to_pylist()) - {None, _COUNTRY})
        if rows["registered_in"].null_count:
            places = []
    place = said.region or (places[0] if len(places) == 1 else _COUNTRY)
    if place != _COUNTRY:
        cleaned.notes.append(f"只有“{place}”的数据，不是全国的进出口：记为当地的说法，不参与对外依赖的判定")
        return place
    if said.region is None and 1 < len(places) < _PROVINCES:
        shown = "、".join(places[:_SHOWN]) + ("等" if len(places) > _SHOWN else "")
        cleaned.notes.append(
            f"只见到 {len(places)} 个注册地（{shown}），按全国的进出口计；"
            f'如果只查了部分注册地，请在 bulian.toml 写 [mapping."{file}"] region = "浙江省"（所查的地区）后重新导入'
        )
    return None


def _count_unmapped(engine: duckdb.DuckDBPyConnection, cleaned: Cleaned, currency: str) -> None:
    lost = engine.execute(
        "SELECT hs, count(*) FROM rows WHERE row NOT IN (SELECT row FROM hit) GROUP BY hs"
        f' ORDER BY sum("{currency}") DESC NULLS LAST, hs'
    ).fetchall()
    if lost:
        cleaned.dropped["hs_unmapped"] += sum(count for _, count in lost)
        shown = "、".join(code for code, _ in lost[:_SHOWN])
        cleaned.notes.append(
            f"{len(lost)} 个商品编码没有产品对应（金额最大的：{shown}）；要用上，请在“产品”表的“代码”里写 HS:编码"
        )


def _summed(engine: duckdb.DuckDBPyConnection, currency: str, place: str | None, regions: Regions) -> pa.Table:
    unit = {"cny": "人民币元", "usd": "美元"}[currency]
    prefix, region = "", None
    if place:
        prefix = "local_"
        try:
            region = regions.resolve(place).code
        except NotFoundError:
            region = place
    cases = " ".join(f"WHEN '{flow}' THEN '{prefix}{name}'" for flow, name in _PREDICATES.items())
    return engine.sql(
        f"SELECT product, product_key, CASE flow {cases} END AS predicate, CAST(date[:4] AS INTEGER) AS year, date,"
        f' partner, CAST(sum(CAST("{currency}" AS DECIMAL(28, 2))) AS DOUBLE) AS value, $unit AS unit,'
        " CAST($region AS VARCHAR) AS region,"
        " '商品编码 ' || array_to_string(list_sort(list_distinct(list(hs))), '、') || ' 合计' AS quote,"
        " '海关统计数据（' || $unit || '）' AS source, CAST(min(row) AS INTEGER) AS row"
        f' FROM hit WHERE "{currency}" IS NOT NULL GROUP BY product, product_key, flow, date, partner ORDER BY row',
        params={"unit": unit, "region": region},
    ).to_arrow_table()
