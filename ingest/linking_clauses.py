"""What the clauses of registers link to: every kind of link once, and for each clause which of them it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

import numpy as np
import pyarrow as pa

from bulian.graph.names import normal_form

from .industry import Industries
from .linking import Linker, ProductLink
from .linking_words import Role

__all__ = ["INDUSTRY", "MAIN", "SCOPE", "Clauses"]

SCOPE: Final = "business_scope"
MAIN: Final = "main_products"
INDUSTRY: Final = "industry"
_RELATIONS: Final[Mapping[Role, str]] = {
    "produce": "PRODUCES", "sell": "SELLS", "use": "USES", "service": "SERVES", "research": "RESEARCHES",
}  # fmt: skip
_STATED_MAIN: Final = 0.75
_BARE_MAIN: Final = 0.7  # confirmed at the default threshold when the row is as sure as rows are, below any stated row
_REMEMBERED: Final = 1 << 17  # clauses; those that come again come soon

_Kind = tuple[str, str, str, str, float, bool, str | None]
_COLUMNS: Final = {
    "node": pa.string(), "key": pa.string(), "relation": pa.string(), "rule": pa.string(), "share": pa.float64(),
    "bare": pa.bool_(), "modality": pa.string(),
}  # fmt: skip


class Clauses:
    """Clauses and their links; there are many clauses and few kinds of links, so those are numbered as they are met."""

    def __init__(self, linkers: Sequence[Linker], industries: Industries) -> None:
        self._linkers, self._industries = linkers, industries
        self._known = lru_cache(_REMEMBERED)(self._links)
        self._numbers: dict[_Kind, int] = {}
        self._key = lru_cache(_REMEMBERED)(normal_form)

    def places(self, predicates: list[str], clauses: list[str]) -> pa.Table:
        """A row per clause and link: ``number``, the place of the clause from 1, and ``kind``, which link it is."""
        found = [self._known(predicate, clause) for predicate, clause in zip(predicates, clauses, strict=True)]
        times = np.fromiter(map(len, found), np.int32, len(found))
        numbers = np.repeat(np.arange(1, len(found) + 1, dtype=np.int32), times)
        return pa.table({"number": numbers, "kind": pa.array(chain.from_iterable(found), pa.int32())})

    def kinds(self) -> pa.Table:
        """The kinds of links so far: ``kind``, the columns of the link, and how it is said.

        ``share`` is the part of the row's own confidence that the link deserves; ``bare`` that no verb says the role;
        ``modality`` is null where it is the row's own.
        """
        columns = list(zip(*self._numbers, strict=True)) or [()] * len(_COLUMNS)
        arrays = {name: pa.array(cells, _COLUMNS[name]) for name, cells in zip(_COLUMNS, columns, strict=True)}
        return pa.table({"kind": pa.array(range(len(self._numbers)), pa.int32()), **arrays})

    def _links(self, predicate: str, clause: str) -> tuple[int, ...]:
        made = self._hints(clause) if predicate == INDUSTRY else self._products(predicate, clause)
        return tuple(self._numbers.setdefault(kind, len(self._numbers)) for kind in made)

    def _hints(self, clause: str) -> Iterator[_Kind]:
        for hint in self._industries.hints(clause):
            rule = f"link:{INDUSTRY}:{hint.method}"
            yield hint.node, self._key(hint.node), "MENTIONED_WITH", rule, hint.confidence, False, "inferred"

    def _products(self, predicate: str, clause: str) -> Iterator[_Kind]:
        best: dict[tuple[str, Role], ProductLink] = {}
        for linker in self._linkers:  # a node of two chains is linked where either says so
            for link in linker.link_scope(clause) if predicate == SCOPE else linker.link(clause):
                if (link.node, link.role) not in best or best[link.node, link.role].confidence < link.confidence:
                    best[link.node, link.role] = link
        for link in best.values():
            relation = _RELATIONS[link.role] if link.stated or predicate == MAIN else "MENTIONED_WITH"
            rule = f"link:{predicate}:{link.method}"
            share = _share(link, predicate)
            yield link.node, self._key(link.node), relation, rule, share, not link.stated, None


def _share(link: ProductLink, predicate: str) -> float:
    """A scope is what a firm may do; of a bare main product it is taken, not said, that the firm makes it."""
    if predicate == SCOPE:
        return link.confidence
    return link.confidence * (_STATED_MAIN if link.stated else _BARE_MAIN)
