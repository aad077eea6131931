"""Which modalities count as said: declared once for Python, SQL and Cypher."""

from __future__ import annotations

from typing import Final

__all__ = ["CONFIRMED", "CONFIRMED_CYPHER", "CONFIRMED_SQL"]

CONFIRMED: Final = ("stated", "manual")
"""Said by a source, or entered by a person; planned, negated and inferred facts count for nothing on their own."""

_WORDS = ", ".join(f"'{modality}'" for modality in CONFIRMED)

CONFIRMED_SQL: Final = f"({_WORDS})"
"""The same as a list in SQL, to stand after IN."""

CONFIRMED_CYPHER: Final = f"[{_WORDS}]"
"""The same as a list in Cypher, to stand after IN."""
