"""How much of the makers of a region the sources show: what one source finds again of what the others know.

Method: a source's detection rate is the share of makers that *other* sources name which it names too (re-finding of
known positives), with the interval of Wilson (1927); how many makers there are is Chapman (1951) for two sources and the
lower bound of Chao (1984) for all. Sources of one register (:mod:`bulian.queries.registers`) are one source here: they do
not find independently. Nothing of this enters a label; definitions in ``docs/coverage.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple

from .absence import Population, chao1, chapman, wilson
from .cases import rounded

__all__ = ["MOST", "Estimate", "FoundAgain", "History", "SourcePair", "estimate", "found_again", "named_by", "pairs_of"]

MOST: Final = 3
"""Sources that are not told apart are counted up to here: Chao's bound asks who was seen once and who twice."""

LEAST_KNOWN: Final = 10
"""Makers that others must know before a share of them is a detection rate, or all together before they are a sample."""

LEAST_BOTH: Final = 7
"""Makers on both lists before Chapman's estimate is nearly unbiased (Robson & Regier 1964, Trans. Am. Fish. Soc. 93)."""


class History(NamedTuple):
    """How many ``groups`` are named by exactly these ``sources`` (uris) and by so many ``others`` (3: or more)."""

    sources: frozenset[str]
    others: int
    groups: int


@dataclass(frozen=True, slots=True)
class FoundAgain:
    """Of ``known`` makers that other sources name, a source names ``again`` too; ``rate`` with its 95 % interval.

    Rate and interval are None below :data:`LEAST_KNOWN`; ``why`` says so.
    """

    known: int
    again: int
    rate: float | None
    low: float | None
    high: float | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many makers there are by what the sources show: ``seen`` ones, ``estimate`` with its 95 % interval.

    ``coverage`` is seen over estimated, with the interval that follows. All but ``seen`` are None where the counts do not
    suffice; ``why`` says so.
    """

    seen: int
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    coverage: float | None = None
    coverage_low: float | None = None
    coverage_high: float | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class SourcePair:
    """Two sources: how many makers each and both name; ``independent`` is False where both derive from ``register``."""

    first: str
    second: str
    first_makers: int
    second_makers: int
    both: int
    independent: bool
    register: str | None
    estimate: Estimate


Registers = Callable[[str], str | None]


def named_by(histories: Iterable[History]) -> Counter[str]:
    """How many groups each source names."""
    named: Counter[str] = Counter()
    for history in histories:
        named.update(dict.fromkeys(history.sources, history.groups))
    return named


def found_again(source: str, histories: Iterable[History], register: Registers) -> FoundAgain:
    """How many of the makers that sources of another register name the source names too."""
    known = again = 0
    own = register(source)
    for history in histories:
        elsewhere = any(one != source and (own is None or register(one) != own) for one in history.sources)
        if elsewhere or history.others:
            known += history.groups
            again += history.groups * (source in history.sources)
    if known < LEAST_KNOWN:
        return FoundAgain(known, again, None, None, None, f"别的来源只列出 {known} 家，不足 {LEAST_KNOWN} 家，不估计")
    low, high = wilson(again, known)
    return FoundAgain(known, again, rounded(again / known), rounded(low), rounded(high), None)


def estimate(histories: Sequence[History], register: Registers) -> Estimate:
    """How many makers there are at least, from how many sources of different registers name each (Chao's bound)."""
    times: Counter[int] = Counter()
    for history in histories:
        apart = {register(source) or f"\n{source}" for source in history.sources}
        times[len(apart) + history.others] += history.groups
    seen = sum(times.values())
    if seen < LEAST_KNOWN:
        return Estimate(seen, why=f"只见到 {seen} 家，不足 {LEAST_KNOWN} 家，不估计")
    if times[1] == seen:
        return Estimate(seen, why="没有一家被两个独立的来源都列出，不能估计")
    return _told(chao1(seen, times[1], times[2]))


def pairs_of(sources: Sequence[str], histories: Sequence[History], register: Registers) -> tuple[SourcePair, ...]:
    """Every two of these sources, with Chapman's estimate where they are independent and share enough."""
    named, both = named_by(histories), Counter[tuple[str, str]]()
    for history in histories:
        for pair in combinations([source for source in sources if source in history.sources], 2):
            both[pair] += history.groups
    return tuple(_pair(pair, named, both[pair], register) for pair in combinations(sources, 2))


def _pair(pair: tuple[str, str], named: Mapping[str, int], both: int, register: Registers) -> SourcePair:
    first, second = pair
    shared = register(first) if register(first) == register(second) else None
    seen = named[first] + named[second] - both
    if shared:
        found = Estimate(seen, why=f"两者都取自{shared}，不独立，不能由重合估计")
    elif both < LEAST_BOTH:
        found = Estimate(seen, why=f"两者都列出的只有 {both} 家，不足 {LEAST_BOTH} 家，不估计")
    else:
        found = _told(chapman(named[first], named[second], both))
    return SourcePair(first, second, named[first], named[second], both, shared is None, shared, found)


def _told(found: Population) -> Estimate:
    middle, low, high = (rounded(found.seen / size) for size in (found.estimate, found.high, found.low))
    return Estimate(found.seen, rounded(found.estimate), rounded(found.low), rounded(found.high), middle, low, high)
