"""How sure is it that nobody makes a product here? And how much of a population has been seen at all?

"Not found" is not "not there": absence is computed only from sources that were searched and whose chance of
listing a maker that exists is declared. Method: the site-occupancy model with known detection rates (MacKenzie
et al. 2002, Ecology 83:2248) for absence; Chapman (1951) and Chao (1984, 1987) for the size of a population of
which some lists show a part; Wilson (1927) for a share that was counted. All rates and
confidences are shares from 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from statistics import NormalDist

from bulian.graph.errors import InputError

__all__ = ["Population", "chao1", "chapman", "next_rate_needed", "p_absent", "wilson"]


@dataclass(frozen=True, slots=True)
class Population:
    """An estimated number of things, most of them seen.

    ``seen`` is how many different ones were seen, ``estimate`` how many there are, ``error`` its standard error,
    ``low`` and ``high`` the confidence interval (``low`` is never below ``seen``).
    """

    seen: int
    estimate: float
    error: float
    low: float
    high: float

    @property
    def coverage(self) -> float | None:
        """The share of the estimated population that was seen; None where nothing was and nothing is."""
        return self.seen / self.estimate if self.estimate else None


def p_absent(rates: Collection[float], unverified_confidences: Iterable[float], prior: float = 0.5) -> float | None:
    """The probability that no maker exists, given that none was confirmed.

    ``P_present = ψ q / (ψ q + 1 - ψ)`` with ``q = Π (1 - rate)``, and ``P_absent = (1 - P_present) · Π (1 - conf)``.

    Args:
        rates: for each independent source that was searched and shows no maker, the probability that it lists a
            maker that exists.
        unverified_confidences: the confidences of claims too weak to count as supply; each lowers the result.
        prior: ψ, the probability before any search that a maker exists; strictly between 0 and 1.

    Returns:
        A probability, or None without any searched source: a prior alone says nothing about absence.

    Raises:
        InputError: a value is outside its range.
    """
    doubt = _doubt(rates, unverified_confidences, prior)
    if not rates:
        return None
    missed = prior * math.prod(1 - rate for rate in rates)
    return (1 - prior) / (missed + 1 - prior) * doubt


def next_rate_needed(
    rates: Collection[float],
    unverified_confidences: Iterable[float],
    *,
    threshold: float = 0.9,
    prior: float = 0.5,
) -> float | None:
    """The smallest detection rate one more source needs so that :func:`p_absent` reaches ``threshold``.

    Returns:
        A rate; 0.0 where the threshold is reached already (or any searched source would do); None where no
        source can reach it because unverified claims stand against it: those must be checked first.

    Raises:
        InputError: a value is outside its range.
    """
    claims = tuple(unverified_confidences)
    doubt = _doubt((*rates, threshold), claims, prior)
    if doubt < threshold:
        return None
    if threshold == 0:
        return 0.0
    missed = math.prod(1 - rate for rate in rates)
    allowed = (1 - prior) * (doubt / threshold - 1) / prior
    if missed <= allowed:
        return 0.0
    rate = 1 - allowed / missed
    # Rounding may leave the rate a few units in the last place short of the threshold it promises.
    while rate < 1 and (p_absent((*rates, rate), claims, prior) or 0.0) < threshold:
        rate = math.nextafter(rate, 1)
    return rate


def chapman(first: int, second: int, both: int, *, level: float = 0.95) -> Population:
    """The size of a population from two independent lists of it (capture and recapture).

    ``(n1 + 1)(n2 + 1)/(m + 1) - 1`` with the variance of Seber (1970). Lists that derive from one register are not
    independent and make the estimate too small.

    Args:
        first: how many are on the first list.
        second: how many are on the second list.
        both: how many are on both.
        level: the confidence level of the interval.

    Raises:
        InputError: a count is negative or ``both`` exceeds a list.
    """
    if not 0 <= both <= min(first, second):
        raise InputError("两份名单的重合数必须在 0 与较短名单的长度之间", where=f"{first}、{second}、{both}")
    estimate = (first + 1) * (second + 1) / (both + 1) - 1
    missed = (first + 1) * (second + 1) * (first - both) * (second - both)
    return _population(first + second - both, estimate, missed / ((both + 1) ** 2 * (both + 2)), level)


def chao1(seen: int, once: int, twice: int, *, level: float = 0.95) -> Population:
    """A lower bound for the size of a population from how often its members were seen.

    ``S + f1²/(2 f2)``; where nothing was seen exactly twice, the bias-corrected ``S + f1(f1 - 1)/2``.

    Args:
        seen: S, how many different ones were seen.
        once: f1, how many of them exactly once.
        twice: f2, how many of them exactly twice.
        level: the confidence level of the interval.

    Raises:
        InputError: a count is negative or ``once + twice`` exceeds ``seen``.
    """
    if min(once, twice) < 0 or once + twice > seen:
        raise InputError("只见一次与只见两次的个数之和不能超过总个数", where=f"{seen}、{once}、{twice}")
    if twice:
        ratio = once / twice
        variance = twice * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)
        return _population(seen, seen + once**2 / (2 * twice), variance, level)
    estimate = seen + once * (once - 1) / 2
    variance = once * (once - 1) / 2 + once * (2 * once - 1) ** 2 / 4
    return _population(seen, estimate, variance - once**4 / (4 * estimate) if once else 0.0, level)


def wilson(found: int, of: int, *, level: float = 0.95) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927, J. Am. Stat. Assoc. 22:209): its two ends, within 0–1.

    It holds the share its level says also for few trials and for shares near 0 or 1.

    Args:
        found: how many of the trials had the property.
        of: how many trials; at least one.
        level: the confidence level.

    Raises:
        InputError: a count is out of range, or the level is not between 0 and 1.
    """
    if not 0 <= found <= of or not of:
        raise InputError("重新找到的个数必须在 0 与总个数之间，总个数至少为 1", where=f"{found}、{of}")
    _within("置信水平", level)
    square = NormalDist().inv_cdf((1 + level) / 2) ** 2
    centre, half = found + square / 2, math.sqrt(square * (found * (of - found) / of + square / 4))
    low, high = (centre - half) / (of + square), (centre + half) / (of + square)
    return (0.0 if found == 0 else max(0.0, low)), (1.0 if found == of else min(1.0, high))


def _population(seen: int, estimate: float, variance: float, level: float) -> Population:
    """The log-normal interval of Chao (1987) around the unseen part, so that it never falls below what was seen."""
    _within("置信水平", level)
    error = math.sqrt(max(0.0, variance))
    unseen = estimate - seen
    if unseen <= 0:
        return Population(seen, float(max(seen, estimate)), error, float(seen), float(max(seen, estimate)))
    quantile = NormalDist().inv_cdf((1 + level) / 2)
    spread = math.exp(quantile * math.sqrt(math.log1p((error / unseen) ** 2)))
    return Population(seen, estimate, error, seen + unseen / spread, seen + unseen * spread)


def _doubt(rates: Iterable[float], confidences: Iterable[float], prior: float) -> float:
    """How far the unverified claims let absence through, ``Π (1 - conf)``; checks every value on the way."""
    for rate in rates:
        _within("检出率", rate, closed=True)
    _within("先验概率", prior)
    doubt = 1.0
    for confidence in confidences:
        _within("置信度", confidence, closed=True)
        doubt *= 1 - confidence
    return doubt


def _within(what: str, value: float, *, closed: bool = False) -> None:
    """Refuses a value outside 0 to 1; the ends themselves count only where ``closed``."""
    if not (0 <= value <= 1 if closed else 0 < value < 1):
        ends = "（含 0 和 1）" if closed else "（不含 0 和 1）"
        raise InputError(f"{what}必须在 0 和 1 之间{ends}", where=str(value), hint="请改用 0–1 的小数。")
