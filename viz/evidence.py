"""Evidence as a page shows it: one shared list, referred to by index, with safe addresses only."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from bulian.queries.results import Evidence
from bulian.viz.model import EvidenceLine
from bulian.viz.words import MODALITY_WORDS

__all__ = ["EvidencePool", "web_address"]


def web_address(uri: str) -> str:
    """The address when it is a complete http or https one, else an empty string.

    Everything else (``javascript:``, ``file:``, UNC paths, addresses with control characters or blanks) may
    be shown as text but never becomes a link.
    """
    if any(ord(sign) <= 0x20 or ord(sign) == 0x7F or sign == "\\" for sign in uri):
        return ""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    return uri if parts.scheme.lower() in ("http", "https") and parts.hostname else ""


class EvidencePool:
    """Evidence lines in order of first mention, each kept once."""

    def __init__(self) -> None:
        self._index: dict[Evidence, int] = {}
        self._lines: list[EvidenceLine] = []

    def refer(self, evidence: Iterable[Evidence]) -> tuple[int, ...]:
        """Indexes of these pieces of evidence, adding those not seen before."""
        found: dict[int, None] = {}
        for item in evidence:
            index = self._index.setdefault(item, len(self._lines))
            if index == len(self._lines):
                self._lines.append(_line(item))
            found[index] = None
        return tuple(found)

    @property
    def lines(self) -> tuple[EvidenceLine, ...]:
        """All lines so far."""
        return tuple(self._lines)


def _line(item: Evidence) -> EvidenceLine:
    """One piece of evidence as shown: a source without title is named by its address."""
    return EvidenceLine(
        statement=item.statement,
        source=item.source.title or item.source.uri,
        date=item.source.date or "",
        href=web_address(item.source.uri),
        locator=item.locator,
        quote=item.quote,
        confidence=item.confidence,
        modality=MODALITY_WORDS.get(item.modality, item.modality),
        method=item.method,
    )
