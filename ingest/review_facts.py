"""Verdicts as facts: what a row of a review sheet adds to the store, given what sources say of its statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulian.graph.facts import Fact
from bulian.graph.kinds import SAME_AS, SCHEMA
from bulian.graph.store import Node
from bulian.graph.verdicts import SURE, Verdict, method_of

from .review_rows import Row

__all__ = ["Made", "pair_facts", "statement_facts"]

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Made:
    """Facts of one row, without id, file and place; ``verdict`` is what they say of the row's statement."""

    verdict: Verdict
    facts: Sequence[Mapping[str, Any]]


def statement_facts(row: Row, said: Sequence[Fact], source: Node | None, target: Node | None) -> Made:
    """A verdict on a link or claim.

    Args:
        row: the verdict.
        said: what sources say of the statement, the surest first; not empty.
        source: the other subject of a 改为, None to keep it.
        target: the other object of a 改为, None to keep it.
    """
    key, best = row.statement.key, said[0]
    if row.verdict == "确认":
        told = _about(best, row, "manual", method_of("confirm", key), said)
        return Made("confirm", [told])
    verdict: Verdict = "deny" if row.verdict == "否决" else "redirect"
    speakers: dict[str, list[Fact]] = {}
    for fact in said:
        speakers.setdefault(fact.source, []).append(fact)
    denied = [
        _about(facts[0], row, "negated", method_of(verdict, key, speaker, facts[0].confidence), facts)
        for speaker, facts in sorted(speakers.items())
    ]
    if verdict == "deny":
        return Made(verdict, denied)
    other = _about(best, row, "manual", method_of(verdict, key), said)
    other |= {**(_end("subject", source) if source else {}), **(_end("object", target) if target else {})}
    return Made(verdict, [*denied, other])


def pair_facts(row: Row, first: Node, second: Node, target: Node | None) -> Made:
    """A verdict on two names; said of both, so that either one shows it."""
    key = row.statement.key
    if row.verdict == "确认":
        return Made("same", _both(row, first, second, "manual", method_of("same", key)))
    denied = _both(row, first, second, "negated", method_of("apart", key))
    if target is None:
        return Made("apart", denied)
    return Made("apart", [*denied, *_both(row, first, target, "manual", method_of("apart", key))])


def _both(row: Row, first: Node, second: Node, modality: str, method: str) -> list[dict[str, Any]]:
    return [
        {
            **_end("subject", one), "predicate": SAME_AS, "value": other.name, "object_key": _key(other),
            "method": method, **_verdict(row, modality),
            "quote": row.reason or _quote(row, f"{first.name} 与 {second.name} 是同一家"),
        }
        for one, other in ((first, second), (second, first))
    ]  # fmt: skip


def _about(fact: Fact, row: Row, modality: str, method: str, said: Sequence[Fact]) -> dict[str, Any]:
    """What a fact says, said by the reviewer; the note names what it was judged by."""
    object_end = {} if fact.object_id is None else _end_of("object", fact.object_id, fact.object or "")
    shown = "；".join(dict.fromkeys(f"{one.source_title} {one.locator}" for one in said[:_SHOWN]))
    return {
        **fact.qualifiers, **_end_of("subject", fact.subject_id, fact.subject), "predicate": fact.predicate,
        **object_end,
        "value": fact.value, "number": fact.number, "method": method, **_verdict(row, modality),
        "quote": row.reason or _quote(row, _text(fact)), "note": f"审核所据：{shown}",
    }  # fmt: skip


def _verdict(row: Row, modality: str) -> dict[str, Any]:
    told = {"sheet": row.sheet or None, "row": row.row, "source_date": row.date, "speaker": row.reviewer or None}
    return {**told, "confidence": SURE, "modality": modality}


def _quote(row: Row, said: str) -> str:
    """What the row says, where it gives no reason."""
    return f"审核表一行：“{said}”{row.verdict}" + (f"“{row.target}”" if row.verdict == "改为" else "")


def _text(fact: Fact) -> str:
    known = {relation.name: relation.label for relation in SCHEMA.relations}
    return f"{fact.subject} {known.get(fact.predicate, fact.predicate)} {fact.object or fact.value}"


def _end(role: str, node: Node) -> dict[str, str]:
    return _end_of(role, node.id, node.name)


def _end_of(role: str, node_id: str, name: str) -> dict[str, str]:
    kind, key = node_id.split(":", 1)
    return {f"{role}_kind": kind, role: name, f"{role}_key": key}


def _key(node: Node) -> str:
    return node.id.split(":", 1)[1]
