"""Header cells compared: width, brackets, spaces and letter case do not matter."""

from __future__ import annotations

import unicodedata

__all__ = ["fold_header"]


def fold_header(cell: str) -> str:
    """A header cell in the form headers are compared in; empty for a blank cell."""
    folded = unicodedata.normalize("NFKC", cell).strip().strip("*:").casefold()
    for written, meant in (("〔", "("), ("〕", ")"), ("【", "("), ("】", ")"), ("[", "("), ("]", ")")):
        folded = folded.replace(written, meant)
    return "".join(folded.split())
