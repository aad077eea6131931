"""The industry columns of registers as one property, and the hints they give, ready to be written as inferred facts."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.store import GraphView

from .cleaning import Cleaned
from .industry import Industries, edition_named
from .raw_sheet import RawSheet
from .table_match import Match

__all__ = ["add_industry", "industries_of"]

_NAMED: Final = ("industry_class", "industry", "industry_group", "industry_division", "industry_section")
"""The names of a class, the narrowest level first."""


def add_industry(cleaned: Cleaned, sheet: RawSheet, match: Match, texts: list[tuple[str, str]]) -> None:
    """Put the narrowest class each row states into one column, with the edition where a header or title states it."""
    rows = cleaned.rows
    names = [name for name in _NAMED if name in rows.column_names]
    code = rows["industry_code"] if "industry_code" in rows.column_names else None
    if code is None and not names:
        return
    said: Any = pc.coalesce(*(rows[name] for name in names)) if names else None
    if code is not None:
        said = code if said is None else pc.binary_join_element_wise(code, said, " ", null_handling="skip")
        said = pc.if_else(pc.equal(said, ""), pa.scalar(None, pa.string()), said)
    headers = [sheet.header[match.columns[name]] for name in (*names, "industry_code") if name in match.columns]
    edition = next((found for text in (*headers, *(text for _, text in texts)) if (found := edition_named(text))), None)
    if edition:
        said = pc.binary_join_element_wise(f"GB/T 4754-{edition}", said, " ")
    cleaned.rows = (rows.drop_columns(["industry"]) if "industry" in names else rows).append_column("industry", said)


def industries_of(view: GraphView) -> Industries:
    """The codes of GB/T 4754 that the products of the store state."""
    return Industries((node.name, code) for node in view.nodes("Product") for code in node.properties.get("codes", ()))
