"""Header cells compared: width, brackets, spaces and letter case do not matter."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

__all__ = ["fold_header"]

_LONGEST: Final = 100  # a longer cell is no header; it is folded too, but not remembered


def fold_header(cell: str) -> str:
    """A header cell in the form headers are compared in; empty for a blank cell."""
    return _remembered(cell) if len(cell) <= _LONGEST else _folded(cell)


def _folded(cell: str) -> str:
    folded = unicodedata.normalize("NFKC", cell).strip().strip("*:").casefold()
    for written, meant in (("〔", "("), ("〕", ")"), ("【", "("), ("】", ")"), ("[", "("), ("]", ")")):
        folded = folded.replace(written, meant)
    return "".join(folded.split())


# Every row at the top of a sheet is compared with every table, so the same cells come again and again.
_remembered = lru_cache(maxsize=4096)(_folded)
