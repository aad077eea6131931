"""What a table is made of: columns with the headers they go by, and the table they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bulian.graph.schema import Property

__all__ = ["COMMON", "Column", "Table"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the property it fills, whether a row needs it, and other headers it goes by.

    ``weak`` are headers that say so little (名称) that they count only beside two other columns of the table.
    """

    prop: Property
    required: bool = False
    also: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """English header, also the column's name inside the pipeline."""
        return self.prop.name

    @property
    def label(self) -> str:
        """Chinese header."""
        return self.prop.label


COMMON: Final = (
    Column(Property("source", "来源", "谁说的：网址、标题或文件名；空为本文件。")),
    Column(Property("source_date", "来源日期", "来源自己的日期。", "date")),
    Column(Property("quote", "原文", "来源的原话。")),
    Column(Property("confidence", "置信度", "0–1，空为 0.9。", "share")),
    Column(Property("note", "备注", "备注；写“示例”的行不导入。")),
)
"""Columns every table accepts."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. ``any_of``: at least one of these columns must be there and filled.

    ``extra`` are columns that other people's files have and that are read, but that nobody is asked to fill in.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    example: Mapping[str, str] = field(default_factory=dict)
    any_of: tuple[str, ...] = ()
    extra: tuple[Column, ...] = ()

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Its own columns, then those every table accepts."""
        return (*self.columns, *COMMON)

    @property
    def read_columns(self) -> tuple[Column, ...]:
        """All columns that are understood, those nobody is asked for last."""
        return (*self.all_columns, *self.extra)

    def column(self, name: str) -> Column:
        """The column of that English name."""
        return next(column for column in self.read_columns if column.name == name)
