"""Facts in words: the evidence lines of every answer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from bulian.graph.errors import NotFoundError
from bulian.graph.facts import Fact
from bulian.graph.kinds import CLAIMS, CONTEXT, KIND_OF_CATEGORY, SCHEMA, TRADE_FLOWS
from bulian.graph.modality import DENIED
from bulian.graph.regions import default_regions
from bulian.graph.schema import Property
from bulian.graph.store import GraphView

from .results import Evidence, SourceRef

__all__ = [
    "ALL_PRODUCTS", "as_evidence", "category_of", "evidence_by_id", "modality_word", "property_label", "qualifier_text",
    "source_ref", "statement_of",
]  # fmt: skip

ALL_PRODUCTS: Final = "所有产品"
"""What was searched for where a row 检索 names no product."""

_PROPERTIES: dict[str, Property] = {prop.name: prop for holder in SCHEMA.kinds for prop in holder.properties} | {
    claim.name: claim for claim in CLAIMS
}
_LABELS = {name: prop.label for name, prop in _PROPERTIES.items()}
_LABELS |= {relation.name: relation.label for relation in SCHEMA.relations}
_LABELS |= {predicate: f"{flow}额" for flow, predicate in TRADE_FLOWS.items()}
_LABELS |= {"kind": "类别"}
_QUALIFIERS = {prop.name: prop.label for prop in (*SCHEMA.qualifiers, *CONTEXT)}
_CATEGORIES = {kind: category for category, kind in KIND_OF_CATEGORY.items()}
_MODALITY_WORDS = {"planned": "（计划）", "negated": "（被否定）", "inferred": "（推断）", "denied": "（已否决）"}


def property_label(name: str) -> str:
    """The Chinese word of a property, claim or relation; names of the user's own stay as they are."""
    return _LABELS.get(name, name)


def category_of(kind: str) -> str:
    """The 类别 of a kind of product, as tables write it."""
    return _CATEGORIES.get(kind, kind)


def modality_word(modality: str) -> str:
    """What is added to a sentence that is not plainly stated."""
    return _MODALITY_WORDS.get(modality, "")


def statement_of(fact: Fact) -> str:
    """A fact as one short Chinese sentence, without its source."""
    return _sentence(fact) + modality_word(fact.modality)


def _sentence(fact: Fact) -> str:
    parts = [fact.subject, property_label(fact.predicate)]
    if fact.object is not None:
        parts.append(fact.object)
    elif fact.predicate == "SEARCHED":
        parts.append(ALL_PRODUCTS)
    if fact.value is not None:
        parts.append(category_of(fact.value) if fact.predicate == "kind" else fact.value)
    sentence = " ".join(parts)
    if fact.qualifiers:
        told = [text for name, value in fact.qualifiers.items() if (text := qualifier_text(name, value))]
        sentence += f"（{'，'.join(told)}）" if told else ""
    return sentence


def qualifier_text(name: str, value: object) -> str:
    """What a fact carries beside its ends, in words; empty where it goes without saying."""
    if name == "region":
        return "" if value == "CN" else f"地区 {_region_name(str(value))}"
    if name == "year":
        return f"{value}年"
    if isinstance(value, float) and name in ("share", "cost_share", "detection_rate"):
        return f"{_QUALIFIERS[name]} {value:.6g}"
    return f"{_QUALIFIERS[name]} {value:.12g}" if isinstance(value, float) else f"{_QUALIFIERS[name]} {value}"


@lru_cache(maxsize=4096)
def _region_name(code: str) -> str:
    try:
        return default_regions().get(code).full_name
    except NotFoundError:  # a town a user added: its code ends in its name
        return code


def as_evidence(fact: Fact) -> Evidence:
    """One fact as an evidence line; where a table gives no 原文, the row itself is what is quoted."""
    statement = statement_of(fact)
    row = _sentence(fact) if fact.modality == DENIED else statement  # the row itself denies nothing
    quote = fact.quote or f"据表中一行：{row}" + (f"；备注：{fact.note}" if fact.note else "")
    source = source_ref(fact.source_title, fact.source, fact.source_date)
    return Evidence(fact.id, statement, source, fact.locator, quote, fact.method, fact.confidence, fact.modality)


@lru_cache(maxsize=4096)
def source_ref(title: str, uri: str, date: str | None) -> SourceRef:
    """Who says so; many lines come from few sources, which are kept."""
    return SourceRef(title, uri, date)


def evidence_by_id(view: GraphView, ids: Iterable[str]) -> dict[str, Evidence]:
    """Evidence lines of many facts, read at once."""
    from .evidence_lines import evidence_lines

    wanted = sorted(set(ids))
    return evidence_lines(view.cited(wanted)) if wanted else {}
