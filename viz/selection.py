"""Which cards open first when a chain has more than a page can hold.

Nothing is hidden for good: the page says how many were left out and has a button that shows them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import networkx as nx

from bulian.queries.results import Finding

__all__ = ["LIMIT", "choose"]

LIMIT = 60
_FINALS = 12
_BRIDGES = 0.2
"""Share of the places kept for cards that tie the chosen ones together."""
_WEAK = frozenset({"断链", "疑似断链", "可替代缺口", "弱链", "短板"})
_HELD = frozenset({"卡脖子", "疑似卡脖子"})


def choose(chain: nx.MultiDiGraph[str], findings: Mapping[str, Finding], *, limit: int = LIMIT) -> frozenset[str]:
    """The products to open with: finals, weak and held links, key components, then what connects them.

    Args:
        chain: the chain graph; node attributes ``final`` and ``key_component`` are read.
        findings: finding of each product that has one.
        limit: how many cards at most.
    """
    names: list[str] = list(chain)
    if len(names) <= limit:
        return frozenset(names)
    ranked = sorted(names, key=lambda name: _urgency(chain, name, findings.get(name)))
    finals = [name for name in ranked if chain.nodes[name].get("final")][:_FINALS]
    first = list(dict.fromkeys(finals[:limit] + ranked))[: round(limit * (1 - _BRIDGES))]
    return frozenset(_connect(chain, first, ranked, limit))


def _urgency(chain: nx.MultiDiGraph[str], name: str, finding: Finding | None) -> tuple[bool, bool, bool, float, int, str]:
    """Sort key, most relevant first; a lexicographic order, not a score."""
    node = chain.nodes[name]
    weak = finding is not None and finding.regional in _WEAK
    held = finding is not None and finding.national in _HELD
    severity = finding.severity if finding is not None else 0.0
    return (not (weak or held), not node.get("key_component"), severity <= 0, -severity, -_degree(chain, name), name)


def _degree(chain: nx.MultiDiGraph[str], name: str) -> int:
    """Number of different neighbours, itself apart."""
    return len((set(chain.predecessors(name)) | set(chain.successors(name))) - {name})


def _connect(chain: nx.MultiDiGraph[str], first: Sequence[str], ranked: Sequence[str], limit: int) -> list[str]:
    """Fill up to ``limit`` with the names that have most neighbours among those already chosen."""
    chosen = list(first)
    near: dict[str, int] = dict.fromkeys(ranked, 0)
    place = {name: row for row, name in enumerate(ranked)}

    def note(name: str) -> None:
        near.pop(name, None)
        for other in (set(chain.predecessors(name)) | set(chain.successors(name))) & near.keys():
            near[other] += 1

    for name in chosen:
        note(name)
    while len(chosen) < limit and near:
        best = min(near, key=lambda name: (-min(near[name], 2), place[name]))
        chosen.append(best)
        note(best)
    return chosen
