"""Tables into facts, as columns: every table is a handful of SELECTs over its cleaned rows.

What a row of each table says is written down once below, in the order of the contract. The SELECTs run in an
in-memory DuckDB over Arrow columns; no Python object is made per row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.facts import FACT_COLUMNS, FACT_SCHEMA, whole_facts
from bulian.graph.kinds import KIND_OF_CATEGORY, RELATION_OF_ROLE
from bulian.graph.names import normal_forms

from .cleaning import Cleaned
from .fact_selects import FactSelects
from .mapping_firms import enterprises, located
from .mapping_registers import INSTITUTE_FORM, REGISTER_TABLES

__all__ = ["Place", "map_facts"]

_CHUNK: Final = 600_000
"""About so many facts travel at a time; a store takes them best in whole row groups."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sheet stands: file uri, sheet name (None for CSV), table name."""

    file: str
    sheet: str | None
    table: str


def _products(sheet: FactSelects) -> None:
    product = ("'Product'", "product_name")
    sheet.tell(product, "'name'", "product_name", named=True)
    kinds = " ".join(f"WHEN '{category}' THEN '{kind}'" for category, kind in KIND_OF_CATEGORY.items())
    sheet.tell(product, "'kind'", "kind", value=f"CASE kind {kinds} END")
    sheet.relate(product, "'IN_CHAIN'", ("'Chain'", "chain"), stage=sheet.column("stage"))
    sheet.tell_each(product, "'aliases'", "aliases", named=True)
    sheet.tell(product, "'key_component'", "key_component")
    sheet.tell(product, "'final'", "final")
    sheet.tell_each(product, "'codes'", "codes")


def _links(sheet: FactSelects) -> None:
    ends = ("'Product'", "product"), ("'Product'", "object")
    chain = '"chain_key"' if sheet.has("chain") else "NULL"
    needs = {name: sheet.column(name) for name in ("essentiality", "alt_group", "cost_share")}
    sheet.relate(ends[0], "'REQUIRES'", ends[1], "relation = '需要'", chain=chain, **needs)
    sheet.relate(ends[0], "'IS_A'", ends[1], "relation = '属于'", chain=chain)
    for end in ends:  # a row that names a chain says that both its ends are links of it
        sheet.relate(end, "'IN_CHAIN'", ("'Chain'", "chain"))


def _enterprise_products(sheet: FactSelects) -> None:
    cases = " ".join(f"WHEN '{role}' THEN '{relation}'" for role, relation in RELATION_OF_ROLE.items())
    predicate = f"coalesce(CASE role {cases} END, 'MENTIONED_WITH')" if sheet.has("role") else "'MENTIONED_WITH'"
    stated = {name: sheet.column(name) for name in ("share", "capacity", "unit", "grade")}
    sheet.relate(("'Enterprise'", "enterprise"), predicate, ("'Product'", "product"), **stated)


def _institutes(sheet: FactSelects) -> None:
    institute = ("'Institute'", "institute_name")
    sheet.tell(institute, "'name'", "institute_name", named=True)
    sheet.tell(institute, "'institute_type'", "kind")
    located(sheet, institute)


def _institute_technologies(sheet: FactSelects) -> None:
    served = "relation IN ('检测', '培训', '服务')" if sheet.has("relation") else "false"
    for kind, column in (("'Technology'", "technology"), ("'Product'", "product")):
        ends = ("'Institute'", "institute"), (kind, column)
        sheet.relate(ends[0], "'RESEARCHES'", ends[1], f"NOT coalesce({served}, false)")
        sheet.relate(ends[0], "'SERVES'", ends[1], f"coalesce({served}, false)", service=sheet.column("relation"))


def _technologies(sheet: FactSelects) -> None:
    sheet.tell(("'Technology'", "technology"), "'name'", "technology", named=True)
    sheet.relate(("'Product'", "for_product"), "'NEEDS_TECHNOLOGY'", ("'Technology'", "technology"))


def _cooperations(sheet: FactSelects) -> None:
    kind = f"CASE WHEN regexp_matches(partner_key, '{INSTITUTE_FORM}') THEN 'Institute' ELSE 'Enterprise' END"
    stated = {name: sheet.column(name) for name in ("topic", "year")}
    sheet.relate(("'Enterprise'", "enterprise"), "'COOPERATES_WITH'", (kind, "partner"), **stated)


def _supplies(sheet: FactSelects) -> None:
    ends = ("'Enterprise'", "supplier"), ("'Enterprise'", "buyer")
    sheet.relate(ends[0], "'SUPPLIES'", ends[1], product=sheet.column("product"), year=sheet.column("year"))


def _investments(sheet: FactSelects) -> None:
    ends = ("'Enterprise'", "investor"), ("'Enterprise'", "investee")
    sheet.relate(ends[0], "'INVESTS_IN'", ends[1], share=sheet.column("share"), date=sheet.column("date"))


def _searches(sheet: FactSelects) -> None:
    has = sheet.has("product")
    sheet.select(
        {**sheet.end("subject", "'Region'", "place"), "predicate": "'SEARCHED'",
         "object_kind": "CASE WHEN product_key IS NOT NULL THEN 'Product' END" if has else "NULL",
         "object": sheet.column("product"), "object_key": sheet.column("product_key"),
         "searched_source": '"searched_source"', "detection_rate": '"detection_rate"', "date": sheet.column("date")},
        "rows", "place_key IS NOT NULL",
    )  # fmt: skip


def _claims(sheet: FactSelects) -> None:
    sheet.tell(
        ('"subject_kind"', "subject"), '"predicate"', "value", number='"number"', year=sheet.column("year"),
        region=sheet.column("place_key"), speaker=sheet.column("speaker"),
    )  # fmt: skip


def _trade(sheet: FactSelects) -> None:
    flow = "CASE flow WHEN '进口' THEN 'import_value' WHEN '出口' THEN 'export_value' ELSE 'world_export_value' END"
    sheet.tell(
        ("'Product'", "product"), flow, "value", number='"value"', year='"year"', partner='"partner"'
    )  # fmt: skip


def _lexicon(sheet: FactSelects) -> None:
    sheet.tell_each(("'Product'", "node"), "'aliases'", "aliases", named=True)
    for name in ("narrower_terms", "link_context", "link_stop"):
        sheet.tell_each(("'Product'", "node"), f"'{name}'", name)


_TABLES: Final[Mapping[str, Callable[[FactSelects], None]]] = {
    "产品": _products,
    "产业链关系": _links,
    "企业": enterprises,
    "企业产品": _enterprise_products,
    "院所": _institutes,
    "院所技术": _institute_technologies,
    "技术": _technologies,
    "合作": _cooperations,
    "供应": _supplies,
    "投资": _investments,
    "检索": _searches,
    "指标": _claims,
    "贸易": _trade,
    "词表": _lexicon,
    **REGISTER_TABLES,
}


def map_facts(cleaned: Cleaned, place: Place, *, method: str | None = None) -> Iterator[pa.Table]:
    """The facts of a cleaned sheet, as tables of :data:`~bulian.graph.facts.FACT_SCHEMA`, in chunks of rows."""
    rows = cleaned.rows
    sheet = FactSelects(set(rows.column_names), named=place.sheet is not None)
    _TABLES[place.table](sheet)
    if not sheet.selects:
        return
    used = ", ".join(name for name in FACT_COLUMNS if name == "id" or name in sheet.used)
    sql = f"SELECT {used} FROM shape UNION ALL BY NAME " + " UNION ALL BY NAME ".join(sheet.selects)
    parameters = {"method": method or f"table:{place.table}", "file": place.file, "sheet": place.sheet}
    parameters = {name: value for name, value in parameters.items() if f"${name}" in sql}
    step = max(1, _CHUNK // len(sheet.selects))
    with duckdb.connect() as engine:
        engine.execute("SET preserve_insertion_order = false")  # facts have no order
        engine.register("shape", FACT_SCHEMA.empty_table())
        for start in range(0, len(rows), step):
            chunk = rows.slice(start, step)
            engine.register("rows", chunk)
            for column in sheet.lists:
                engine.register(f"{column}_items", _items(chunk, column))
            yield whole_facts(engine.sql(sql, params=parameters).to_arrow_table())


def _items(rows: pa.Table, column: str) -> pa.Table:
    """The values of cells that hold several, separated by ； or ;: columns row, item, item_key."""
    cells: Any = rows[column].combine_chunks()
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    parts = pc.split_pattern_regex(cells, pattern="[；;]")
    line = pc.take(rows["row"], pc.list_parent_indices(parts))
    items = pa.table({"row": line, "item": pc.utf8_trim_whitespace(pc.list_flatten(parts))})
    items = items.append_column("item_key", normal_forms(items["item"]))
    return items.filter(pc.is_valid(items["item_key"]))
