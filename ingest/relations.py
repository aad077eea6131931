"""Applies the relation rules to the clauses of a sentence: slots, subjects, enumerations, modality."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bulian.ingest.clauses import MARKS, Clause, Speech
from bulian.ingest.mentions import ORGS, Mention
from bulian.ingest.rules import THING_KINDS, Rule
from bulian.ingest.subjects import ALL, AND, ORG, ORG_UNIT, Subjects, Topic
from bulian.ingest.words import Words, alternation

__all__ = ["Found", "RelationFinder"]

_SYMMETRIC = "COOPERATES_WITH"
_CARRIED = 0.85  # a subject left open and taken from an earlier clause is right less often


@dataclass(frozen=True, slots=True)
class Found:
    """A relation between two mentions with its rule, modality and confidence (0–1)."""

    subject: Mention
    object: Mention
    rule: Rule
    modality: str
    confidence: float
    clause: Clause


class RelationFinder:
    """The rules compiled for clauses with placeholders."""

    def __init__(self, rules: Sequence[Rule], words: Words, speech: Speech) -> None:
        other = alternation(words.other_thing)
        self._rules = [(rule, _compiled(rule, other), _avoid(rule)) for rule in rules]
        self._subjects = Subjects(words)
        self._speech = speech

    def find(self, clauses: Sequence[Clause]) -> Iterator[Found]:
        """All relations of one sentence; a topic is carried from clause to clause, never beyond the sentence."""
        topic: Topic | None = None
        for clause in clauses:
            around = topic
            if clause.aside:  # 甲（位于某地）: the brackets speak of what stands before them; unclear beyond one name
                around = topic if topic and len(topic.members) == 1 else None
            for rule, pattern, avoid in self._rules:
                for match in pattern.finditer(clause.text):
                    yield from self._from_match(clause, rule, match, avoid, around)
            if not clause.aside:
                topic = self._subjects.topic(clause) or topic

    def _from_match(
        self, clause: Clause, rule: Rule, match: re.Match[str], avoid: re.Pattern[str] | None, topic: Topic | None
    ) -> Iterator[Found]:
        named = match.groupdict()
        carried, start, factor = "", match.start(), 1.0
        objects = _members(clause, match, "o") if "o" in named else ()
        if "g" in named:
            if self._subjects.is_bound(clause.text[: match.start()]):
                return  # 甲与乙、丙签约: 乙 and 丙 are both partners of 甲, another rule says so
            left, right = _sides(clause, match)
        elif "s" in named:
            left, right = _members(clause, match, "s"), objects
        else:
            right = objects
            if _relative_follows(clause.text, match.end()):
                return
            near = self._subjects.before(clause, match.start(), avoid)
            if near is not None:
                left, start = near
            elif topic and self._subjects.left_open(clause.text[: match.start()]):
                left, carried, factor = topic.members, topic.after, _CARRIED
            else:
                return
        modality = self._speech.modality(clause, (start, match.end()), match.start("t"), carried)
        for subject, other in _pairs(left, right, rule):
            yield Found(subject, other, rule, modality, round(rule.confidence * factor, 3), clause)


def _compiled(rule: Rule, other_thing: str) -> re.Pattern[str]:
    """The rule's pattern with its slots written out; gaps hold no mention and no word to avoid."""
    block = f"(?!{alternation(rule.avoid)})" if rule.avoid else ""
    place = f"|(?<=在){MARKS['Region']}"  # 甲与乙在某地签约
    gap = f"(?:{block}[^{ALL}]{place if 'Region' not in rule.objects else ''}){{0,14}}?"
    things = f"[{MARKS['Product']}{MARKS['Technology']}]"
    thing = f"(?:{things}用?){{0,2}}{things}(?!{things}|{other_thing})"
    unit = {"Region": f"{MARKS['Region']}{{1,4}}", "Enterprise": ORG_UNIT}.get(rule.objects[0], thing)
    detail = f"(?:{block}[^{ALL}、和与及的，]){{0,6}}?" if rule.objects == THING_KINDS else ""  # 主轴热变形、导轨磨损
    between = f"{detail}{AND}{{1,2}}(?:{block}[^{ALL}、和与及的]){{0,6}}?"
    group = f"(?:{ORG_UNIT})(?:{between}(?:{ORG_UNIT}))"
    text = rule.pattern.replace("【", "(?P<t>").replace("】", ")")
    text = text.replace("{O}", f"(?P<o>{unit}(?:{between}{unit})*)")
    text = text.replace("{S}", f"(?P<s>{ORG_UNIT}(?:{between}{ORG_UNIT})*)")
    return re.compile(text.replace("{G}", f"(?P<g>{group}+)").replace("…", gap))


def _avoid(rule: Rule) -> re.Pattern[str] | None:
    return re.compile(alternation(rule.avoid)) if rule.avoid else None


def _members(clause: Clause, match: re.Match[str], slot: str) -> tuple[Mention, ...]:
    """The mentions of an enumeration; of a compound such as 机床主轴 only the last, which is its head."""
    start, end = match.span(slot)
    text = clause.text
    kept = []
    for place in range(start, end):
        if place not in clause.mentions or text[place] not in ALL:
            continue
        rest = text[place + 1 : end].removeprefix("用")
        compound = rest[:1] and rest[0] in ALL and text[place] not in ORG
        if not compound:
            kept.append(clause.mentions[place])
    return tuple(kept)


def _sides(clause: Clause, match: re.Match[str]) -> tuple[tuple[Mention, ...], tuple[Mention, ...]]:
    """The two sides of 甲与乙、丙 (乙 and 丙 need not know one another); in a plain list everyone is on both sides."""
    everyone = _members(clause, match, "g")
    hinge = re.search(f"(?:与|同|联合|携手|会同)[^{ALL}]{{0,8}}[{ORG}]", match["g"])
    if hinge is None:
        return everyone, everyone
    cut = match.start("g") + hinge.start()
    places = [p for p in range(*match.span("g")) if p in clause.mentions]
    left = tuple(clause.mentions[p] for p in places if p < cut)
    return left, tuple(clause.mentions[p] for p in places if p >= cut)


def _relative_follows(text: str, end: int) -> bool:
    """研究主轴的某公司: the clause describes that firm, so nobody to the left is its subject."""
    return re.match(f"[^{ALL}，]{{0,6}}的[^{ALL}，]{{0,10}}[{ORG}]", text[end:]) is not None


def _pairs(left: tuple[Mention, ...], right: tuple[Mention, ...], rule: Rule) -> Iterator[tuple[Mention, Mention]]:
    """Subject and object of each fact; symmetric relations once per pair, in the order of the text."""
    chosen = [m for m in left if m.kind in rule.subjects and m.kind in ORGS]
    others = [m for m in right if m.kind in rule.objects]
    if rule.relation != _SYMMETRIC:
        yield from ((a, b) for a in chosen for b in others)
        return
    pairs = {frozenset((a, b)) for a in chosen for b in others}
    for pair in sorted(pairs, key=lambda p: sorted(m.start for m in p)):
        if len(pair) == 2:
            first, second = sorted(pair, key=lambda m: m.start)
            if first.name != second.name:
                yield first, second
