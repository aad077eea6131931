"""How far an ingest is, told to whoever watches: files, rows within a file, then what is done over all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Progress", "Steps"]

Progress = Callable[[str, float, float], None]
"""Called with what is being done, how many steps are done (with the part of the current one), and how many there are."""
_AFTER: Final = 2  # steps after the files: names and edges, links to the chains


class Steps:
    """The steps of one ingest: one a file and two for the whole.

    Args:
        progress: is told.
        files: how many there are.
    """

    def __init__(self, progress: Progress, files: int) -> None:
        self._progress = progress
        self._files = files
        self._doing = ""
        self._done = 0

    def _tell(self, doing: str, part: float = 0.0) -> None:
        self._progress(doing, self._done + part, self._files + _AFTER)

    def file(self, name: str, done: int) -> None:
        """A file begins; ``done`` are through."""
        self._doing, self._done = name, done
        self._tell(name)

    def through(self, facts: Iterator[pa.Table], rows: int) -> Iterator[pa.Table]:
        """The same facts of a sheet of so many rows, told chunk by chunk; a small sheet comes in one."""
        first = 0
        for chunk in facts:
            yield chunk
            at = pc.max(chunk["row"]).as_py() or first if "row" in chunk.column_names else first
            first = max(first, at)
            self._tell(f"{self._doing}：{min(first, rows):,} / {rows:,} 行", min(first / rows, 1.0) if rows else 1.0)

    def derive(self) -> None:
        """Names are resolved and edges merged."""
        self._done = self._files
        self._tell("解析名称、合并关系")

    def link(self, title: str, texts: int) -> None:
        """Texts of registers are linked to the chains; so many of this file so far."""
        self._done = self._files + 1
        self._tell(f"挂到产业链 {title}：{texts:,} 段")
