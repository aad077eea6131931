"""Small populations made by hypothesis, and what supply is by the words of the contract, in plain Python.

The reference reads the generated rows, never the store: it knows names, areas, groups and claims as the tables
state them and computes every aggregate by loops.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from hypothesis import strategies as st

from .places import PLACES, Place

T = TypeVar("T")


@dataclass(frozen=True)
class Firm:
    name: str
    place: Place | None  # None: the firm is in no 企业 table
    group: str | None
    status: str


@dataclass(frozen=True)
class Made:
    firm: str
    product: str
    role: str
    confidence: float
    capacity: float | None
    unit: str | None
    source: str


@dataclass(frozen=True)
class Population:
    firms: tuple[Firm, ...]
    made: tuple[Made, ...]
    threshold: float

    def renamed(self, mark: int) -> Population:
        """The same with names of its own, so that several populations share one store without touching."""
        firms = [replace(f, name=f"{f.name}{mark}", group=f"{f.group}{mark}" if f.group else None) for f in self.firms]
        made = [replace(row, firm=f"{row.firm}{mark}", product=f"{row.product}{mark}") for row in self.made]
        return Population(tuple(firms), tuple(made), self.threshold)


Pairs = Sequence[tuple[str, str]]
PRODUCTS = ("主轴", "高速主轴", "刀塔")
PAIRS = (("主轴", "主轴"), ("主轴", "高速主轴"), ("刀塔", "刀塔"), ("高速主轴", "高速主轴"))
_NAMES = tuple(f"第{number}厂" for number in range(7))
_PARENTS = ("大集团", "小集团", *_NAMES[:3])


@st.composite
def populations(draw: st.DrawFn) -> Population:
    firms = tuple(
        Firm(
            name,
            draw(st.sampled_from((*PLACES, None))),
            draw(st.sampled_from((None, None, *_PARENTS))),
            draw(st.sampled_from(("", "存续", "注销"))),
        )
        for name in _NAMES
    )
    claim = st.builds(
        Made,
        st.sampled_from((*_NAMES, "大集团")),
        st.sampled_from(PRODUCTS),
        st.sampled_from(("生产", "生产", "生产", "销售", "")),
        st.sampled_from((0.2, 0.49, 0.5, 0.75, 0.9)),
        st.sampled_from((None, 10.0, 30.0)),
        st.sampled_from((None, "台", "台", "吨")),
        st.sampled_from(("", "甲网", "乙报")),
    )
    made = draw(st.lists(claim, max_size=16))
    return Population(firms, _untied(made), draw(st.sampled_from((0.5, 0.6, 0.9))))


def _untied(made: list[Made]) -> tuple[Made, ...]:
    """Equally sure rows of one claim state the same capacity, so which of them is best makes no difference."""
    first: dict[tuple[str, str, float], Made] = {}
    for row in made:
        first.setdefault((row.firm, row.product, row.confidence), row)
    same = [first[row.firm, row.product, row.confidence] for row in made]
    return tuple(
        dict.fromkeys(replace(row, capacity=best.capacity, unit=best.unit) for row, best in zip(made, same, strict=True))
    )


def group_of(population: Population) -> dict[str, str]:
    """Every firm's group under some member's name: linked directly or through others."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for firm in population.firms:
        if firm.place is not None and firm.group:
            neighbours[firm.name].add(firm.group)
            neighbours[firm.group].add(firm.name)
    groups: dict[str, str] = {}
    for name in sorted({*neighbours, *(made.firm for made in population.made)}):
        todo = [name]
        while todo:
            member = todo.pop()
            if member not in groups:
                groups[member] = name
                todo += neighbours[member]
    return groups


@dataclass
class Claimed:
    """What all sources together say of one firm and one leaf product."""

    confidence: float
    capacity: float | None
    unit: str | None
    facts: int


def merged(population: Population) -> dict[tuple[str, str], Claimed]:
    """Claims of production by (firm, product): the highest confidence; capacity and unit of the surest row each."""
    rows: dict[tuple[str, str], list[Made]] = defaultdict(list)
    for made in population.made:
        if made.role == "生产":
            rows[made.firm, made.product].append(made)
    return {
        key: Claimed(
            max(made.confidence for made in said),
            _surest((made.confidence, made.capacity) for made in said),
            _surest((made.confidence, made.unit) for made in said),
            len(said),
        )
        for key, said in rows.items()
    }


def _surest(said: Iterable[tuple[float, T | None]]) -> T | None:
    best: list[tuple[float, T | None]] = [item for item in said if item[1] is not None]
    if not best:
        return None
    return max(best, key=lambda item: item[0])[1]


def scopes_of(place: Place | None) -> list[str]:
    if place is None:
        return ["unplaced"]
    if place.scope == "local":
        return ["local", "china"]
    if place.scope == "domestic":
        if place.vague:
            return ["china", "vague"] + (["near"] if place.code != "CN" else [])
        return ["china"]
    return ["foreign"]


@dataclass
class Maker:
    """One active firm that supplies a root."""

    name: str
    place: Place | None
    confidence: float
    capacities: list[float | None] = field(default_factory=list)
    units: list[str] = field(default_factory=list)


def makers(population: Population, pairs: Pairs) -> dict[str, list[Maker]]:
    """By root product: the active firms with any claim, over the leaves that supply the root."""
    firms = {firm.name: firm for firm in population.firms}
    claims = merged(population)
    found: dict[str, list[Maker]] = defaultdict(list)
    for root in sorted({root for root, _ in pairs}):
        leaves = [leaf for asked, leaf in pairs if asked == root]
        for name in sorted({firm for firm, product in claims if product in leaves}):
            firm = firms.get(name, Firm(name, None, None, ""))
            if firm.place is not None and firm.status == "注销":
                continue
            own = [claims[name, leaf] for leaf in leaves if (name, leaf) in claims]
            maker = Maker(name, firm.place, max(claim.confidence for claim in own))
            for claim in own:
                if claim.confidence >= population.threshold:
                    maker.capacities.append(claim.capacity)
                    maker.units.append(str(claim.unit or ""))
            found[root].append(maker)
    return found


def supply(population: Population, pairs: Pairs) -> dict[tuple[str, str], dict[str, float | int | bool | None]]:
    """The rows of GraphView.supply, by (root, scope)."""
    groups = group_of(population)
    rows = {}
    for root, found in makers(population, pairs).items():
        for scope in ("local", "china", "vague", "near", "foreign", "unplaced"):
            there = [maker for maker in found if scope in scopes_of(maker.place)]
            if there:
                rows[root, scope] = _row(there, groups, population.threshold)
    return rows


def _row(there: list[Maker], groups: dict[str, str], threshold: float) -> dict[str, float | int | bool | None]:
    confirmed = [maker for maker in there if maker.confidence >= threshold]
    by_group: dict[str, list[Maker]] = defaultdict(list)
    for maker in there:
        by_group[groups[maker.name]].append(maker)
    sure = {groups[maker.name] for maker in confirmed}
    capacities = [value for maker in confirmed for value in maker.capacities]
    units = {unit for maker in confirmed for unit in maker.units}
    known = bool(confirmed) and None not in capacities and len(units) == 1
    totals = [
        sum(value or 0.0 for maker in by_group[group] if maker in confirmed for value in maker.capacities)
        for group in sure
    ]
    shares = [total / sum(totals) for total in totals] if known else [1 / len(sure) for _ in sure]
    return {
        "firms": len(confirmed),
        "groups": len(sure),
        "hhi": sum(share * share for share in shares) if sure else None,
        "capacity_known": known,
        "provinces": len({maker.place.province for maker in confirmed if maker.place and maker.place.province}),
        "doubt": math.prod(
            1 - max(maker.confidence for maker in members) for group, members in by_group.items() if group not in sure
        ),
        "unverified": len(set(by_group) - sure),
    }
