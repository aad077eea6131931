"""The rows 需要 of a chain: merged over repeats into needs, and where they contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, NamedTuple

__all__ = ["Conflict", "Essentiality", "Need", "Requirement", "conflicts_of", "merged"]

Essentiality = bool | None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row 需要: ``product`` needs ``object``.

    ``essential`` is True for 必需, False for 非必需, None where the row does not say; ``alt_group`` names the
    group of alternatives the row belongs to, empty for none.
    """

    product: str
    object: str
    essential: Essentiality
    alt_group: str = ""


class Conflict(NamedTuple):
    """Rows that contradict each other on one link; both stay, the stricter one is computed with.

    ``kind``: 必需 against 非必需, or 必需 on its own against a member of a group of alternatives.
    """

    product: str
    object: str
    kind: Literal["essentiality", "alternatives"]
    message: str


class Need(NamedTuple):
    """Merged rows: ``product`` needs one of ``members`` (object -> 必需, 非必需 or not stated).

    ``alt_group`` is empty for an object that stands alone; then there is exactly one member.
    """

    product: str
    alt_group: str
    members: dict[str, Essentiality]

    @property
    def blocking(self) -> bool:
        """Whether the product stops without it: at least one row is 必需."""
        return True in self.members.values()


def merged(rows: Iterable[Requirement]) -> tuple[Need, ...]:
    """The rows merged over repeats: objects that stand alone, then groups, each in the order of the rows.

    Where a row of a link is in a group, rows without one that do not say 必需 add nothing to it.
    """
    alone: dict[tuple[str, str], Essentiality] = {}
    groups: dict[tuple[str, str], dict[str, Essentiality]] = defaultdict(dict)
    for product, name, word, group in map(attrgetter("product", "object", "essential", "alt_group"), rows):
        if group:
            members = groups[product, group]
            members[name] = _stricter(members.get(name), word)
        else:
            alone[product, name] = _stricter(alone.get((product, name)), word)
    grouped = {(product, name) for (product, _), members in groups.items() for name in members}
    lone = (
        Need(product, "", {name: word})
        for (product, name), word in alone.items()
        if word or (product, name) not in grouped
    )
    return (*lone, *(Need(product, group, members) for (product, group), members in groups.items()))


def conflicts_of(rows: Iterable[Requirement]) -> tuple[Conflict, ...]:
    """Links whose rows contradict each other, sorted."""
    said: dict[tuple[str, str], set[Essentiality]] = defaultdict(set)
    strict: dict[tuple[str, str], set[bool]] = defaultdict(set)
    for row in rows:
        said[row.product, row.object].add(row.essential)
        if row.alt_group or row.essential:
            strict[row.product, row.object].add(bool(row.alt_group))
    either = "有的来源写必需，有的写非必需；按必需计算"
    lone = "有的来源写单独必需，有的写可替代；按单独必需计算"
    found = [
        Conflict(a, b, "essentiality", f"“{a}”需要“{b}”：{either}")
        for (a, b), words in said.items()
        if {True, False} <= words
    ]
    found += [
        Conflict(a, b, "alternatives", f"“{a}”需要“{b}”：{lone}") for (a, b), places in strict.items() if len(places) == 2
    ]
    return tuple(sorted(found))


def _stricter(known: Essentiality, word: Essentiality) -> Essentiality:
    """What two rows say of one link: 必需 beats 非必需, either beats not stated."""
    return word if known is None else known or bool(word)
