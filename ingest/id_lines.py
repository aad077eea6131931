"""Texts as scripts hand them in: one a line, or JSON lines with an id."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bulian.graph.errors import InputError

from .text_source import open_text

__all__ = ["read_id_lines"]


def read_id_lines(path: Path, keys: Sequence[str]) -> Iterator[tuple[Any, str]]:
    """Ids and texts of a file: JSON lines, else one text a line; the line number is the id where none is given.

    Args:
        path: the file, in UTF-8 or GB18030.
        keys: fields that may hold the text of a JSON line; the first that is there counts.

    Raises:
        InputError: the file cannot be read, or a line that begins like JSON has no text in any of these fields.
    """
    if not path.is_file():
        raise InputError("没有这个文件", where=str(path), hint="请检查路径。", code="missing_file")
    for number, line in enumerate(open_text(path).lines(), start=1):
        text = line.removeprefix("\ufeff").strip()
        if text.startswith("{"):
            yield _from_json(text, number, path, keys)
        elif text:
            yield number, text


def _from_json(line: str, number: int, path: Path, keys: Sequence[str]) -> tuple[Any, str]:
    try:
        entry = json.loads(line)
        text = entry[next(key for key in keys if key in entry)]
        if not isinstance(text, str):
            raise TypeError("no text")
    except (ValueError, StopIteration, TypeError, RecursionError) as error:
        hint = f'每行应为 {{"id": …, "{keys[0]}": "…"}}，或直接一行一个。'
        raise InputError("这一行不是要求的 JSON", where=f"{path} 第{number}行", hint=hint, code="bad_line") from error
    return entry.get("id", number), text
