"""What a person should look at: names that may be one, links and statements that are not sure; with the evidence.

Everything here is a question to a person, not an answer: nothing is changed. What is most consequential stands first:
what concerns the product with the worst label, firms of the region before others, the likelier before the less likely.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bulian.graph.facts import Fact
from bulian.graph.modality import CONFIRMED
from bulian.graph.verdicts import CLAIMS_TO_REVIEW, RELATIONS_TO_REVIEW, Statement, claim_statement

from .evidence import as_evidence, statement_of
from .merge_candidates import MergeCandidate, find_merges
from .results import Evidence, Finding
from .settings import Settings
from .weak_links import find_weak_links

if TYPE_CHECKING:
    from bulian.graph.store import GraphView

__all__ = ["NOWHERE", "DoubtfulPair", "DoubtfulStatement", "Review", "find_review"]

_LINK: Final = "PRODUCES"
NOWHERE: Final = 1 << 30
"""The place of what concerns no product of the chain."""
_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class DoubtfulStatement:
    """A link or claim nobody says surely: what it says, why it matters, and all that is said for it.

    ``place`` is that of its product among those of the chain, worst label first.
    """

    statement: Statement
    text: str
    matters: str
    place: int
    confidence: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class DoubtfulPair:
    """Two names that may be one firm, with what is said of each (at most a few lines)."""

    candidate: MergeCandidate
    matters: str
    evidence: tuple[Evidence, ...]
    other_evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """Pairs, links (PRODUCES) and other statements, most consequential first; ``left`` counts what was not listed."""

    pairs: tuple[DoubtfulPair, ...]
    links: tuple[DoubtfulStatement, ...]
    others: tuple[DoubtfulStatement, ...]
    left: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Weight:
    """The products of the chain, worst label first, by id and by name."""

    findings: Mapping[str, Finding]
    places: Mapping[str, int]

    def matters(self, node_ids: Sequence[str | None]) -> str:
        """Why a statement about these nodes matters, in words; empty where it concerns no product of the chain."""
        known = [self.findings[node] for node in node_ids if node is not None and node in self.findings]
        if not known:
            return ""
        one = known[0]
        blocks = f"，卡住终端 {one.numbers['blocks']} 种" if one.numbers.get("blocks") else ""
        return f"{one.product}：本地{one.regional}、全国{one.national}{blocks}"


def find_review(
    view: GraphView, region: str, chain: str | None, below: float, limit: int, settings: Settings, *, only: bool = False
) -> Review:
    """What a person should look at.

    Args:
        view: the store.
        region: whose labels count, and whose firms come first.
        chain: whose products come first; None where there is none to choose.
        below: confidence (0–1) from where on nobody need look.
        limit: at most so many of each sort.
        settings: thresholds of the labels.
        only: only what concerns products of the chain.

    Raises:
        NotFoundError: no such chain or region.
    """
    weight = _weight(view, region, chain, settings)
    code = view.regions().resolve(region).code
    links, more_links = _edges(view, (_LINK,), weight, code, below, limit, only=only)
    others = [name for name in RELATIONS_TO_REVIEW if name != _LINK]
    edges, more_edges = _edges(view, others, weight, code, below, limit, only=only)
    claims = [one for one in _claims(view, weight, below) if not only or one.place < NOWHERE]
    told = sorted([*claims, *edges], key=lambda one: one.place)
    pairs = find_merges(view, _firms(view, weight, code, limit))
    left = {
        "pairs": max(0, len(pairs) - limit), "links": more_links,
        "others": more_edges + max(0, len(told) - limit),
    }  # fmt: skip
    return Review(tuple(_pairs(view, pairs[:limit], weight)), tuple(links), tuple(told[:limit]), left)


def _weight(view: GraphView, region: str, chain: str | None, settings: Settings) -> _Weight:
    if chain is None:
        return _Weight({}, {})
    ids = {name: str(data["id"]) for name, data in view.chain(chain).nodes(data=True)}
    found = find_weak_links(view, region, chain, settings).findings
    by_id = {ids[finding.product]: finding for finding in found}
    return _Weight(by_id, {node: place for place, node in enumerate(by_id)})


def _edges(
    view: GraphView, relations: Sequence[str], weight: _Weight, region: str, below: float, limit: int, *, only: bool
) -> tuple[list[DoubtfulStatement], int]:
    import pyarrow as pa

    places = list(weight.places.items())
    ranks = pa.table({
        "id": pa.array([node for node, _ in places], pa.string()), "rank": pa.array([at for _, at in places], pa.int64()),
    })  # fmt: skip
    found, total = view.doubtful(relations, below, ranks, region, limit, only=only)
    rows = found.to_pylist()
    said = _behind(view, rows)
    made = []
    for row in rows:
        ends = (row["source"], row["relation"], row["target"])
        made.append(_told(Statement(*ends), said[ends], weight, [row["target"], row["source"]]))
    return made, total - len(rows)


def _behind(view: GraphView, rows: Sequence[Mapping[str, Any]]) -> Mapping[tuple[str, str, str | None], list[Fact]]:
    """The stated facts behind these edges, the surest first."""
    said: dict[tuple[str, str, str | None], list[Fact]] = defaultdict(list)
    if rows:
        subjects = sorted({row["source"] for row in rows})
        for fact in view.facts(subjects=subjects, predicates=sorted({row["relation"] for row in rows})):
            if fact.modality in CONFIRMED:
                said[fact.subject_id, fact.predicate, fact.object_id].append(fact)
    return said


def _told(statement: Statement, facts: Sequence[Fact], weight: _Weight, about: Sequence[str]) -> DoubtfulStatement:
    best = sorted(facts, key=lambda fact: (-fact.confidence, fact.source, fact.id))
    lines = tuple(map(as_evidence, best))
    place = min(weight.places.get(node, NOWHERE) for node in about)
    return DoubtfulStatement(
        statement, statement_of(best[0]), weight.matters(about), place, best[0].confidence, lines
    )  # fmt: skip


def _claims(view: GraphView, weight: _Weight, below: float) -> Iterator[DoubtfulStatement]:
    """Claims that no source says surely; each value of a year and place is a statement of its own."""
    rows = [row for row in view.claims(CLAIMS_TO_REVIEW).to_pylist() if row["modality"] in CONFIRMED]
    sure = {_said_in(row) for row in rows if row["confidence"] >= below}
    doubtful = {row["fact"] for row in rows if row["confidence"] < below and _said_in(row) not in sure}
    grouped: dict[Statement, list[Fact]] = defaultdict(list)
    for fact in view.facts(ids=sorted(doubtful)) if doubtful else ():
        grouped[claim_statement(fact)].append(fact)
    for statement, facts in sorted(grouped.items(), key=lambda item: item[0].key):
        yield _told(statement, facts, weight, [statement.subject])


def _said_in(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("subject", "kind", "predicate", "value", "year", "region", "partner"))


def _firms(view: GraphView, weight: _Weight, region: str, limit: int) -> list[str]:
    """Makers of the chain's products, of the worst label first: a few of each scope of each product."""
    import pyarrow as pa

    names = [finding.product for finding in weight.findings.values()]
    if not names:
        return []
    pairs = pa.table({"root": pa.array(names, pa.string()), "leaf": pa.array(names, pa.string())})
    place = {name: at for at, name in enumerate(names)}
    makers = view.producers(pairs, region, limit).to_pylist()
    makers.sort(key=lambda row: (place[row["root"]], row["scope"] != "local", row["id"]))
    return list(dict.fromkeys(row["id"] for row in makers))


def _pairs(view: GraphView, pairs: Sequence[MergeCandidate], weight: _Weight) -> Iterator[DoubtfulPair]:
    ends = sorted({node for pair in pairs for node in (pair.bearer, pair.other.entity)})
    said: dict[str, list[Fact]] = defaultdict(list)
    for fact in view.facts(subjects=ends) if ends else ():
        if fact.modality in CONFIRMED:
            said[fact.subject_id].append(fact)
    lines = {
        node: tuple(
            map(as_evidence, sorted(said[node], key=lambda f: (f.object_id is None, -f.confidence, f.id))[:_LINES])
        )
        for node in ends
    }
    for pair in pairs:
        about = [fact.object_id for fact in said[pair.bearer]]
        yield DoubtfulPair(pair, weight.matters(about), lines[pair.bearer], lines[pair.other.entity])
