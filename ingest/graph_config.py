"""How a graph that others made maps onto our tables: the ``[graph]`` part of ``bulian.toml``.

[graph."neo4j://localhost:7687"]    # or [graph.default] for every address that has none of its own
title = "某市产业链图谱"              # title, publisher, date, covers as in [source]; uri: stable address instead
[[graph."neo4j://localhost:7687".nodes]]
label = "Company"
table = "企业"
columns = { "企业名称" = "name", "省份" = "province" }     # header of ours = property of the node
[[graph."neo4j://localhost:7687".edges]]
type = "MAKES"
from_label = "Company"              # from_label, to_label: only relationships between such nodes; may be left out
table = "企业产品"
from = "企业名称"                     # the start node's name; { "企业名称" = "title" } for another property
to = "产品名称"
columns = { "产能" = "capacity" }     # properties of the relationship
constants = { "角色" = "生产" }       # the same in every row
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from bulian.graph.errors import InputError, UsageError
from bulian.graph.neo4j_server import Address

from .cell_text import text_of
from .config import CONFIG_NAME, FolderConfig, SourceConfig, source_config
from .table_match import Match, match_table
from .tables import TABLES, Table

__all__ = ["Column", "GraphMapping", "Part", "nearest", "read_mapping"]

DEFAULT: Final = "default"
_SAID: Final = ("title", "publisher", "date", "covers")
_SECTION_KEYS: Final = (*_SAID, "uri", "nodes", "edges")
_NODE_KEYS: Final = ("label", "table", "columns", "constants")
_EDGE_KEYS: Final = ("type", "table", "from", "to", "columns", "constants", "from_label", "to_label")
_NAME: Final = "name"
"""The property that names a node where the mapping says no other."""


@dataclass(frozen=True, slots=True)
class Column:
    """One of our headers and what fills it: a property of ``n`` (node), ``a``, ``r``, ``b`` (start, edge, end)."""

    header: str
    owner: Literal["n", "a", "r", "b"]
    property: str


@dataclass(frozen=True, slots=True)
class Part:
    """A label or a relationship type and the table its elements are rows of.

    ``name`` is the label or type, ``ends`` the labels start and end must have, ``match`` fits the headers of
    ``columns`` and then of ``constants`` to the table, ``where`` says where the user wrote it.
    """

    name: str
    is_edge: bool
    columns: tuple[Column, ...]
    constants: tuple[tuple[str, str], ...]
    ends: tuple[str | None, str | None]
    match: Match
    where: str

    @property
    def headers(self) -> tuple[str, ...]:
        """Our headers, in the order of the columns."""
        return (*(column.header for column in self.columns), *(header for header, _ in self.constants))


@dataclass(frozen=True, slots=True)
class GraphMapping:
    """All parts of one graph, what the user says of it as a source, and the stable address given for it."""

    parts: tuple[Part, ...]
    said: SourceConfig
    uri: str | None


def read_mapping(config: FolderConfig, address: Address) -> GraphMapping | None:
    """The mapping for an address, else the default one, else None.

    The scheme does not matter: bolt:// and neo4j:// of one host and port are one server.

    Raises:
        InputError: the mapping is wrong; the message names the place and what may stand there.
    """
    for name, section in config.graphs.items():
        if name != DEFAULT and _place(_address(name)) == _place(address):
            return _mapping(name, section, config)
    if DEFAULT in config.graphs:
        return _mapping(DEFAULT, config.graphs[DEFAULT], config)
    return None


def nearest(name: str, known: Iterable[str]) -> str:
    """What may have been meant, in words: the close names first, then all there is."""
    names = list(dict.fromkeys(known))
    close = difflib.get_close_matches(name, names, n=3)
    listed = "、".join(names[:50]) + ("……" if len(names) > 50 else "")
    guess = f"是不是 {'、'.join(close)}？" if close else ""
    return f"{guess}有：{listed or '无'}。"


def _address(name: str) -> Address:
    try:
        return Address.parse(name)
    except UsageError as error:
        hint = f'{error.message}。请写如 [graph."neo4j://主机:7687"] 或 [graph.{DEFAULT}]。'
        raise InputError("图的地址不对", where=f"{CONFIG_NAME} 的 [graph]", hint=hint, code="bad_config") from error


def _place(address: Address) -> tuple[str, str | None]:
    return address.uri.partition("://")[2].lower(), address.database


def _fault(where: str, message: str, hint: str) -> InputError:
    return InputError(message, where=where, hint=hint, code="bad_config")


def _mapping(name: str, section: Any, config: FolderConfig) -> GraphMapping:
    shown = name if name == DEFAULT else f'"{name}"'
    where = f"{CONFIG_NAME} 的 [graph.{shown}]"
    _check_keys(section, _SECTION_KEYS, where)
    parts: list[Part] = []
    for kind in ("nodes", "edges"):
        entries = section.get(kind, [])
        if not isinstance(entries, list):
            raise _fault(where, f"{kind} 应是若干项", f"请写 [[graph.{shown}.{kind}]]。")
        for number, entry in enumerate(entries, 1):
            place = f"{CONFIG_NAME} 的 [[graph.{shown}.{kind}]] 第 {number} 项"
            parts.append(_node(entry, place) if kind == "nodes" else _edge(entry, place))
    if not parts:
        raise _fault(where, "映射是空的", f"请写 [[graph.{shown}.nodes]] 或 [[graph.{shown}.edges]]。")
    try:
        said = source_config({**config.default, **{key: section[key] for key in _SAID if key in section}})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _fault(where, "设置文件的写法不对", f"请对照文档改正：{error}") from error
    uri = section.get("uri")
    return GraphMapping(tuple(parts), said, _text(section, "uri", where) if uri is not None else None)


def _check_keys(entry: Any, allowed: Sequence[str], where: str) -> None:
    if not isinstance(entry, dict):
        raise _fault(where, "这里应是一节设置", f"可写：{'、'.join(allowed)}。")
    for key in entry:
        if key not in allowed:
            raise _fault(where, f"不认识“{key}”", nearest(key, allowed))


def _node(entry: Any, where: str) -> Part:
    _check_keys(entry, _NODE_KEYS, where)
    columns = [Column(header, "n", prop) for header, prop in _pairs(entry, "columns", where)]
    if not columns:
        raise _fault(where, "没有写 columns", '请写如 columns = { "企业名称" = "name" }。')
    return _part(entry, "label", columns, (None, None), where)


def _edge(entry: Any, where: str) -> Part:
    _check_keys(entry, _EDGE_KEYS, where)
    columns: list[Column] = []
    for key, owner in (("from", "a"), ("to", "b"), ("columns", "r")):
        value = entry.get(key)
        if key != "columns" and isinstance(value, str):
            entry = {**entry, key: {value: _NAME}}
        found = [Column(header, owner, prop) for header, prop in _pairs(entry, key, where)]  # type: ignore[arg-type]
        if key != "columns" and not found:
            raise _fault(where, f"没有写 {key}", f'请写如 {key} = "企业名称"（取节点的 name），或写成对照表。')
        columns += found
    ends = tuple(_text(entry, key, where) if key in entry else None for key in ("from_label", "to_label"))
    return _part(entry, "type", columns, (ends[0], ends[1]), where)


def _part(
    entry: Mapping[str, Any], named: str, columns: list[Column], ends: tuple[str | None, str | None], where: str
) -> Part:
    table = _table(_text(entry, "table", where), where)
    constants = tuple(_pairs(entry, "constants", where, values=(str, bool, int, float)))
    headers = [*(column.header for column in columns), *(header for header, _ in constants)]
    match = _match(headers, table, where)
    return Part(_text(entry, named, where), named == "type", tuple(columns), constants, ends, match, where)


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise _fault(where, f"{key} 应写一个名称", f'请写如 {key} = "…"。')
    return value


def _pairs(entry: Mapping[str, Any], key: str, where: str, values: tuple[type, ...] = (str,)) -> list[tuple[str, str]]:
    given = entry.get(key, {})
    if not isinstance(given, dict) or not all(isinstance(value, values) and value != "" for value in given.values()):
        raise _fault(where, f"{key} 应是对照表", f'请写如 {key} = {{ "表头" = "属性或值" }}。')
    return [(header, text_of(value)) for header, value in given.items()]


def _table(name: str, where: str) -> Table:
    for table in TABLES:
        if table.name == name:
            return table
    raise _fault(where, f"没有“{name}”这种表", nearest(name, [table.name for table in TABLES]))


def _match(headers: list[str], table: Table, where: str) -> Match:
    """The headers fitted to the table; every one must be understood, once, and none may be missing."""
    labels = [column.label for column in table.all_columns]
    match = match_table(headers, None, table)
    if match is None or match.unmapped or match.duplicates:
        wrong = match.unmapped if match else headers
        if not wrong:
            raise _fault(where, f"“{table.name}”表的同一列写了两次", f"请只留一个：{'、'.join(headers)}。")
        raise _fault(where, f"“{table.name}”表没有表头“{wrong[0]}”，或与另一个表头同义", nearest(wrong[0], labels))
    if match.missing:
        raise _fault(where, f"“{table.name}”表缺少表头：{'、'.join(match.missing)}", nearest(match.missing[0], labels))
    return match
