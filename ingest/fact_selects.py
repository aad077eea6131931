"""SELECTs that make facts of the rows of one cleaned sheet; columns the file does not have cost nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bulian.graph.facts import id_sql

__all__ = ["DEFAULT_CONFIDENCE", "FactSelects"]

DEFAULT_CONFIDENCE: Final = 0.9


class FactSelects:
    """SELECTs over one cleaned sheet; columns the file does not have read as null."""

    def __init__(self, columns: set[str], *, named: bool) -> None:
        self.columns = columns
        self.named = named  # a sheet of a workbook; a CSV has no name to state
        self.used: set[str] = set()
        self.selects: list[str] = []
        self.lists: set[str] = set()

    def has(self, column: str) -> bool:
        """Whether the sheet has that column."""
        return column in self.columns

    @property
    def confidence(self) -> str:
        """SQL of how surely a row says what it says."""
        return f"CAST(coalesce({self.column('confidence')}, {DEFAULT_CONFIDENCE}) AS DOUBLE)"

    def column(self, name: str) -> str:
        """SQL of a column of the sheet, NULL where it has none of that name."""
        return f'"{name}"' if name in self.columns else "NULL"

    def select(self, items: Mapping[str, str], relation: str, where: str) -> None:
        """One fact per row of a relation: SQL expression per column of a fact, over what the row itself says."""
        said = {
            "source": self.column("source"),
            "source_date": self.column("source_date"),
            "quote": self.column("quote"),
            "note": self.column("note"),
            "confidence": self.confidence,
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
        self.select(
            {**self.end("subject", *subject), "predicate": predicate, **self.end("object", *target), **more},
            "rows", f'({where}) AND "{subject[1]}_key" IS NOT NULL AND "{target[1]}_key" IS NOT NULL',
        )  # fmt: skip

    def end(self, role: str, kind: str, column: str) -> dict[str, str]:
        """The columns of one end of a fact: kind expression, and the column that names it."""
        return {f"{role}_kind": kind, role: f'"{column}"', f"{role}_key": f'"{column}_key"'}

    def tell(self, subject: tuple[str, str], predicate: str, column: str, *, named: bool = False, **more: str) -> None:
        """One property fact per row whose cell is filled; ``named`` keeps the value's normal form as an alias."""
        if not (self.has(subject[1]) and self.has(column)):
            return
        key = {"object_key": f'"{column}_key"'} if named else {}
        written = f'CAST("{column}" AS VARCHAR)'
        whole = f"regexp_replace({written}, '^(-?[0-9]+)[.]0$', '\\1')"  # 120, not 120.0
        text = f"CASE WHEN ends_with({written}, '.0') THEN {whole} ELSE {written} END"
        self.select(
            {**self.end("subject", *subject), "predicate": predicate, "value": text,
             **key, **more},
            "rows", f'"{column}" IS NOT NULL AND "{subject[1]}_key" IS NOT NULL',
        )  # fmt: skip

    def tell_each(
        self, subject: tuple[str, str], predicate: str, column: str, *, named: bool = False, **more: str
    ) -> None:
        """One property fact per value of a cell that holds several."""
        if not (self.has(subject[1]) and self.has(column)):
            return
        self.lists.add(column)
        key = {"object_key": "item_key"} if named else {}
        self.select(
            {**self.end("subject", *subject), "predicate": predicate, "value": "item", **key, **more},
            f'rows JOIN "{column}_items" USING ("row")', f'"{subject[1]}_key" IS NOT NULL',
        )  # fmt: skip
