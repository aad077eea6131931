"""Listed companies and what is said of their products, as published in one data set: codes, weights and links are dirty.

A stock code joins products to companies; one that stands for several companies joins to none. Links between products
are kept as hints to check, never as requirements: most of such lists are recipes and herbs.
"""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from .cleaning import Cleaned

__all__ = ["prepare_listed", "stock_digits"]

_SIX: Final = r"(?P<digits>\d{6})"
_NO_NUMBER: Final = pa.scalar(None, pa.float64())


def prepare_listed(cleaned: Cleaned, table: str) -> None:
    """Add the columns that the mapping of 上市公司, 上市公司产品 and 产品关联 reads."""
    rows = cleaned.rows
    if "stock_code" in rows.column_names:
        digits = stock_digits(rows["stock_code"])
        cleaned.rows = _stocked(rows, digits, table)
        if table == "上市公司产品":
            cleaned.reject_where(pc.is_null(digits), "bad_value", "证券代码里没有六位数字")
    if table == "上市公司产品":
        _add_share(cleaned)
    if table == "产品关联":
        said = pc.binary_join_element_wise(cleaned.rows["relation"], cleaned.rows["object"], "：")
        cleaned.rows = cleaned.rows.append_column("suggestion", said)


def stock_digits(cells: pa.ChunkedArray[Any]) -> Any:
    """The six digits of stock codes with or without the exchange (600373SH, SH600373, 600373); null without them."""
    return pc.struct_field(pc.extract_regex(cells, _SIX), "digits")


def _stocked(rows: pa.Table, digits: Any, table: str) -> pa.Table:
    if table == "上市公司":
        rows = rows.drop_columns(["stock_code"]).append_column("stock_code", digits)
        return rows.append_column("stock_code_key", digits)
    return rows.append_column("stock", rows["stock_code"]).append_column("stock_key", digits)


def _add_share(cleaned: Cleaned) -> None:
    """The weight as a share of revenue where it is one; one below 0 or above 1 is dropped and counted."""
    written = cleaned.rows["weight"]
    number = pc.match_substring_regex(written, r"^[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$")
    weight = pc.cast(pc.if_else(number, written, pa.scalar(None, pa.string())), pa.float64())
    good = pc.fill_null(pc.and_(pc.greater(weight, 0.0), pc.less_equal(weight, 1.0)), False)
    cleaned.dropped["bad_weight"] += len(good) - (pc.sum(good).as_py() or 0)
    cleaned.rows = cleaned.rows.append_column("share", pc.if_else(good, weight, _NO_NUMBER))
