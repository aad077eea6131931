"""Linking as scripts read it: one line per string with its links, and the frequent strings nothing was found for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from bulian.graph.errors import InputError
from bulian.graph.store import GraphView

from .linking import Linker
from .linking_vocabulary import lexicon_of, make_vocabulary
from .text_source import open_text

__all__ = ["link_lines", "linker_of", "read_strings", "suggest_lines"]

_NEAR: Final = 2  # characters of a common end that make a node worth showing beside a string


def linker_of(view: GraphView, chain: str) -> Linker:
    """A linker for a chain of the store, with the user's lexicon.

    Raises:
        NotFoundError: there is no such chain.
    """
    return Linker(make_vocabulary(chain, view.chain(chain), lexicon_of(view)))


def link_lines(strings: Iterable[tuple[Any, str]], linker: Linker, *, scope: bool) -> Iterator[dict[str, Any]]:
    """One object per string: ``id``, ``string``, ``links`` with node, role, method and confidence.

    Args:
        strings: ids and strings.
        linker: of the chain.
        scope: each string is a business scope.
    """
    for key, string in strings:
        links = linker.link_scope(string) if scope else linker.link(string)
        yield {
            "id": key, "string": string,
            "links": [
                {"node": link.node, "role": link.role, "method": link.method, "confidence": link.confidence}
                for link in links
            ],
        }  # fmt: skip


def suggest_lines(strings: Iterable[tuple[Any, str]], linker: Linker, limit: int) -> list[dict[str, Any]]:
    """The most frequent single things that link to no node: ``string``, ``count``, ``near`` (nodes that end like it)."""
    counted: Counter[str] = Counter()
    for _, string in strings:
        counted.update(thing for thing in linker.things(string) if len(thing) > 1 and not linker.match(thing))
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
    return [{"string": thing, "count": count, "near": linker.near(thing, _NEAR)} for thing, count in ordered]


def read_strings(path: Path) -> Iterator[tuple[Any, str]]:
    """Ids and strings of a file: JSON lines with ``id`` and ``string`` (or ``scope``), else one string a line.

    Raises:
        InputError: the file cannot be read, or a line that begins like JSON is none with ``string``.
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
        string = entry["string"] if "string" in entry else entry["scope"]
        if not isinstance(string, str):
            raise TypeError(string)
    except (ValueError, KeyError, TypeError) as error:
        hint = '每行应为 {"id": …, "string": "…"}，或一行一个产品名。'
        raise InputError("这一行不是要求的 JSON", where=f"{path} 第{number}行", hint=hint, code="bad_line") from error
    return entry.get("id", number), string
