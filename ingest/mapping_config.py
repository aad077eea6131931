"""``[mapping."NAME"]`` of ``bulian.toml``: how a file is read where the user knows better than its headers.

[mapping."名录*.xlsx"]              # a file name, or a pattern of names
table = "企业"                      # which table it is; empty: by its headers
header_row = 3                      # the row of the header, counted from 1
columns = { "单位" = "企业名称", "法人" = "" }   # header as written = header of ours, "" for not to be read
region = "温岭市"                   # of rows that name none
honour = "省级专精特新中小企业"     # of rows that name none; with level, batch, date, valid_to
flow = "进口"                       # of customs statistics that do not say it
patent_scope = "世界"               # of a patent export: where its query looked, and
patent_field = "B23B；B23Q"         # the IPC classes it covers whole ("全部" for all)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .table_match import is_known_header
from .tables import RECOGNISED, Table, table_named

__all__ = ["EVERY_FIELD", "WORLD", "FileMapping", "file_mapping", "meant_header"]

_TEXTS: Final = ("region", "honour", "level", "batch", "date", "valid_to", "flow", "patent_scope", "patent_field")
WORLD: Final = "世界"
EVERY_FIELD: Final = "全部"
_FIELD: Final = re.compile(r"(?:IPC[:：\s]*)?[A-H](?:\d{2}(?:[A-Z](?:\s*\d{1,4}(?:/\d{2,6})?)?)?)?", re.I)
_KEYS: Final = ("table", "header_row", "columns", *_TEXTS)


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How a file is read; None where its own content decides."""

    table: Table | None = None
    header_row: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    region: str | None = None
    honour: str | None = None
    level: str | None = None
    batch: str | None = None
    date: str | None = None
    valid_to: str | None = None
    flow: str | None = None
    patent_scope: str | None = None
    patent_field: str | None = None

    @property
    def patents_of_the_world(self) -> bool:
        """Whether a patent export is declared to be worldwide and whole in some classes."""
        return self.patent_scope == WORLD and self.patent_field is not None


def file_mapping(name: str, entry: Mapping[str, Any]) -> FileMapping:
    """One entry of ``[mapping]``.

    Raises:
        ValueError: it has an unknown key, an unknown table or header, or a value of the wrong form.
    """
    where = f'[mapping."{name}"] '
    if unknown := sorted(set(entry) - set(_KEYS)):
        raise ValueError(f"{where}里的 {'、'.join(unknown)} 不认识；可用：{'、'.join(_KEYS)}")
    columns = {str(key): meant_header(str(value), f'mapping."{name}"') for key, value in entry.get("columns", {}).items()}
    row = entry.get("header_row")
    if row is not None and (not isinstance(row, int) or row < 1):
        raise ValueError(f"{where}header_row 应为从 1 数起的行号")
    if entry.get("flow") not in (None, "进口", "出口"):
        raise ValueError(f"{where}flow 应为 进口 或 出口")
    field_ = entry.get("patent_field")
    if field_ is not None and field_ != EVERY_FIELD and not all(map(_FIELD.fullmatch, _parts(field_))):
        raise ValueError(f"{where}patent_field 应为 IPC 类，如 B23B；B23Q，或 {EVERY_FIELD}")
    texts = {key: str(entry[key]) for key in _TEXTS if key in entry}
    return FileMapping(_table(where, entry.get("table")), row, columns, **texts)


def _parts(text: object) -> list[str]:
    return [part.strip() for part in re.split("[;；、,，]", str(text))]


def _table(where: str, name: object) -> Table | None:
    if name is None:
        return None
    names = [table.name for table in RECOGNISED]
    if name not in names:
        raise ValueError(f"{where}没有“{name}”表；可用：{'、'.join(names)}")
    return table_named(str(name))


def meant_header(meant: str, section: str) -> str:
    """A header of ours as the user means it, "" for none; ValueError when no table has it."""
    if meant and not is_known_header(meant):
        raise ValueError(f"[{section}] 里的“{meant}”不是任何表的表头")
    return meant
