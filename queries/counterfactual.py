"""What would change a finding: the smallest changes, each tried on the rules before it is told.

A *way* is one step or several steps together; a step changes one number of the case. A way is kept only if the rules,
asked again of the changed case, give another label, and if none of its steps can be left out. Method: contrastive
explanation by minimal change of the inputs (Wachter, Mittelstadt and Russell 2018), here exact, as the rules are few.

Suppliers are added at the mean capacity of those that are there. With ``n`` groups of concentration ``h`` (HHI) and
``k`` more, the effective number is ``(n + k)² / (n² h + k)``, which grows with ``k``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from .absence import p_absent
from .rules import REGIONAL_RULES, Case, Rule, first_rule

if TYPE_CHECKING:
    from .search import Searches
    from .settings import Settings
    from .situation import Situation

__all__ = [
    "Change", "Rate", "Step", "Way", "changes_told", "rate_step", "regional_changes", "replaceable",
    "told",
]  # fmt: skip

Change = Mapping[str, Any]
"""``axis``, ``what`` (a number of the finding, ``detection_rate`` or ``import_dependence``), ``from``, ``to``, ``label``,
``text``, ``with`` (what has to change together with it, each ``what``, ``from``, ``to``)."""

_AT_MOST: Final = 1000  # suppliers to add; where more were needed the number would be no advice
_SOUND: Final = ("正常", "强链")


@dataclass(frozen=True, slots=True)
class Step:
    """One number from what it is to what it would have to be.

    ``apply`` are the changed fields of the case (name, value); ``also`` are further numbers (what, now,
    to) that change with it.
    """

    what: str
    now: Any
    to: Any
    text: str
    apply: tuple[tuple[str, Any], ...]
    also: tuple[tuple[str, Any, Any], ...] = ()


Way = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """One more independent search of this detection rate that finds none, and P_absent with it."""

    rate: float
    absent: float | None

    def step(self, field: str) -> Step:
        """The step that sets a field of the case to that P_absent."""
        text = f"再查一个检出率不低于 {self.rate:g} 的独立来源仍未见"
        return Step("detection_rate", None, self.rate, text, ((field, self.absent),))


def changes_told(
    axis: str, rules: Sequence[Rule[Any]], case: Case, settings: Settings, ways: Iterable[Way]
) -> tuple[Change, ...]:
    """The ways that lead to another label and of which no step can be left out."""
    before = first_rule(rules, case, settings).label
    found: list[Change] = []
    for way in ways:
        label = _label(rules, case, settings, way)
        fewer = ([step for step in way if step is not left_out] for left_out in way) if len(way) > 1 else ()
        if label != before and all(_label(rules, case, settings, steps) != label for steps in fewer):
            found.append(told(axis, label, way))
    return tuple(found)


def told(axis: str, label: str, way: Way) -> Change:
    """A way that leads to a label, for people and scripts."""
    numbers = [number for step in way for number in ((step.what, step.now, step.to), *step.also)]
    (what, now, to), *others = numbers
    text = f"若{'，且'.join(step.text for step in way)}，则为{label}。"
    together = [{"what": what, "from": now, "to": to} for what, now, to in others]
    return {"axis": axis, "what": what, "from": now, "to": to, "label": label, "text": text, "with": together}


def _label(rules: Sequence[Rule[Any]], case: Case, settings: Settings, way: Sequence[Step]) -> str:
    fields = dict(field for step in way for field in step.apply)
    return str(first_rule(rules, replace(case, **fields), settings).label)


def regional_changes(situation: Situation, product: str, case: Case) -> tuple[Change, ...]:
    """What would change the label of a product in the region, towards 正常 first."""
    settings, here = situation.settings, situation.region.code
    asked = settings.strong_national_share > 0
    judged = Case(
        local_groups=case.local_groups, local_n_eff=case.local_n_eff, perhaps_local=case.perhaps_local,
        domestic_groups=case.domestic_groups if asked else case.local_groups, absent_local=case.absent_local,
        blocks=case.blocks, lq=case.lq, absence_stated=case.absence_stated, honours=case.honours,
        national_share=case.national_share if asked else None,
    )  # fmt: skip
    if case.local_groups:
        return _regional(judged, settings, None, None, situation.supply[product].local.capacity_known)
    rate = rate_step(situation.here, product, situation.doubts(product, here), settings)
    would = None if case.blocks else next(iter(situation.chain.if_essential.get(product, ())), None)
    return _regional(judged, settings, rate, would, False)


# Most products of a chain have no local supplier and differ in nothing that bears on the region.
@lru_cache(maxsize=8192)
def _regional(
    case: Case, settings: Settings, rate: Rate | None, would: tuple[str, int] | None, capacity_known: bool
) -> tuple[Change, ...]:
    label = first_rule(REGIONAL_RULES, case, settings).label
    if label in _SOUND:
        ways = _of_the_sound(case, settings, label, capacity_known)
    else:
        ways = chain(_towards_sound(case, settings, label), _of_the_missing(case, settings, rate, would))
    return changes_told("regional", REGIONAL_RULES, case, settings, ways)


def _towards_sound(case: Case, settings: Settings, label: str) -> Iterator[Way]:
    """More suppliers, a higher location quotient, or both."""
    quotient = None if case.lq is None else _quotient(case, settings.lq_low)
    more = _suppliers(case, settings.n_eff_weak) if label != "短板" else None
    for way in ((more,), (more, quotient)) if more else ((quotient,),):
        if None not in way:
            yield tuple(step for step in way if step is not None)
    if case.local_groups == 0 and (more is None or more.to > 1):
        yield (_added(case, 1),)


def _of_the_missing(case: Case, settings: Settings, rate: Rate | None, would: tuple[str, int] | None) -> Iterator[Way]:
    """No supplier here: what a search would settle, what a link or an alternative would change."""
    if case.local_groups:
        return
    if rate is not None:
        yield (rate.step("absent_local"),)
    if case.perhaps_local:
        text = f"所在地只知到上级地区的 {case.perhaps_local} 家都查明不在本地"
        yield (Step("near_groups", case.perhaps_local, 0, text, (("perhaps_local", 0),)),)
    if case.blocks:
        yield (replaceable(case.blocks),)
    if would is not None:
        user, count = would
        text = f"“{user}”对它的需要为必需（将停 {count} 种终端产品）"
        yield (Step("blocks", 0, count, text, (("blocks", count),)),)


def replaceable(blocks: int) -> Step:
    """Alternatives wherever nothing does without it."""
    return Step("blocks", blocks, 0, "每个非它不可的地方都有了替代（替代组）", (("blocks", 0),))


def _of_the_sound(case: Case, settings: Settings, label: str, capacity_known: bool) -> Iterator[Way]:
    """Suppliers it can lose before the label falls, and what is lacking to 强链."""
    if label == "正常":
        lacking = [_suppliers(case, settings.n_eff_strong), _quotient(case, settings.lq_strong)]
        steps = tuple(step for step in lacking if step is not None)
        if steps:
            yield steps
    if case.local_groups > 2 and capacity_known:
        return  # which of unequal suppliers goes would decide, and shares are not known one by one
    limit = settings.n_eff_strong if label == "强链" else settings.n_eff_weak
    left = max(1, min(case.local_groups, ceil(limit)) - 1)
    share = left / (case.domestic_groups - case.local_groups + left)
    fields = {"local_groups": left, "local_n_eff": float(left), "national_share": share}
    yield (Step("local_groups", case.local_groups, left, f"独立的本地供应者只剩 {left} 家", tuple(fields.items())),)


def _suppliers(case: Case, limit: float) -> Step | None:
    """The fewest suppliers of mean capacity more with which there are several and their effective number suffices."""
    if case.local_groups > 1 and case.local_n_eff >= limit:
        return None
    for more in range(1, _AT_MOST + 1):
        if case.local_groups + more > 1 and _effective(case, more) >= limit:
            return _added(case, more)
    return None


def _effective(case: Case, more: int) -> float:
    """The effective number of suppliers with so many more of mean capacity."""
    groups = case.local_groups
    return (groups + more) ** 2 / ((groups**2 / case.local_n_eff if groups else 0.0) + more)


def _added(case: Case, more: int) -> Step:
    groups = case.local_groups
    size = "（产能为现有各家的平均）" if groups else ""
    fields = {
        "local_groups": groups + more,
        "local_n_eff": _effective(case, more),
        "domestic_groups": case.domestic_groups + more,
        "absent_local": None if case.absent_local is None else 0.0,
        "national_share": (groups + more) / (case.domestic_groups + more),
    }
    return Step("local_groups", groups, groups + more, f"再有 {more} 家独立的本地供应者{size}", tuple(fields.items()))


def _quotient(case: Case, limit: float) -> Step | None:
    if case.lq is not None and case.lq >= limit:
        return None
    text = f"查明区位商不低于 {limit:g}" if case.lq is None else f"区位商由 {case.lq:g} 升到 {limit:g}"
    return Step("lq", case.lq, limit, text, (("lq", limit),))


def rate_step(searches: Searches, product: str, doubts: Sequence[float], settings: Settings) -> Rate | None:
    """The smallest detection rate (rounded up to four places) of one more source that settles absence, None without."""
    needed = searches.rate_needed(product, doubts, settings)
    if needed is None:
        return None
    return _rate(needed, tuple(search.rate for search in searches.of(product)), tuple(doubts), settings.prior)


@lru_cache(maxsize=4096)
def _rate(needed: float, rates: tuple[float, ...], doubts: tuple[float, ...], prior: float) -> Rate:
    rate = min(1.0, ceil(needed * 1e4) / 1e4)
    return Rate(rate, p_absent((*rates, rate), doubts, prior))
