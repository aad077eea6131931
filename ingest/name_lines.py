"""Names to resolve as scripts hand them in: one a line, or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bulian.graph.errors import InputError

from .text_source import open_text

__all__ = ["read_name_lines"]


def read_name_lines(path: Path) -> Iterator[tuple[Any, str]]:
    """Ids and names of a file: JSON lines with ``id`` and ``name``, else one name a line; the line number is its id.

    Raises:
        InputError: the file cannot be read, or a line that begins like JSON is none with ``name``.
    """
    if not path.is_file():
        raise InputError("没有这个文件", where=str(path), hint="请检查路径。", code="missing_file")
    for number, line in enumerate(open_text(path).lines(), start=1):
        text = line.removeprefix("\ufeff").strip()
        if text.startswith("{"):
            yield _from_json(text, number, path)
        elif text:
            yield number, text


def _from_json(line: str, number: int, path: Path) -> tuple[Any, str]:
    try:
        entry = json.loads(line)
        name = entry["name"]
        if not isinstance(name, str):
            raise TypeError("name is no text")
    except (json.JSONDecodeError, KeyError, TypeError, RecursionError) as error:
        hint = '每行应为 {"id": …, "name": "…"}，或直接写名称。'
        raise InputError("这一行不是要求的 JSON", where=f"{path} 第{number}行", hint=hint, code="bad_line") from error
    return entry.get("id", number), name
