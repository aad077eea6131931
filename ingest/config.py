"""``bulian.toml`` beside the files: titles, publishers, dates, what a source covers, header words of the user's own.

[folder]
chain = "数控机床"                  # for rows that name no chain
uri = "example:demo"                # stable address of the folder instead of its path
[source.default]                    # for every file of the folder
publisher = "温岭市经信局"
[source."名录.xlsx"]
title = "温岭市机床企业名录"
date = "2024-12-31"
covers = [{ region = "温岭市", products = ["刀塔"], detection_rate = 0.8 }]
keep_contacts = true                # keep how to reach the firms; at the top of the file, above the sections
[headers]                           # header as written = header of ours; "" for a column not to be read
"单位" = "企业名称"
[mapping."名录*.xlsx"]              # how a file is read, whatever is found in it: see mapping_config.py
table = "企业"
columns = { "单位" = "企业名称" }
[settings]                          # thresholds of the questions
[graph."neo4j://localhost:7687"]    # how a graph of others maps onto our tables: see graph_config.py
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

from bulian.graph.errors import InputError

from .mapping_config import FileMapping, file_mapping, meant_header

__all__ = ["CONFIG_NAME", "FolderConfig", "SourceConfig", "read_config", "source_config"]

CONFIG_NAME: Final = "bulian.toml"


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """What the user says of one file. ``covers``: (region, product or None, detection rate, date or None)."""

    title: str | None = None
    publisher: str | None = None
    date: str | None = None
    covers: tuple[tuple[str, str | None, float, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class FolderConfig:
    """What the user says of a folder of files; ``default`` of every source and ``graphs`` as written."""

    chain: str | None = None
    uri: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, SourceConfig] = field(default_factory=dict)
    default: Mapping[str, Any] = field(default_factory=dict)
    graphs: Mapping[str, Any] = field(default_factory=dict)
    keep_contacts: bool = False
    mappings: Mapping[str, FileMapping] = field(default_factory=dict)

    def mapping(self, name: str) -> FileMapping:
        """How the file of that name is to be read: the first pattern that fits, with the headers of the folder."""
        said = next((entry for pattern, entry in self.mappings.items() if fnmatch(name, pattern)), FileMapping())
        return replace(said, columns={**self.headers, **said.columns})

    def source(self, name: str) -> SourceConfig:
        """What is said of the file of that name, else of every file."""
        return self.sources.get(name) or self.sources.get("default") or SourceConfig()


def read_config(folder: Path) -> FolderConfig:
    """The settings beside the files of a folder; empty when there is no ``bulian.toml``.

    Raises:
        InputError: the file is no TOML, or an entry has the wrong form; the message names it.
    """
    path = folder / CONFIG_NAME
    if not path.is_file():
        return FolderConfig()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("设置文件读不懂", where=str(path), hint=str(error), code="bad_config") from error
    try:
        entries = data.get("source", {})
        default = entries.get("default", {})
        sources = {name: source_config({**default, **entry}) for name, entry in entries.items()}
        folder_entry = data.get("folder", {})
        headers = {str(key): meant_header(str(value), "headers") for key, value in data.get("headers", {}).items()}
        mappings = {str(name): file_mapping(str(name), entry) for name, entry in data.get("mapping", {}).items()}
        keep = data.get("keep_contacts", folder_entry.get("keep_contacts", False))
        if not isinstance(keep, bool):
            raise ValueError("keep_contacts 应为 true 或 false")
        return FolderConfig(
            folder_entry.get("chain"), folder_entry.get("uri"), headers, dict(data.get("settings", {})), sources,
            dict(default), dict(data.get("graph", {})), keep, mappings,
        )  # fmt: skip
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            "设置文件的写法不对", where=str(path), hint=f"请对照文档改正：{error}", code="bad_config"
        ) from error


def source_config(entry: Mapping[str, Any]) -> SourceConfig:
    """One entry of ``[source]``; AttributeError, KeyError, TypeError or ValueError when it has the wrong form."""
    covers: list[tuple[str, str | None, float, str | None]] = []
    for cover in entry.get("covers", []):
        rate = float(cover["detection_rate"])
        if not 0 <= rate <= 1:
            raise ValueError(f"检出率应在 0 到 1 之间，不是 {rate}")
        date = str(cover["date"]) if "date" in cover else entry.get("date")
        covers.extend((str(cover["region"]), product, rate, date) for product in cover.get("products") or [None])
    return SourceConfig(entry.get("title"), entry.get("publisher"), entry.get("date"), tuple(covers))
