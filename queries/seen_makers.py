"""How many of the makers here the sources show: the estimate that stands beside every figure of the weak-link report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from bulian.graph.facts import Source
from bulian.graph.store import GraphView

from .recapture import MOST, Estimate, History, estimate
from .registers import register_of

if TYPE_CHECKING:
    from .situation import Situation

__all__ = ["TOLD_APART", "seen_makers"]

TOLD_APART: Final = 40
"""Sources that are told apart; the others are only counted."""


def seen_makers(view: GraphView, situation: Situation, files: Sequence[Source]) -> dict[str, Any]:
    """Chao's lower bound of the independent makers of the whole chain here, as ``bulian coverage`` gives it.

    It rests on what the sources name and on nothing that was declared or supposed; no rule reads it.

    Args:
        view: asked for the listings alone, so that it may be asked beside other questions.
        situation: the chain and the region.
        files: of the store, for their titles.
    """
    leaves = sorted({leaf for own in situation.chain.leaves.values() for leaf in own})
    pairs = pa.table({"root": pa.array([""] * len(leaves), pa.string()), "leaf": pa.array(leaves, pa.string())})
    rows = view.listings(pairs, situation.region.code, situation.settings.confidence, TOLD_APART, MOST).to_pylist()
    histories = [History(frozenset(row["sources"]), row["others"], row["groups"]) for row in rows if row["root"] is None]
    titles = {file.uri: file.title for file in files}
    named = {source for history in histories for source in history.sources}
    registers = {uri: register_of(uri, titles.get(uri, uri)) for uri in named}  # a cited page has no title of its own
    return _told(estimate(histories, registers.__getitem__))


def _told(found: Estimate) -> dict[str, Any]:
    return {
        "makers_seen": found.seen, "makers_estimate": found.estimate, "makers_low": found.low, "makers_high": found.high,
        "makers_coverage": found.coverage, "makers_coverage_low": found.coverage_low,
        "makers_coverage_high": found.coverage_high, "makers_why": found.why,
    }  # fmt: skip
