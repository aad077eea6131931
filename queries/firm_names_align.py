"""How well a short name reads as an abbreviation of a full one: the characters in order, what was left out counted.

A short name takes characters of the full name in their order. Each left-out character costs by its class (own name
dear, trade, place and legal form cheap), each jump costs, and so does each character of the short name that the full
name lacks; the best reading is found by dynamic programming (global alignment with affine gaps: Needleman & Wunsch
1970, Gotoh 1982), for all pairs of a batch at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from .firm_names import PLACE, TRADE, TRADE_ON, NameParts
from .firm_names_words import TAILS

__all__ = ["COSTS", "Costs", "align"]

_WORST: Final = -1e9


@dataclass(frozen=True, slots=True)
class Costs:
    """What a reading costs.

    ``skip`` per left-out character by class (place, own name, further in it, first of a trade, further in it, legal
    form) before the last taken one, ``head`` instead for a trade before the first taken one, ``inside`` more when the
    first taken one is inside a place (海 of 上海), ``after`` the share of it behind; ``jump`` per gap; ``missing`` per
    character the full name lacks, ``first`` more where it is the first, ``tail`` instead where it belongs to a word
    like 股份 or 科技.
    """

    skip: tuple[float, float, float, float, float, float] = (0.05, 1.2, 0.4, 0.16, 0.07, 0.03)
    head: float = 0.65
    inside: float = 0.5
    after: float = 0.9
    jump: float = 0.6
    missing: float = 5.0
    first: float = 0.6
    tail: float = 1.6


COSTS: Final = Costs()
"""Chosen on one half of 4,654 pairs of short and full names, reported on the other: docs/firm-names.md."""


def missing_costs(query: str, costs: Costs) -> list[float]:
    """What it costs per character of a short name that the full name lacks it."""
    each = [costs.missing] * len(query)
    each[0] += costs.first
    for tail in TAILS:
        if query.endswith(tail) and len(query) - len(tail) >= 2:
            each[-len(tail) :] = [costs.tail] * len(tail)
            break
    return each


def align(pairs: Sequence[tuple[str, NameParts]], costs: Costs) -> Any:
    """The score of each pair: minus what its best reading costs, 0 for a name that reads as itself.

    Args:
        pairs: short name and the parts of a full name.
        costs: what is charged.

    Returns:
        A float64 array of ``len(pairs)``.
    """
    if not pairs:
        return np.zeros(0)
    longest = max(len(query) for query, _ in pairs)
    asked = _codes([query for query, _ in pairs], longest)
    lacking = np.zeros(asked.shape)
    for line, (query, _) in enumerate(pairs):
        lacking[line, : len(query)] = missing_costs(query, costs)
    texts = [parts.text for _, parts in pairs]
    width = max(map(len, texts))
    full = _codes(texts, width)
    kinds = np.array([parts.classes.ljust(width, b"\xff") for _, parts in pairs], dtype=f"S{width}")
    kinds = kinds.view(np.uint8).reshape(len(pairs), width)
    charged = np.zeros(256)
    charged[: len(costs.skip)] = costs.skip
    skip = charged[kinds]
    charged[[TRADE, TRADE_ON]] = costs.head, costs.head / 2
    head = charged[kinds]
    head = np.cumsum(head, axis=1) - head
    head[:, 1:] += costs.inside * ((kinds[:, 1:] == PLACE) & (kinds[:, :-1] == PLACE))
    letters = np.array([query[0] in parts.letters for query, parts in pairs])[:, None] & (kinds == PLACE)
    return _best(asked, lacking, full, skip, head, letters, costs)


def _codes(texts: Sequence[str], width: int) -> Any:
    return np.array(texts, dtype=f"U{width}").view(np.uint32).reshape(len(texts), width)


def _best(asked: Any, lacking: Any, full: Any, skip: Any, head: Any, letters: Any, costs: Costs) -> Any:
    """The recursion: ``best[j]`` is the best reading so far whose last taken character is ``j``, ``none`` without any."""
    lines, width = full.shape
    upto = np.concatenate([np.zeros((lines, 1)), np.cumsum(skip, axis=1)], axis=1)
    before, behind = upto[:, :-1], upto[:, 1:]
    best = np.full((lines, width), _WORST)
    none = np.zeros((lines, 1))
    for turn in range(asked.shape[1]):
        letter = asked[:, turn : turn + 1]
        taken = (full == letter) & (letter != 0)
        if turn == 0:
            taken |= letters
        jumped = np.full((lines, width), _WORST)
        if width > 2:
            jumped[:, 2:] = np.maximum.accumulate(best + behind, axis=1)[:, :-2] - before[:, 2:] - costs.jump
        follows = np.full((lines, width), _WORST)
        follows[:, 1:] = best[:, :-1]
        reached = np.maximum(np.maximum(jumped, follows), none - head)
        left = lacking[:, turn : turn + 1]
        best = np.where(taken, np.maximum(reached, best - left), best - left)
        none = none - left
    rest = (upto[:, -1:] - behind) * costs.after
    return np.maximum((best - rest).max(axis=1), none[:, 0] - upto[:, -1] - 1.0)
