"""What a person's verdict is in the store: ordinary facts of the review sheet, told apart by their method.

A verdict is about a *statement*: an edge (subject, relation, object), a claim (subject, property, value, year, place),
or a pair of names. It says so by the statement's key, which a sheet shows and reading a file again does not change.

- 确认 (``confirm``): a manual fact that says the same;
- 否决 (``deny``): a negated fact for every source that said it; while it stands, what that source says of it, and
  no more surely than it did then, is ``denied``;
- 改为 (``redirect``): the same, and a manual fact with the other node;
- a pair (``same``, ``apart``): the property ``same_as`` of both, manual or negated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from .facts import Fact
from .kinds import CLAIMS, SAME_AS, SCHEMA, TRADE_FLOWS
from .store import GraphView

__all__ = [
    "CLAIMS_TO_REVIEW",
    "RELATIONS_TO_REVIEW",
    "REVIEW",
    "SURE",
    "Judged",
    "Statement",
    "Verdict",
    "claim_statement",
    "digest",
    "judged_by",
    "kept_apart",
    "method_of",
    "statement_of_key",
]

Verdict = Literal["confirm", "deny", "redirect", "same", "apart"]
REVIEW: Final = "review:"
"""Begins the method of every fact of a verdict."""
SURE: Final = 0.99
"""Confidence of what a person has looked at: above every threshold, and still not certain."""
_BAR: Final = "｜"  # normal forms fold it to |, so it stands in no key of a node
_RELATIONS: Final = frozenset(relation.name for relation in SCHEMA.relations)


_UNASKED: Final = ("SEARCHED", "IN_CHAIN", "MENTIONED_WITH", "ISSUED_BY")  # not of the world, or no role to confirm
RELATIONS_TO_REVIEW: Final = tuple(relation.name for relation in SCHEMA.relations if relation.name not in _UNASKED)
"""Relations a person may confirm or deny."""
CLAIMS_TO_REVIEW: Final = (*(claim.name for claim in CLAIMS), *TRADE_FLOWS.values())
"""Dated statements a person may confirm or deny."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a verdict is about: ``target`` is a node id for an edge or a pair, None for a claim, which has ``value``.

    ``context`` is year, region and partner of a claim, empty text for what is not stated.
    """

    subject: str
    predicate: str
    target: str | None = None
    value: str | None = None
    context: tuple[str, str, str] = ("", "", "")

    @property
    def key(self) -> str:
        """How a sheet calls it: the same for as long as its ends are called so."""
        if self.target is not None:
            ends = sorted((self.subject, self.target)) if self.is_pair else [self.subject, self.target]
            return _BAR.join((ends[0], self.predicate, ends[1]))
        return _BAR.join((self.subject, self.predicate, *self.context, self.value or ""))

    @property
    def is_pair(self) -> bool:
        """Whether it says that two names are one."""
        return self.predicate == SAME_AS


def statement_of_key(key: str) -> Statement | None:
    """The statement a sheet calls so; None when it is no key of ours."""
    parts = key.split(_BAR)
    if len(parts) < 3 or ":" not in parts[0]:
        return None
    if parts[1] in _RELATIONS or parts[1] == SAME_AS:
        return Statement(parts[0], parts[1], parts[2]) if len(parts) == 3 and ":" in parts[2] else None
    if len(parts) < 6:
        return None
    return Statement(parts[0], parts[1], None, _BAR.join(parts[5:]), (parts[2], parts[3], parts[4]))


def claim_statement(fact: Fact) -> Statement:
    """The statement a claim makes."""
    year, region, partner = (str(fact.qualifiers.get(name, "")) for name in ("year", "region", "partner"))
    return Statement(fact.subject_id, fact.predicate, None, fact.value, (year, region, partner))


def kept_apart(view: GraphView) -> Mapping[str, frozenset[str]]:
    """Ids of the firms that the firm of an id was said not to be, both ways."""
    rows: dict[str, set[str]] = {}  # a verdict on a pair is said of both
    for fact in view.facts(predicates=[SAME_AS]):
        by = judged_by(fact.method)
        if fact.modality == "negated" and by is not None:
            rows.setdefault(by.row, set()).add(fact.subject_id)
    apart: dict[str, set[str]] = {}
    for pair in rows.values():
        for node in pair:
            apart.setdefault(node, set()).update(pair - {node})
    return {node: frozenset(others) for node, others in apart.items()}


def digest(text: str) -> str:
    """32 hexadecimal digits, as DuckDB's ``md5`` gives them."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Judged:
    """What the method of a verdict's fact tells: the verdict, and the digest of the key of the row it comes from."""

    verdict: Verdict
    row: str


def method_of(verdict: Verdict, key: str, speaker: str | None = None, confidence: float | None = None) -> str:
    """The method of a verdict's fact.

    Args:
        verdict: which.
        key: of the statement.
        speaker: of a denial, the uri of the source that is denied.
        confidence: of a denial, how surely it said so.
    """
    denied = "" if speaker is None else f":{digest(speaker)}:{confidence:.6f}"
    return f"{REVIEW}{verdict}:{digest(key)}{denied}"


def judged_by(method: str) -> Judged | None:
    """What a method tells of a verdict; None for that of another fact."""
    parts = method.split(":")
    if parts[0] != REVIEW[:-1] or len(parts) < 3 or parts[1] not in ("confirm", "deny", "redirect", "same", "apart"):
        return None
    return Judged(parts[1], parts[2])  # type: ignore[arg-type]
