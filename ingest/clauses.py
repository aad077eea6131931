"""Sentences, clauses and what they commit to: the text around the mentions, made ready for the relation rules.

A clause is kept with every mention replaced by one placeholder character of its kind, so that a rule is a regular
expression over kinds and words, and a word inside a name (无锡, 规划院, 未来科技) is never read as a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bulian.ingest.mentions import Mention
from bulian.ingest.words import Words, alternation

__all__ = ["MARKS", "Clause", "Speech", "clauses", "sentences"]

MARKS = {
    "Product": "\ue001",
    "Technology": "\ue002",
    "Enterprise": "\ue003",
    "Institute": "\ue004",
    "Region": "\ue005",
}
_FILLER = "\ue000"  # stands for characters of a fixed saying; one for one, so distances stay true
_STOP = re.compile(r"(?:[。！？!?；;]+[”’」』）)]*|\n+)")
_CLAUSE_STOP = re.compile(r"[，,：:]")
_ASIDE = re.compile(r"[（(](?P<inside>[^（）()]{0,80})[）)]")
_YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})\s?年(?!代)")
# 2010年成立的某公司位于……: the year of the founding, not of what is said
_BORN = "(?:成立|创立|创办|创建|始建|设立|组建|上市|注册)"
_FOUNDED = re.compile(rf"(?:19|20)\d{{2}}\s?年[^，\d]{{0,8}}{_BORN}的|{_BORN}[于在](?:19|20)\d{{2}}\s?年")
_BARE_TIME = re.compile(
    r"[^\ue001-\ue005]{0,4}(?:19|20)\d{2}\s?年[度底初末内]?(?:\d{1,2}月)?(?:\d{1,2}日)?[^\ue001-\ue005]{0,3}"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a sentence.

    Attributes:
        text: the clause with placeholders for mentions and for fixed sayings.
        mentions: the mention behind each placeholder, by position in ``text``.
        sentence: span of the whole sentence in the text as given (the evidence).
        aside: True for the inside of brackets.
        year: the only year named in the clause, or by a bare time phrase that opens the sentence.
        governed: True when an earlier clause of the sentence makes this one a wish, plan or condition.
    """

    text: str
    mentions: dict[int, Mention]
    sentence: tuple[int, int]
    aside: bool
    year: int | None
    governed: bool


class Speech:
    """The words that decide what a clause commits to, compiled once."""

    def __init__(self, words: Words) -> None:
        orgs = MARKS["Enterprise"] + MARKS["Institute"]
        self.neutral = re.compile(alternation(words.neutral))
        self.question = re.compile(alternation(words.question))
        self.governing = re.compile(alternation(words.governing))
        self.negated = re.compile(f"(?!未来){alternation(words.negated)}")
        aims = f"{alternation(words.aims)}[^{orgs}]{{0,4}}[{orgs}]"
        until = r"(?<![截直])到(?:19|20)\d{2}年"
        self.planned = re.compile(f"{alternation(words.planned)}|{aims}|{until}")
        self.completed = re.compile(alternation(words.completed))

    def modality(self, clause: Clause, span: tuple[int, int], verb: int, carried: str) -> str:
        """Whether a relation found in a clause is stated, planned or negated.

        Args:
            clause: the clause of the trigger.
            span: where the rule matched, subject included when it stands in the clause.
            verb: position of the trigger in the clause.
            carried: the text between a subject carried over from an earlier clause and the end of that clause.
        """
        text = clause.text
        about_thing = bool(re.search(r"的[^\ue001-\ue005，]{0,6}[\ue001\ue002]", text[verb : span[1]]))
        reach = span[1] if about_thing else len(text)  # 研发的主轴没有… speaks of the thing, not of the research
        for found in self.negated.finditer(text, 0, reach):
            if not _attributive(text, found.end(), span[0], found.start() > verb):
                return "negated"
        planned = [m for m in self.planned.finditer(text, 0, reach) if not _takes_object(text, m)]
        plan = max((m.end() for m in planned if m.start() <= verb), default=-1)
        if clause.governed:
            return "planned"
        done = self.completed.search(text, max(plan, 0), span[1]) or re.search("了", text[verb : span[1]])
        if done:
            return "stated"
        inherited = any(not _takes_object(carried, m) for m in self.planned.finditer(carried))
        now = re.search("目前|现有|现已", text[:verb])
        return "planned" if planned or (inherited and not now) else "stated"


def _attributive(text: str, after: int, subject: int, inside: bool) -> bool:
    """A negation that only describes a noun: 缺乏人才的甲公司研发…, 研发国内没有的主轴."""
    if after <= subject:
        return text[after:subject].endswith("的")
    return inside and re.match(r"[^\ue001-\ue005]{0,8}的[^\ue001-\ue005]{0,4}[\ue001-\ue005]", text[after:]) is not None


def _takes_object(text: str, found: re.Match[str]) -> bool:
    """将 before a thing is the object marker 把, not the future: 将主轴列为研究方向."""
    return (
        found[0] == "将"
        and re.match(r"[^\ue003-\ue005]{0,4}[\ue001\ue002]", text[found.end() :]) is not None
        and (re.search("列为|作为|用于|纳入|视为", text[found.end() :]) is not None)
    )


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences, without surrounding white space; stops are 。！？； and line ends."""
    start = 0
    for stop in _STOP.finditer(text):
        yield from _trimmed(text, start, stop.end())
        start = stop.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    body = text[start:end]
    left = start + len(body) - len(body.lstrip())
    right = start + len(body.rstrip())
    if left < right:
        yield left, right


def clauses(text: str, span: tuple[int, int], mentions: Sequence[Mention], speech: Speech) -> list[Clause]:
    """The clauses of one sentence in order, bracketed asides right after the clause they stand in.

    Args:
        text: the whole text.
        span: the sentence.
        mentions: the mentions inside the sentence, in order.
        speech: the words of commitment.

    Returns:
        No clause at all for a question.
    """
    if speech.question.search(text, *span):
        return []
    masked, marks = _masked(text, span, mentions, speech)
    opening = _CLAUSE_STOP.split(masked, maxsplit=1)[0]
    default = _one_year(opening) if _BARE_TIME.fullmatch(opening) else None
    answer: list[Clause] = []
    governed = False
    for start, end in _pieces(masked):
        outer, asides = _without_asides(masked, start, end)
        for place, (body, positions) in enumerate([outer, *asides]):
            inside = {at: marks[origin] for at, origin in enumerate(positions) if origin in marks}
            own = _one_year(body)
            year = own if own or _YEAR.search(body) else default
            answer.append(Clause(body, inside, span, place > 0, year, governed))
        governed = governed or speech.governing.search(outer[0]) is not None
    return answer


def _masked(
    text: str, span: tuple[int, int], mentions: Sequence[Mention], speech: Speech
) -> tuple[str, dict[int, Mention]]:
    """The sentence with placeholders, and the mention behind each of them by position."""
    parts: list[str] = []
    marks: dict[int, Mention] = {}
    size, cursor = 0, span[0]
    for mention in mentions:
        gap = _plain(text[cursor : mention.start], speech)
        parts += [gap, MARKS[mention.kind]]
        size += len(gap) + 1
        marks[size - 1] = mention
        cursor = mention.end
    parts.append(_plain(text[cursor : span[1]], speech))
    return "".join(parts), marks


def _plain(text: str, speech: Speech) -> str:
    clean = re.sub("[\ue000-\ue005]", _FILLER, text)
    return speech.neutral.sub(lambda m: _FILLER * len(m[0]), clean)


def _pieces(masked: str) -> Iterator[tuple[int, int]]:
    """Clause spans; a comma inside brackets does not end the clause around them."""
    shielded = [m.span() for m in _ASIDE.finditer(masked)]
    start = 0
    for stop in _CLAUSE_STOP.finditer(masked):
        if any(a < stop.start() < b for a, b in shielded):
            continue
        yield start, stop.start()
        start = stop.end()
    yield start, len(masked)


def _without_asides(masked: str, start: int, end: int) -> tuple[tuple[str, list[int]], list[tuple[str, list[int]]]]:
    """A piece without its brackets, and the insides; each as text and the masked position of every character."""
    keep: list[int] = []
    asides = []
    cursor = start
    for aside in _ASIDE.finditer(masked, start, end):
        keep += range(cursor, aside.start())
        inside = range(*aside.span("inside"))
        asides.append(("".join(masked[i] for i in inside), list(inside)))
        cursor = aside.end()
    keep += range(cursor, end)
    return ("".join(masked[i] for i in keep), keep), asides


def _one_year(text: str) -> int | None:
    years = {int(m["year"]) for m in _YEAR.finditer(_FOUNDED.sub("", text))}
    return years.pop() if len(years) == 1 else None
