"""Patent exports into research: which firm or institute holds a patent in which class of technology.

One fact per patent and applicant. Applicants are joined by credit code where the export gives one each, else by name.
Natural persons are no part of the graph: they are counted and stored nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.names import credit_code_errors, normal_forms

from .cleaning import Cleaned
from .mapping_registers import INSTITUTE_FORM

__all__ = ["completed", "patent_rows"]

_TEXTS: Final = (
    "applicant", "current_applicant", "applicant_codes", "main_class", "classes", "applied_on", "publication",
    "application", "patent_title", "patent_type", "legal_status",
)  # fmt: skip
_BETWEEN: Final = r"\s*(?:\||;|；|\n)\s*"
# What an organisation is called; anything shorter than a firm's name without such a word is taken for a person.
_ORGANISATION: Final = (
    r"公司|集团|厂$|工厂|研究|院$|所$|大学|学院|学校|中学|中心|会社|合作社|实验室|局$|部$|医院|银行|协会|学会|基地|总队|支队"
    r"|\b(?:inc|ltd|llc|corp|co|gmbh|ag|sa|bv|nv|plc|kg|spa|oy|ab|kk|limited|company|corporation|university"
    r"|institute|holding|holdings|group|technologies|systems)\b"
)


def completed(rows: pa.Table, texts: Iterable[str]) -> pa.Table:
    """The rows with all of these texts and the year of application; columns that were not exported are empty."""
    for name in texts:
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(len(rows), pa.string()))
    if "applied_in" not in rows.column_names:
        rows = rows.append_column("applied_in", pa.nulls(len(rows), pa.int32()))
    return rows


def patent_rows(cleaned: Cleaned) -> pa.Table:
    """One row per patent and applicant that is an organisation; counts of the rest go to ``cleaned``.

    Returns:
        Columns owner, owner_key, owner_kind, technology, technology_key, year, patent, title, about, row.
    """
    rows = completed(cleaned.rows, _TEXTS)
    with duckdb.connect() as engine:
        engine.register("rows", rows)
        said: Any = engine.sql(_SPLIT, params={"between": _BETWEEN}).to_arrow_table()
    unclassed = pc.is_null(said["technology"])
    cleaned.dropped["bad_class"] += len(pc.unique(said["row"].filter(unclassed)))
    person = pc.invert(_is_organisation(said["owner"]))
    cleaned.dropped["natural_person"] += pc.sum(person).as_py() or 0
    kept = said.filter(pc.and_(pc.invert(unclassed), pc.invert(person)))
    return _keyed(kept, cleaned)


# Applicants and codes are paired only where there are as many of one as of the other.
_SPLIT: Final = """
WITH cut AS (SELECT *, list_filter(regexp_split_to_array(coalesce(current_applicant, applicant), $between),
    lambda name: name <> '') AS owners, regexp_split_to_array(coalesce(applicant_codes, ''), $between) AS codes,
    regexp_extract(upper(coalesce(main_class, classes)), '[A-H][0-9]{2}[A-Z]') AS class FROM rows),
each_owner AS (SELECT *, unnest(owners) AS owner, generate_subscripts(owners, 1) AS place FROM cut)
SELECT trim(owner) AS owner, CASE WHEN len(codes) = len(owners) THEN nullif(upper(trim(codes[place])), '') END AS code,
    'IPC ' || nullif(class, '') AS technology, coalesce(CAST(applied_on[:4] AS INTEGER), applied_in) AS year,
    coalesce(publication, application) AS patent, patent_title AS title,
    nullif(concat_ws('；', patent_type, legal_status), '') AS about, "row" FROM each_owner ORDER BY "row", place
"""


def _is_organisation(names: Any) -> Any:
    folded = pc.utf8_lower(pc.utf8_normalize(names, form="NFKC"))
    return pc.match_substring_regex(folded, _ORGANISATION)


def _keyed(said: pa.Table, cleaned: Cleaned) -> pa.Table:
    """Keys of owners: a credit code that holds its check digit, else the normal form of the name."""
    wrong = pc.fill_null(credit_code_errors(said["code"]), False)
    cleaned.dropped["bad_credit_code"] += pc.sum(wrong).as_py() or 0
    code = pc.if_else(wrong, pa.scalar(None, pa.string()), said["code"])
    institute = pc.match_substring_regex(said["owner"], INSTITUTE_FORM)
    names = normal_forms(said["owner"])
    key = pc.if_else(institute, names, pc.coalesce(code, names))
    made = said.append_column("owner_key", key).append_column("technology_key", normal_forms(said["technology"]))
    return made.append_column("owner_kind", pc.if_else(institute, "Institute", "Enterprise"))
