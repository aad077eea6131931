"""Which firms a name can be short for: postings of characters over all names of a store.

A firm comes into question when its name has at least two of the three rarest characters of the short name; of those
the ones that have most of its characters are kept. Only the characters that are asked for get a posting list, so the
index of a million names takes seconds, and no loop goes over the names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from .firm_names_words import SIMPLE

__all__ = ["Postings"]

_CHARACTERS: Final = 0x11_0000
_LACKING: Final = 2  # characters a full name may lack
_RANKED: Final = 2_000


class Postings:
    """For each character asked for, the sorted numbers of the names that have it.

    Args:
        names: names in normal form (traditional characters are folded here).
        wanted: names whose characters will be asked for.
    """

    def __init__(self, names: Sequence[str], wanted: Iterable[str]) -> None:
        self._names = names
        characters = sorted({character for name in wanted for character in name})
        place = np.full(_CHARACTERS, -1, dtype=np.int32)
        for number, character in enumerate(characters):
            place[ord(character)] = number
        for traditional, simple in SIMPLE.items():
            place[ord(traditional)] = place[ord(simple)]
        self._number = {character: number for number, character in enumerate(characters)}
        self._of, self._starts = _sorted(names, place, len(characters))

    def of(self, character: str) -> Any:
        """Numbers of the names with this character, sorted."""
        number = self._number[character]
        return self._of[self._starts[number] : self._starts[number + 1]]

    def nearest(self, query: str, limit: int) -> Any:
        """Numbers of the names that may be meant, at most ``limit``.

        Those that have most of the characters come first, then those that have most of the neighbours side by side,
        then the shorter, then the lower number.
        """
        lists = sorted((self.of(character) for character in set(query)), key=len)
        rare = lists[:3]
        both = [one[_held(one, other)] for place, one in enumerate(rare) for other in rare[place + 1 :]] or rare
        found = _distinct(np.sort(np.concatenate(both)))
        have = np.zeros(len(found), dtype=np.int32)
        for one in lists:
            have += _held(found, one)
        found, have = found[have >= len(lists) - _LACKING], have[have >= len(lists) - _LACKING]
        if len(found) > limit:
            part = np.argsort(-have, kind="stable")[:_RANKED]
            texts = [self._names[number] for number in found[part]]
            lengths = np.array([len(text) for text in texts])
            found = found[part[np.lexsort((lengths, -_neighbours(query, texts), -have[part]))[:limit]]]
        return found


def _held(numbers: Any, among: Any) -> Any:
    """Which of some sorted numbers are among others, sorted too and perhaps many more."""
    if not len(among):
        return np.zeros(len(numbers), dtype=bool)
    return among[np.minimum(np.searchsorted(among, numbers), len(among) - 1)] == numbers


def _distinct(ordered: Any) -> Any:
    """Sorted numbers, each once; numpy's own unique hashes, which takes longer than all the rest here."""
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def _neighbours(query: str, texts: Sequence[str]) -> Any:
    """How many characters of the query stand in each text right before the next one."""
    found = np.array(texts)
    count = np.zeros(len(texts), dtype=np.int32)
    for place in range(len(query) - 1):
        count += np.char.find(found, query[place : place + 2]) >= 0
    return count


def _sorted(names: Sequence[str], place: Any, count: int) -> tuple[Any, Any]:
    """Postings of all characters one after the other, and where each begins."""
    pieces = []
    step = 100_000
    for start in range(0, len(names), step):
        part = np.array(names[start : start + step])
        width = part.dtype.itemsize // 4
        if not width:
            continue
        numbers = place[part.view(np.uint32).reshape(len(part), width)]
        line, column = np.nonzero(numbers >= 0)
        pair = numbers[line, column].astype(np.int64) * len(names) + (line + start)
        pieces.append(_distinct(np.sort(pair)))
    pairs = np.sort(np.concatenate(pieces)) if pieces else np.zeros(0, np.int64)
    starts = np.searchsorted(pairs, np.arange(count + 1, dtype=np.int64) * max(len(names), 1))
    return (pairs % max(len(names), 1)).astype(np.int32), starts
