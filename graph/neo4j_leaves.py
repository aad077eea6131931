"""The products that questions about makers walk from: their ids, and how many makers each has, looked up once."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from typing import Final

import pyarrow as pa

from .neo4j_chain import Ask
from .neo4j_facts import lowered_all
from .neo4j_schema import NODE, slot

__all__ = ["Leaves"]

_PORTION: Final = 200_000  # makers
_FOUND: Final = f"""
UNWIND $leaves AS leaf MATCH (n:{NODE} {{lowered: leaf[1]}}) WHERE n.name = leaf[0] AND n:Product
RETURN n.name, n.id, COUNT {{ (n)<-[:PRODUCES]-() }}
"""


class Leaves:
    """Products by name, at one revision of the store: one report asks of the same ones several times, side by side."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._looking = threading.Lock()
        self._known: dict[str, tuple[str, int] | None] = {}

    def portions(self, pairs: pa.Table) -> Iterator[list[list[str]]]:
        """The pairs as (root, id of the leaf): whole roots together, about equally many makers in each portion.

        Leaves without makers are left out.
        """
        wanted = sorted({(row["root"], row["leaf"]) for row in pairs.to_pylist()})
        self._look_up({leaf for _, leaf in wanted})
        portion: list[list[str]] = []
        size = 0
        last: str | None = None
        for root, leaf in wanted:
            found = self._known[leaf]
            if found is None:
                continue
            if size >= _PORTION and root != last:
                yield portion
                portion, size = [], 0
            portion.append([root, found[0]])
            size += found[1]
            last = root
        if portion:
            yield portion

    def _look_up(self, leaves: Collection[str]) -> None:
        with self._looking:
            missing = sorted(set(leaves) - self._known.keys())
            if not missing:
                return
            asked = [[leaf, slot(low)] for leaf, low in zip(missing, lowered_all(missing), strict=True)]
            self._known.update(dict.fromkeys(missing))
            self._known.update(
                (name, (node_id, makers)) for name, node_id, makers in self._ask(_FOUND, leaves=asked) if makers
            )
