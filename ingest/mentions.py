"""Who and what a text names: lexicon names, legal-form names, regions and in-text abbreviations.

Every mention is an exact span of the text as given, ``text[start:end] == mention.text``. Sources of trust, highest
first: a name of the graph (lexicon), a name with a legal form (有限公司, 研究院), an abbreviation the text itself
defines (以下简称). Nothing is named by likeness. Of overlapping candidates the longest wins, because the error of
rules is the boundary, not the detection.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ahocorasick_rs import AhoCorasick, MatchKind

from bulian.ingest.org_names import OrgNames
from bulian.ingest.words import Words, alternation, load_words

__all__ = ["ORGS", "THINGS", "Lexicon", "Mention", "MentionFinder", "RegionTable", "leading_region"]

ORGS = frozenset({"Enterprise", "Institute"})
THINGS = frozenset({"Product", "Technology"})
_PLACE_CUE = "位于"
_REGION_CHARS = 20  # no written form of a region chain is longer
_CONTEXT_CHARS = 8  # how near a context word must stand to an ambiguous short name
_ABBREVIATION = re.compile(
    r"[（(](?:以下|下文)?统?(?:简称|下称)为?[:：]?\s*[“\"‘「『]?(?P<name>[^“”\"‘’「」『』（）()、，,；;]{2,20})[”\"’」』]?[）)、，,；;]"
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The names the graph already knows, as a caller hands them in.

    Attributes:
        names: surface form (name, alias or short name, as written) -> (kind, canonical name); kind is one of
            Product, Technology, Enterprise, Institute.
        ambiguous: surface forms that are ordinary words too (机器人, 太阳能); they count as the named thing only
            with a word such as 公司 or 股份 within eight characters.
    """

    names: Mapping[str, tuple[str, str]]
    ambiguous: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Mention:
    """One named thing in a text.

    Attributes:
        kind: Product, Technology, Enterprise, Institute or Region.
        text: the exact characters.
        start: offset of the first character in the text as given.
        end: offset after the last character.
        name: the canonical name for a lexicon name, the defining full name for an abbreviation, the region code for
            a Region, else the text itself.
    """

    kind: str
    text: str
    start: int
    end: int
    name: str


class RegionTable(Protocol):
    """What is needed of a table of regions (``bulian.graph.regions.default_regions()`` is one)."""

    def mentions(self, text: str) -> Sequence[tuple[int, int, str]]:
        """Region names in a text as (start, end, code), in order, not overlapping."""
        ...


class MentionFinder:
    """Finds the mentions of a text; built once per lexicon, then free of state.

    Args:
        lexicon: the names of the graph.
        regions: the table of regions.
        words: the word lists; the shipped ones when None.
    """

    def __init__(self, lexicon: Lexicon, regions: RegionTable, words: Words | None = None) -> None:
        self._words = words or load_words()
        self._regions = regions
        self._entries: dict[str, tuple[str, str]] = {}
        for surface, entry in lexicon.names.items():
            for form in _bracket_forms(surface):
                self._entries.setdefault(form, entry)
        self._patterns = sorted(form for form in self._entries if len(form) > 1)
        self._automaton = AhoCorasick(self._patterns, matchkind=MatchKind.LeftmostLongest) if self._patterns else None
        self._ambiguous = lexicon.ambiguous
        self._context = re.compile(alternation(self._words.context_words))
        things = frozenset(form for form, (kind, _) in self._entries.items() if kind in THINGS)
        orgs = frozenset(form for form, (kind, _) in self._entries.items() if kind in ORGS)
        self._org_names = OrgNames(self._words, things, orgs, self._region_size)
        self._place_before = re.compile(alternation(self._words.place_before))

    def find(self, text: str) -> tuple[Mention, ...]:
        """All mentions of the text in order of their start, none overlapping another.

        Args:
            text: any text; offsets of the answer refer to exactly this string.
        """
        regions = list(self._region_mentions(text))
        known = list(self._lexicon_mentions(text))
        formal = [Mention(kind, text[a:b], a, b, text[a:b]) for kind, a, b in self._org_names.find(text)]
        formal = _trust_known_edges(formal, known, {(r.start, r.end) for r in regions})
        chosen = _longest([*known, *formal, *regions])
        return _with_abbreviations(text, chosen, self._words.self_names)

    def _region_mentions(self, text: str) -> Iterator[Mention]:
        """What the table finds, and bare names after words that only a place can follow (迁至杭州)."""
        found = {a: (a, b, code) for a, b, code in self._regions.mentions(text)}
        for match in self._place_before.finditer(text):
            place = leading_region(self._regions, text[match.end() : match.end() + _REGION_CHARS])
            if place is not None:
                found.setdefault(match.end(), (match.end(), match.end() + place[0], place[1]))
        for start, end, code in found.values():
            yield Mention("Region", text[start:end], start, end, code)

    def _region_size(self, text: str) -> int:
        place = leading_region(self._regions, text)
        return place[0] if place else 0

    def _lexicon_mentions(self, text: str) -> Iterator[Mention]:
        if self._automaton is None:
            return
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            surface = self._patterns[index]
            kind, name = self._entries[surface]
            if not _at_word_edges(text, start, end):
                continue
            if surface in self._ambiguous and not self._has_context(text, start, end):
                continue
            if kind in THINGS and text[end : end + 1] and text[end] in self._words.thing_tail_chars:
                continue
            yield Mention(kind, surface, start, end, name)

    def _has_context(self, text: str, start: int, end: int) -> bool:
        before = re.split(r"[，。；！？\n]", text[max(0, start - _CONTEXT_CHARS) : start])[-1]
        after = re.split(r"[，。；！？\n]", text[end : end + _CONTEXT_CHARS])[0]
        if re.search(r"[一两三几多]家$", before):  # 一家机器人公司 is a kind of firm, not the firm 机器人
            return False
        return bool(self._context.search(before) or self._context.search(after))


def leading_region(regions: RegionTable, text: str) -> tuple[int, str] | None:
    """The region name that opens a text, as (length, code).

    In running text the table rightly wants 市 or 县 after a bare name. Where a place is expected (the head of a
    firm's name, after 迁至), the bare name is enough, which the table is told by a word that only a place follows.
    """
    places = regions.mentions(_PLACE_CUE + text[:_REGION_CHARS])
    if not places or places[0][0] != len(_PLACE_CUE):
        return None
    return places[0][1] - len(_PLACE_CUE), places[0][2]


def _bracket_forms(surface: str) -> set[str]:
    """A name with （） is written with () just as often, and the other way round."""
    wide = surface.replace("(", "（").replace(")", "）")
    return {surface, wide, wide.replace("（", "(").replace("）", ")")}


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _at_word_edges(text: str, start: int, end: int) -> bool:
    """Latin names must not begin or end inside a longer Latin word (GSK in GSKX)."""
    cut_left = start > 0 and _is_latin(text[start]) and _is_latin(text[start - 1])
    cut_right = end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end])
    return not (cut_left or cut_right)


def _trust_known_edges(
    formal: Iterable[Mention], known: Iterable[Mention], regions: set[tuple[int, int]]
) -> list[Mention]:
    """Drop a legal-form name that is a known name with something glued on at its left.

    A region before the known name is no glue: 浙江海德曼股份有限公司 is another name than 海德曼股份有限公司.
    """
    starts = {m.end: m.start for m in known if m.kind in ORGS}
    kept = []
    for mention in formal:
        start = starts.get(mention.end)
        glued = start is not None and start > mention.start and (mention.start, start) not in regions
        if not glued:
            kept.append(mention)
    return kept


def _longest(candidates: Iterable[Mention]) -> list[Mention]:
    """The longest of overlapping candidates, at equal length the one listed first."""
    taken: list[Mention] = []
    starts: list[int] = []
    for mention in sorted(candidates, key=lambda m: m.start - m.end):
        spot = bisect_left(starts, mention.start)
        if spot < len(taken) and taken[spot].start < mention.end:
            continue
        if spot and taken[spot - 1].end > mention.start:
            continue
        taken.insert(spot, mention)
        starts.insert(spot, mention.start)
    return taken


def _with_abbreviations(text: str, mentions: list[Mention], self_names: tuple[str, ...]) -> tuple[Mention, ...]:
    """Add the places where an abbreviation stands that the text itself defines for one organisation only."""
    owners: dict[str, set[tuple[str, str]]] = {}
    first: dict[str, int] = {}
    for mention in mentions:
        if mention.kind in ORGS and (found := _ABBREVIATION.match(text, mention.end)):
            owners.setdefault(found["name"], set()).add((mention.kind, mention.name))
            first.setdefault(found["name"], found.start("name"))
    extra = []
    for name, owner in owners.items():
        if len(owner) > 1:
            continue
        ((kind, canonical),) = owner
        for found in re.finditer(re.escape(name), text[first[name] :]):
            start = first[name] + found.start()
            if name in self_names and re.match(r"[\w”]", text[start - 1 : start]):
                continue
            if _at_word_edges(text, start, start + len(name)):
                extra.append(Mention(kind, name, start, start + len(name), canonical))
    return tuple(_longest([*mentions, *extra]) if extra else mentions)
