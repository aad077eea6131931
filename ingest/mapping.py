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

from bulian.graph.facts import FACT_COLUMNS, FACT_SCHEMA, id_sql
from bulian.graph.kinds import KIND_OF_CATEGORY, RELATION_OF_ROLE
from bulian.graph.names import normal_forms

from .cleaning import Cleaned

__all__ = ["Place", "map_facts"]

_CHUNK: Final = 600_000
"""About so many facts travel at a time; a store takes them best in whole row groups."""
DEFAULT_CONFIDENCE: Final = 0.9
_INSTITUTE_FORM: Final = "(大学|学院|研究院|研究所|研究总院|实验室|中心|协会|学会|设计院)$"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sheet stands: file uri, sheet name (None for CSV), table name."""

    file: str
    sheet: str | None
    table: str


class _Sheet:
    """SELECTs over one cleaned sheet; columns the file does not have read as null."""

    def __init__(self, columns: set[str], *, named: bool) -> None:
        self.columns = columns
        self.named = named  # a sheet of a workbook; a CSV has no name to state
        self.used: set[str] = set()
        self.selects: list[str] = []
        self.lists: set[str] = set()

    def has(self, column: str) -> bool:
        return column in self.columns

    def _column(self, name: str) -> str:
        return f'"{name}"' if name in self.columns else "NULL"

    def _select(self, items: Mapping[str, str], relation: str, where: str) -> None:
        said = {
            "source": self._column("source"),
            "source_date": self._column("source_date"),
            "quote": self._column("quote"),
            "note": self._column("note"),
            "confidence": f"CAST(coalesce({self._column('confidence')}, {DEFAULT_CONFIDENCE}) AS DOUBLE)",
            "modality": "'stated'",
            "method": "$method",
            "file": "$file",
            "sheet": "$sheet" if self.named else "NULL",
            "row": '"row"',
            **items,
        }
        stated = {name: expression for name, expression in said.items() if expression != "NULL"}
        self.used |= set(stated)
        columns = ", ".join(f"{expression} AS {name}" for name, expression in {"id": id_sql(stated), **stated}.items())
        self.selects.append(f"SELECT {columns} FROM {relation} WHERE {where}")

    def relate(
        self, subject: tuple[str, str], predicate: str, target: tuple[str, str], where: str = "true", **more: str
    ) -> None:
        """One relation fact per row with both ends: (kind expression, column), predicate expression, ends."""
        if not (self.has(subject[1]) and self.has(target[1])):
            return
        self._select(
            {**self._end("subject", *subject), "predicate": predicate, **self._end("object", *target), **more},
            "rows", f'({where}) AND "{subject[1]}_key" IS NOT NULL AND "{target[1]}_key" IS NOT NULL',
        )  # fmt: skip

    def _end(self, role: str, kind: str, column: str) -> dict[str, str]:
        return {f"{role}_kind": kind, role: f'"{column}"', f"{role}_key": f'"{column}_key"'}

    def tell(self, subject: tuple[str, str], predicate: str, column: str, *, named: bool = False, **more: str) -> None:
        """One property fact per row whose cell is filled; ``named`` keeps the value's normal form as an alias."""
        if not (self.has(subject[1]) and self.has(column)):
            return
        key = {"object_key": f'"{column}_key"'} if named else {}
        written = f'CAST("{column}" AS VARCHAR)'
        whole = f"regexp_replace({written}, '^(-?[0-9]+)[.]0$', '\\1')"  # 120, not 120.0
        text = f"CASE WHEN ends_with({written}, '.0') THEN {whole} ELSE {written} END"
        self._select(
            {**self._end("subject", *subject), "predicate": predicate, "value": text,
             **key, **more},
            "rows", f'"{column}" IS NOT NULL AND "{subject[1]}_key" IS NOT NULL',
        )  # fmt: skip

    def tell_each(self, subject: tuple[str, str], predicate: str, column: str, *, named: bool = False) -> None:
        """One property fact per value of a cell that holds several."""
        if not (self.has(subject[1]) and self.has(column)):
            return
        self.lists.add(column)
        key = {"object_key": "item_key"} if named else {}
        self._select(
            {**self._end("subject", *subject), "predicate": predicate, "value": "item", **key},
            f'rows JOIN "{column}_items" USING ("row")', f'"{subject[1]}_key" IS NOT NULL',
        )  # fmt: skip


def _products(sheet: _Sheet) -> None:
    product = ("'Product'", "product_name")
    sheet.tell(product, "'name'", "product_name", named=True)
    kinds = " ".join(f"WHEN '{category}' THEN '{kind}'" for category, kind in KIND_OF_CATEGORY.items())
    sheet.tell(product, "'kind'", "kind", value=f"CASE kind {kinds} END")
    sheet.relate(product, "'IN_CHAIN'", ("'Chain'", "chain"), stage=sheet._column("stage"))
    sheet.tell_each(product, "'aliases'", "aliases", named=True)
    sheet.tell(product, "'key_component'", "key_component")
    sheet.tell(product, "'final'", "final")
    sheet.tell_each(product, "'codes'", "codes")


def _links(sheet: _Sheet) -> None:
    ends = ("'Product'", "product"), ("'Product'", "object")
    chain = '"chain_key"' if sheet.has("chain") else "NULL"
    needs = {name: sheet._column(name) for name in ("essentiality", "alt_group", "cost_share")}
    sheet.relate(ends[0], "'REQUIRES'", ends[1], "relation = '需要'", chain=chain, **needs)
    sheet.relate(ends[0], "'IS_A'", ends[1], "relation = '属于'", chain=chain)
    for end in ends:  # a row that names a chain says that both its ends are links of it
        sheet.relate(end, "'IN_CHAIN'", ("'Chain'", "chain"))


def _enterprises(sheet: _Sheet) -> None:
    firm = ("'Enterprise'", "firm")
    sheet.tell(firm, "'name'", "enterprise_name", named=True)
    sheet.tell(firm, "'english_name'", "english_name", named=True)
    for name in ("short_name", "former_names"):
        sheet.tell_each(firm, f"'{name}'", name, named=True)
    for name in ("credit_code", "status", "size", "capital", "founded_on", "business_scope"):
        sheet.tell(firm, f"'{name}'", name)
    sheet.tell(firm, "'insured'", "insured", number='"insured"')
    for name in ("honours", "main_products"):
        sheet.tell_each(firm, f"'{name}'", name)
    sheet.relate(firm, "'SUBSIDIARY_OF'", ("'Enterprise'", "group"))
    _located(sheet, firm)


def _located(sheet: _Sheet, subject: tuple[str, str]) -> None:
    sheet.relate(subject, "'LOCATED_IN'", ("'Region'", "place"))
    if sheet.has("town_name"):
        sheet.relate(("'Region'", "town_name"), "'LOCATED_IN'", ("'Region'", "town_county"))


def _enterprise_products(sheet: _Sheet) -> None:
    cases = " ".join(f"WHEN '{role}' THEN '{relation}'" for role, relation in RELATION_OF_ROLE.items())
    predicate = f"coalesce(CASE role {cases} END, 'MENTIONED_WITH')" if sheet.has("role") else "'MENTIONED_WITH'"
    stated = {name: sheet._column(name) for name in ("share", "capacity", "unit", "grade")}
    sheet.relate(("'Enterprise'", "enterprise"), predicate, ("'Product'", "product"), **stated)


def _institutes(sheet: _Sheet) -> None:
    institute = ("'Institute'", "institute_name")
    sheet.tell(institute, "'name'", "institute_name", named=True)
    sheet.tell(institute, "'institute_type'", "kind")
    _located(sheet, institute)


def _institute_technologies(sheet: _Sheet) -> None:
    served = "relation IN ('检测', '培训', '服务')" if sheet.has("relation") else "false"
    for kind, column in (("'Technology'", "technology"), ("'Product'", "product")):
        ends = ("'Institute'", "institute"), (kind, column)
        sheet.relate(ends[0], "'RESEARCHES'", ends[1], f"NOT coalesce({served}, false)")
        sheet.relate(ends[0], "'SERVES'", ends[1], f"coalesce({served}, false)", service=sheet._column("relation"))


def _technologies(sheet: _Sheet) -> None:
    sheet.tell(("'Technology'", "technology"), "'name'", "technology", named=True)
    sheet.relate(("'Product'", "for_product"), "'NEEDS_TECHNOLOGY'", ("'Technology'", "technology"))


def _cooperations(sheet: _Sheet) -> None:
    kind = f"CASE WHEN regexp_matches(partner_key, '{_INSTITUTE_FORM}') THEN 'Institute' ELSE 'Enterprise' END"
    stated = {name: sheet._column(name) for name in ("topic", "year")}
    sheet.relate(("'Enterprise'", "enterprise"), "'COOPERATES_WITH'", (kind, "partner"), **stated)


def _supplies(sheet: _Sheet) -> None:
    ends = ("'Enterprise'", "supplier"), ("'Enterprise'", "buyer")
    sheet.relate(ends[0], "'SUPPLIES'", ends[1], product=sheet._column("product"), year=sheet._column("year"))


def _investments(sheet: _Sheet) -> None:
    ends = ("'Enterprise'", "investor"), ("'Enterprise'", "investee")
    sheet.relate(ends[0], "'INVESTS_IN'", ends[1], share=sheet._column("share"), date=sheet._column("date"))


def _searches(sheet: _Sheet) -> None:
    has = sheet.has("product")
    sheet._select(
        {**sheet._end("subject", "'Region'", "place"), "predicate": "'SEARCHED'",
         "object_kind": "CASE WHEN product_key IS NOT NULL THEN 'Product' END" if has else "NULL",
         "object": sheet._column("product"), "object_key": sheet._column("product_key"),
         "searched_source": '"searched_source"', "detection_rate": '"detection_rate"', "date": sheet._column("date")},
        "rows", "place_key IS NOT NULL",
    )  # fmt: skip


def _claims(sheet: _Sheet) -> None:
    sheet.tell(
        ('"subject_kind"', "subject"), '"predicate"', "value", number='"number"', year=sheet._column("year"),
        region=sheet._column("place_key"), speaker=sheet._column("speaker"),
    )  # fmt: skip


def _trade(sheet: _Sheet) -> None:
    flow = "CASE flow WHEN '进口' THEN 'import_value' WHEN '出口' THEN 'export_value' ELSE 'world_export_value' END"
    sheet.tell(
        ("'Product'", "product"), flow, "value", number='"value"', year='"year"', partner='"partner"'
    )  # fmt: skip


_TABLES: Final[Mapping[str, Callable[[_Sheet], None]]] = {
    "产品": _products,
    "产业链关系": _links,
    "企业": _enterprises,
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
}


def map_facts(cleaned: Cleaned, place: Place, *, method: str | None = None) -> Iterator[pa.Table]:
    """The facts of a cleaned sheet, as tables of :data:`~bulian.graph.facts.FACT_SCHEMA`, in chunks of rows."""
    rows = cleaned.rows
    sheet = _Sheet(set(rows.column_names), named=place.sheet is not None)
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
            yield _whole(engine.sql(sql, params=parameters).to_arrow_table())


def _whole(facts: pa.Table) -> pa.Table:
    """All columns of a table of facts; those that no row of the sheet fills are null."""
    had = set(facts.column_names)
    columns = [
        facts[field.name].cast(field.type) if field.name in had else pa.nulls(len(facts), field.type)
        for field in FACT_SCHEMA
    ]
    return pa.Table.from_arrays(columns, schema=FACT_SCHEMA)


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
