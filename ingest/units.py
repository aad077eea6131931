"""Units that stand in a header instead of the cells: 金额(万元), 占比(%), 产能(台/年).

A bare 1200 below 金额(万元) is twelve million; read without its header it would be wrong ten-thousandfold.
"""

from __future__ import annotations

import re
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from .headers import fold_header
from .table_match import header_gloss
from .tables import Column
from .values import parse_number, split_number

__all__ = ["PERCENT", "header_unit", "unit_of", "with_unit"]

PERCENT: Final = "%"
_PERCENT_WORDS: Final = {"%", "百分比", "百分数", "百分率"}
_NO_UNIT: Final = {"必填", "选填", "可选", "如有", "文本", "数字"}
_MONEY: Final = re.compile(r"元|币|usd|rmb|cny|eur")
_BARE: Final = r"^[+-]?[0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?$"


def header_unit(header: str, column: Column) -> str:
    """The unit a header gives the numbers below it, "" when it gives none.

    Args:
        header: as written.
        column: the column it was recognised as.
    """
    gloss = header_gloss(header).removeprefix("单位").lstrip(":")
    spellings = {fold_header(word) for word in (column.name, column.label, *column.also)}
    if not gloss or gloss in _NO_UNIT or gloss in spellings:
        return ""
    holds_any = column.name == "value"  # a claim may be a share, an amount or a count
    if gloss in _PERCENT_WORDS:
        return PERCENT if holds_any or column.prop.type == "share" else ""
    if column.name == "capital":
        return gloss if _MONEY.search(gloss) else ""
    return gloss if (holds_any or column.prop.type == "number") and _reads(gloss) else ""


def _reads(unit: str) -> bool:
    try:
        parse_number(f"1{unit}")
    except ValueError:
        return False
    return True


def with_unit(cells: pa.ChunkedArray, unit: str) -> tuple[pa.ChunkedArray, Any]:
    """Bare numbers with the unit behind them; other cells as they are.

    Args:
        cells: strings.
        unit: as :func:`header_unit` gives it.

    Returns:
        The cells, and a mask of those that stay bare because nobody can tell: under a %, when no number of the
        column is above 1, a spreadsheet may have formatted 0.35 to look like 35 %.
    """
    bare: Any = pc.fill_null(pc.match_substring_regex(cells, _BARE), False)
    nobody: Any = pa.chunked_array([pa.array([False] * len(cells), pa.bool_())])
    if unit == PERCENT:
        texts = pc.utf8_normalize(cells.filter(bare), form="NFKC")
        numbers = pc.cast(pc.replace_substring(texts, pattern=",", replacement=""), pa.float64())
        if len(numbers) and (pc.max(numbers).as_py() or 0) <= 1:
            return cells, bare
    return pc.if_else(bare, pc.binary_join_element_wise(cells, unit, ""), cells), nobody


def unit_of(cell: str) -> str | None:
    """The unit behind the number of a cell (1,200台/年 → 台/年); None without one, ValueError for no number."""
    return split_number(cell)[1] or None
