"""What is told of how sure the labels are: flips under other thresholds, and how often labels stay under less data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from .results import NationalLabel, RegionalLabel

__all__ = ["Axis", "Bootstrap", "Flip", "Kept", "Sensitivity", "Swept"]

Axis = Literal["regional", "national"]


@dataclass(frozen=True, slots=True)
class Swept:
    """One threshold at another ``value`` than its ``base``, and how many labels ``flips`` there.

    ``skipped`` says why none or this one was not tried, None where it was.
    """

    setting: str
    base: float
    value: float
    flips: int
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Flip:
    """A label that would be another at another value of one setting. ``label`` is what it is, ``to`` what it would be."""

    product: str
    axis: Axis
    label: RegionalLabel | NationalLabel
    to: RegionalLabel | NationalLabel
    setting: str
    value: float


@dataclass(frozen=True, slots=True)
class Kept:
    """How a finding fared in the replicates.

    ``kept`` is the share (0–1) that gave both labels again, ``regional_kept`` and ``national_kept`` each; ``regional``
    and ``national`` count the labels seen. ``bounded`` is True where the product has more local makers than were
    resampled.
    """

    product: str
    kept: float
    regional_kept: float
    national_kept: float
    regional: Mapping[str, int]
    national: Mapping[str, int]
    bounded: bool


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Resampling: ``replicates`` times every row 需要, 属于 and every claim 生产 dropped with probability ``dropped``.

    ``links`` and ``claims`` are how many there were to drop; ``makers_per_scope`` bounds the makers resampled per made
    product and scope; ``note`` says what that means.
    """

    replicates: int
    seed: int
    dropped: float
    links: int
    claims: int
    makers_per_scope: int
    note: str
    findings: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Every threshold moved, one at a time, and the data thinned; ``bootstrap`` is None where none was asked for."""

    swept: tuple[Swept, ...]
    flips: tuple[Flip, ...]
    bootstrap: Bootstrap | None

    @property
    def stability(self) -> Mapping[str, Any]:
        """Product to the share of replicates that gave both labels; empty without a bootstrap."""
        return {one.product: one.kept for one in self.bootstrap.findings} if self.bootstrap else {}
