"""From cleaned rows to those the mapping reads, table by table; and what was taken from elsewhere than the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from bulian.graph.regions import Regions

from .cleaning import Cleaned
from .customs import CodesNeeded, customs_rows
from .enrich import enrich
from .industry_columns import add_industry
from .list_titles import title_texts
from .listed import prepare_listed
from .listing import add_listing
from .patent_shares import SAMPLE_ONLY, patent_shares
from .patents import patent_rows
from .raw_sheet import RawSheet
from .sources import DataFile
from .table_match import Match

__all__ = ["Found", "prepared"]

Found = dict[str, dict[str, str]]
"""What a title or a name said of all rows: ``honour``, ``region``; each with value, where and quote."""


def prepared(
    cleaned: Cleaned,
    sheet: RawSheet,
    match: Match,
    file: DataFile,
    regions: Regions,
    chain: str | None,
    codes: Mapping[str, Sequence[str]] | None,
) -> tuple[Cleaned, Found]:
    """The rows to map, and what was found beside them.

    Args:
        cleaned: the sheet's rows; enriched in place.
        sheet: as read.
        match: which table it is.
        file: the file, with what the user says of it.
        regions: the region tree.
        chain: of rows that name none.
        codes: HS and IPC codes of the products in the store; None while the other tables are still being read.

    Raises:
        CodesNeeded: it is a customs table, or patents of a declared query, and the codes are not yet known.
        InputError: a customs table does not say whether it is imports or exports.
    """
    table = match.table.name
    texts = title_texts(sheet.titles, sheet.sheet, sheet.path)
    if table == "海关":
        if codes is None:
            raise CodesNeeded
        return _instead(cleaned, customs_rows(cleaned, sheet, codes, file.reading, texts, regions)), {}
    if table == "专利":
        return _instead(cleaned, _patents(cleaned, file, codes, regions)), {}
    prepare_listed(cleaned, table)
    enrich(cleaned, table, regions, chain)
    if table != "企业":
        return cleaned, {}
    add_industry(cleaned, sheet, match, texts)
    return cleaned, add_listing(cleaned, sheet, match, file.reading, regions)


def _patents(cleaned: Cleaned, file: DataFile, codes: Mapping[str, Sequence[str]] | None, regions: Regions) -> pa.Table:
    """Who holds what, and of a declared query how the classes of the products are spread over countries."""
    if not file.reading.patents_of_the_world:
        cleaned.notes.append(SAMPLE_ONLY)
        return patent_rows(cleaned)
    if codes is None:
        raise CodesNeeded
    shares = patent_shares(cleaned, file.reading, codes, regions)
    return pa.concat_tables([patent_rows(cleaned), shares], promote_options="permissive")


def _instead(cleaned: Cleaned, rows: pa.Table) -> Cleaned:
    """The same counts over other rows."""
    return Cleaned(rows, cleaned.read, cleaned.rejects, cleaned.dropped, cleaned.notes)
