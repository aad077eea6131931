"""What taking firms away by their place means for every region of the tree, decided once for both stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .regions import Regions

__all__ = ["Mark", "Removal", "marks_of", "unplaced_mark"]


@dataclass(frozen=True, slots=True)
class Removal:
    """Which firms are taken away: those of these ids, those located in these regions, all outside the mainland."""

    firms: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    foreign: bool = False


class Mark(NamedTuple):
    """A place seen from a removal.

    ``inside``: its firms count as supply; ``gone``: they are taken away; ``unsure``: the place is an area around a
    region that is taken away, so its firms stay but may be among those meant.
    """

    inside: bool
    gone: bool
    unsure: bool


def marks_of(regions: Regions, region: str | None, removal: Removal) -> dict[str, Mark]:
    """The mark of every region, by code.

    Args:
        regions: the tree.
        region: code of the region whose firms alone count; every firm counts if None.
        removal: what is taken away.

    Raises:
        NotFoundError: a code is unknown.
    """
    taken = {regions.get(code).code for code in removal.regions}
    around = {outer for code in taken for outer in regions.ancestors(code)[1:]}
    if region is not None:
        regions.get(region)
    marks = {}
    for row in regions.rows():
        path = regions.ancestors(row.code)
        gone = not taken.isdisjoint(path) or (removal.foreign and regions.is_foreign(row.code))
        marks[row.code] = Mark(region is None or region in path, gone, not gone and row.code in around)
    return marks


def unplaced_mark(region: str | None, removal: Removal) -> Mark:
    """The mark of a firm whose place is not known: it counts only where every firm does."""
    return Mark(region is None, False, bool(removal.regions) or removal.foreign)
