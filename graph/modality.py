"""Which modalities count as said: declared once for Python, SQL and Cypher."""

from __future__ import annotations

from typing import Final

__all__ = ["CONFIRMED", "CONFIRMED_CYPHER", "CONFIRMED_SQL", "DENIED", "VOID", "VOID_SQL"]

CONFIRMED: Final = ("stated", "manual")
"""Said by a source, or entered by a person; planned, negated and inferred facts count for nothing on their own."""

_WORDS = ", ".join(f"'{modality}'" for modality in CONFIRMED)

CONFIRMED_SQL: Final = f"({_WORDS})"
"""The same as a list in SQL, to stand after IN."""

CONFIRMED_CYPHER: Final = f"[{_WORDS}]"
"""The same as a list in Cypher, to stand after IN."""

DENIED: Final = "denied"
"""Stated by a source, and denied by a person since (:mod:`bulian.graph.verdicts`)."""
VOID: Final = ("negated", DENIED)
"""Said not to be so, or denied by a person: no value of anything."""
VOID_SQL: Final = f"({', '.join(repr(modality) for modality in VOID)})"
"""The same as a list in SQL, to stand after IN."""
