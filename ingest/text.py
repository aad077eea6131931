"""Text into entities and facts: exact spans, typed rules, modality, nothing guessed.

The way through: mentions over the whole text (``mentions.py``), sentences and clauses with placeholders
(``clauses.py``), rules as data (``rules.py``) applied by ``relations.py``. Pure functions: no store, no files.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bulian.ingest.clauses import Speech, clauses, sentences
from bulian.ingest.mentions import ORGS, Lexicon, Mention, MentionFinder, RegionTable, leading_region
from bulian.ingest.relations import RelationFinder
from bulian.ingest.rules import RULES, Rule
from bulian.ingest.words import load_words

__all__ = ["Extraction", "Extractor", "Lexicon", "Mention", "RegionTable", "TextFact", "sentences"]

_BRACKETS = re.compile(r"[（(](?P<inside>[^（）()]{2,10})[）)]")
_NAME_REGION = "locate.in_name"
_NAME_REGION_CONFIDENCE = 0.4
_STRENGTH = {"negated": 3, "planned": 2, "stated": 1, "inferred": 0}


@dataclass(frozen=True, slots=True)
class TextFact:
    """One statement of a text.

    Attributes:
        subject: who it is about.
        relation: name of the relation, or of the property when ``value`` is given.
        object: the other end, None for a value.
        value: the value as written, None for a relation.
        modality: stated, planned, negated or inferred.
        evidence: span of the sentence in the text as given.
        year: the year the clause names, if exactly one; never guessed.
        rule: id of the rule (``rules.py``).
        confidence: 0–1.
    """

    subject: Mention
    relation: str
    object: Mention | None
    value: str | None
    modality: str
    evidence: tuple[int, int]
    year: int | None
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one text says: the mentions in order of place, the facts in order of evidence."""

    entities: tuple[Mention, ...]
    facts: tuple[TextFact, ...]


class Extractor:
    """Extracts entities and facts from texts; build once, use for many texts and threads.

    Args:
        lexicon: the names the graph knows.
        regions: the table of regions.
        rules: the relation rules; the shipped ones by default.
    """

    def __init__(self, lexicon: Lexicon, regions: RegionTable, rules: Sequence[Rule] = RULES) -> None:
        words = load_words()
        self._regions = regions
        self._mentions = MentionFinder(lexicon, regions, words)
        self._speech = Speech(words)
        self._relations = RelationFinder(rules, words, self._speech)

    def extract(self, text: str) -> Extraction:
        """Entities and facts of one text.

        Args:
            text: any text; every offset of the answer counts characters of exactly this string.
        """
        entities = self._mentions.find(text)
        starts = [mention.start for mention in entities]
        facts: list[TextFact] = []
        seen: set[tuple[str, str]] = set()
        for span in sentences(text):
            inside = entities[bisect_left(starts, span[0]) : bisect_left(starts, span[1])]
            if any(mention.kind in ORGS for mention in inside):
                facts += self._sentence_facts(text, span, inside)
                facts += self._regions_in_names(inside, span, seen)
        return Extraction(entities, tuple(facts))

    def _sentence_facts(self, text: str, span: tuple[int, int], inside: Sequence[Mention]) -> list[TextFact]:
        """Facts of one sentence; of rules that agree the surest, of two modalities the more careful one."""
        best: dict[tuple[str, str, str], TextFact] = {}
        if len(inside) < 2:
            return []
        for found in self._relations.find(clauses(text, span, inside, self._speech)):
            fact = TextFact(
                found.subject, found.rule.relation, found.object, None, found.modality, span, found.clause.year,
                found.rule.id, found.confidence,
            )  # fmt: skip
            key = (found.subject.name, found.rule.relation, found.object.name)
            rank = (_STRENGTH[fact.modality], fact.confidence)
            old = best.get(key)
            if old is None or rank > (_STRENGTH[old.modality], old.confidence):
                best[key] = fact
        return list(best.values())

    def _regions_in_names(
        self, inside: Sequence[Mention], span: tuple[int, int], seen: set[tuple[str, str]]
    ) -> Iterator[TextFact]:
        """A region inside a name (沈阳某某公司) only hints where the bearer is: modality inferred, once per text."""
        for mention in inside:
            if mention.kind not in ORGS:
                continue
            place = _region_in_name(mention.text, self._regions)
            if place is None or (mention.name, place[2]) in seen:
                continue
            a, b, code = place
            seen.add((mention.name, code))
            where = Mention("Region", mention.text[a:b], mention.start + a, mention.start + b, code)
            yield TextFact(
                mention, "LOCATED_IN", where, None, "inferred", span, None, _NAME_REGION, _NAME_REGION_CONFIDENCE
            )


def _region_in_name(name: str, regions: RegionTable) -> tuple[int, int, str] | None:
    """The region in brackets, else the one that opens the name; elsewhere (吉林大学珠海学院) it says too little."""
    for bracket in _BRACKETS.finditer(name):
        if place := leading_region(regions, bracket["inside"]):
            return bracket.start("inside"), bracket.start("inside") + place[0], place[1]
    head = leading_region(regions, name)
    return (0, *head) if head else None
