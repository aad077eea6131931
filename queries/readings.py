"""What a region on a chain is judged by, read once and weighed again under other thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from bulian.graph.modality import CONFIRMED
from bulian.graph.store import GraphView, Link

from .assumption import Assumption, assume
from .cases import perhaps_strong, read_honours
from .chain_graph import ChainGraph, assembled
from .claims import ProductClaims, claim_rows, weighed
from .settings import Settings
from .situation import Situation, read_situation
from .supply import ProductSupply, read_supply

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Readings"]

_WEIGHED: Final = ("confidence", "concentration", "import_ratio", "dependence_years", "dependence_window")


class Readings:
    """A situation, and the same under other thresholds; the store is asked in the background, one question at a time.

    ``base`` is the situation under the thresholds asked for.
    """

    def __init__(
        self, view: GraphView, region: str, chain: str, settings: Settings, assumptions: Sequence[Assumption] = ()
    ) -> None:
        self._view = view
        self.base: Situation = assume(view, read_situation(view, region, chain, settings), assumptions)
        self._reader = ThreadPoolExecutor(max_workers=1)
        self._supplies: dict[float, Future[Mapping[str, ProductSupply]]] = {}
        self._claimed: Future[pa.Table] | None = None

    def __enter__(self) -> Readings:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.shutdown(cancel_futures=True)

    def prepare(self, confidences: Sequence[float], makers: bool) -> None:
        """Begin to read supply under these confidences, and the makers to resample."""
        for confidence in confidences:
            self._ask_supply(replace(self.base.settings, confidence=confidence))
        if makers:
            self._ask_makers()

    def _ask_supply(self, settings: Settings) -> Future[Mapping[str, ProductSupply]]:
        """Supply under other thresholds; by what its pairs are under them."""
        if settings.confidence not in self._supplies:
            pairs, region = self.base.chain.pairs(), self.base.region.code  # 属于 counts whatever its confidence
            asked = self._reader.submit(read_supply, self._view, pairs, region, settings)
            self._supplies[settings.confidence] = asked
        return self._supplies[settings.confidence]

    def _ask_makers(self) -> Future[pa.Table]:
        from .thinning import read_claimed

        if self._claimed is None:
            leaves = sorted({leaf for leaves in self.base.chain.leaves.values() for leaf in leaves})
            self._claimed = self._reader.submit(read_claimed, self._view, leaves, self.base.region.code)
        return self._claimed

    def claimed(self) -> pa.Table:
        """The best supported makers of every made product; see :func:`~bulian.queries.thinning.read_claimed`."""
        return self._ask_makers().result()

    @cached_property
    def links(self) -> list[Link]:
        """The rows 需要 and 属于 that count for the chain."""
        return [link for link in self._view.links(self.base.chain.name) if link[2]["modality"] in CONFIRMED]

    @cached_property
    def _rows(self) -> list[Mapping[str, Any]]:
        return claim_rows(self._view, self.base.chain.leaves)

    def situation(self, settings: Settings) -> Situation:
        """The situation under other thresholds: chain, supply and statements weighed anew where they depend on them."""
        base = self.base
        changed = replace(base, settings=settings)
        if any(getattr(settings, name) != getattr(base.settings, name) for name in _WEIGHED):
            changed = replace(changed, claims=self._weighed(settings))
        if settings.confidence != base.settings.confidence:
            supply = self._ask_supply(settings).result()
            changed = replace(changed, chain=self._chain(settings), supply=supply)
        if settings.strong_honours:
            honours = read_honours(self._view, changed, perhaps_strong(changed, settings))
            changed = replace(changed, honours=honours)
        return changed

    def _weighed(self, settings: Settings) -> Mapping[str, ProductClaims]:
        return weighed(self._rows, settings)

    def _chain(self, settings: Settings) -> ChainGraph:
        return assembled(self.base.chain.graph, self.links, settings)
