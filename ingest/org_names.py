"""Names of firms and institutes by their legal form, with the left edge cut where the name begins.

The right edge is the form itself (有限公司, 研究院); the left edge is the hard part: verbs, roles and function
words stand before the name without a space. A run of name characters is walked back from the form, then cut after
the last word that cannot belong to a name. Single function characters (与, 和, 为 …) cut only where a tokeniser
makes them a word of their own, so that 华为 and 和利时 stay whole. Names of generic words only (行业协会,
国家重点实验室) are nobody's name.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bulian.ingest.words import Words, alternation

__all__ = ["OrgNames"]

_LONGEST_NAME = 40
_LONGEST_GROUP = 8  # 集团 without 有限公司: a short brand or nothing
_NAME_CHAR = re.compile(r"[一-鿿㐀-䶿A-Za-z0-9&·.\-－]")
_FIRM_FORMS = (
    "集团股份有限公司", "集团有限责任公司", "集团有限公司", "股份有限公司", "有限责任公司", "股份公司", "有限公司",
    "集团公司", "（集团）公司", "(集团)公司", "总公司", "合伙企业（有限合伙）", "集团",
)  # fmt: skip
# 国家重点实验室, 国家工程研究中心: a rank without a subject is nobody's name
_STATE_ONLY = re.compile("(?:国家|地方|联合|重点|级|企业|工程|技术|科技|产业|创新|公共|重大|制造业|共性|关键)+")
_BRANCH = r"(?:[一-鿿]{2,6}分公司)?"
_COUNTED = r"\d+(?:年|月|日|家|个|所|名|余家|多家)(?:底|初|末|度|内|以来|起)?"


class OrgNames:
    """Finds legal-form names; holds compiled patterns and a tokeniser that is created when first needed.

    Args:
        words: the word lists.
        things: names of products and technologies; a name of these and generic words only names nobody.
        known: organisation names of the lexicon, so that the tokeniser keeps them whole.
        region_size: length of the region name a text begins with, 0 without one.
    """

    def __init__(
        self, words: Words, things: frozenset[str], known: frozenset[str], region_size: Callable[[str], int]
    ) -> None:
        institutes = alternation(words.institute_forms)
        after = alternation(words.not_after_institute)
        self._form = re.compile(
            f"(?P<firm>{alternation(form for form in _FIRM_FORMS if form != '集团')}){_BRANCH}"
            f"|(?P<institute>{institutes})(?!{after})"
            f"|(?P<group>集团)(?!{alternation(words.not_after_group)})"
        )
        hard = alternation(words.hard_cuts)
        self._cut = re.compile(
            f"(?P<hard>{_COUNTED}|{hard})|(?P<soft>{alternation(words.soft_cuts)})|(?P<char>[{words.function_chars}])"
        )
        self._generic = re.compile(f"(?:{alternation(words.generic)}|[0-9一二三四五六七八九十]+[家个所大批类])+")
        self._things = things
        self._region_size = region_size
        self._forms = re.compile(institutes)
        chars = set(words.function_chars)
        self._own_words = [name for name in known if len(name) <= 12 and chars & set(name)]
        self._tokens: Callable[[str], Iterable[str]] | None = None

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Spans of legal-form names as (kind, start, end); they may overlap one another."""
        for match in self._form.finditer(text):
            sort = match.lastgroup or "firm"
            start = self._left_edge(text, match.start(), match.end(), sort)
            if start is not None and match.end() - start <= _LONGEST_NAME:
                yield ("Institute" if sort == "institute" else "Enterprise", start, match.end())

    def _left_edge(self, text: str, form: int, end: int, sort: str) -> int | None:
        """Where the name begins, or None when nothing before the form names anybody."""
        first = _run_start(text, form)
        cuts = self._cuts(text, first, form, end, sort)
        while cuts:
            start, soft = cuts.pop()
            if self._names_somebody(text, start, form, sort):
                return start
            if not (soft and sort == "firm"):  # only 有限公司 promises that a brand stands before it
                return None
        return None

    def _cuts(self, text: str, first: int, form: int, end: int, sort: str) -> list[tuple[int, bool]]:
        """Possible beginnings from left to right, each with whether a soft word made it."""
        cuts = [(first, False)]
        edges: set[int] | None = None
        for match in self._cut.finditer(text, first, form):
            if match.lastgroup == "char":
                edges = edges or self._token_edges(text, first, end)
                if not {match.start(), match.end()} <= edges:
                    continue
            start = cuts[-1][0]
            if sort == "institute":
                if self._joins_disciplines(text[start : match.start()], text[match.end() : form], match[0]):
                    continue
            elif self._belongs(text, start, first, form, match):
                continue
            cuts.append((match.end(), match.lastgroup == "soft"))
        return cuts

    def _belongs(self, text: str, start: int, first: int, form: int, cut: re.Match[str]) -> bool:
        """Whether a cut word is part of a brand: right after a leading region (杭州和利时) or a conjunction."""
        if cut.lastgroup == "hard" or self._region_size(text[cut.end() : form]):
            return False
        if cut.lastgroup == "soft" and start == cut.start() > first and text[start - 1] in "与和及由":
            return True  # 和联合光电股份有限公司: after a conjunction stands a name, not a verb
        if cut[0] in "与和及" and start == cut.start() > first and text[start - 1] in "为向对由被给":
            return True  # 向和而泰供货
        if start == cut.start() or start + self._region_size(text[start:form]) != cut.start():
            return False
        return not (start > first and text[start - 1] in "在于到至赴")

    def _joins_disciplines(self, before: str, after: str, word: str) -> bool:
        """上海交通大学机械与动力工程学院: inside a unit of an institute 与 joins two fields, not two names."""
        forms = list(self._forms.finditer(before)) if word in ("与", "和", "及") else []
        return bool(forms) and forms[-1].end() < len(before) and not self._region_size(after)

    def _names_somebody(self, text: str, start: int, form: int, sort: str) -> bool:
        core = text[start:form]
        if len(core) < 2 or core[0] in ")）":
            return False
        if sort == "group" and len(core) > _LONGEST_GROUP:
            return False
        if sort == "institute":
            if core.startswith("中国") or self._region_size(core):
                return True
            if core.startswith("国家") and not _STATE_ONLY.fullmatch(core):
                return True
            for thing in re.findall(r"[一-鿿A-Za-z0-9]+", core):
                core = core.replace(thing, self._without_things(thing))
        left = self._generic.sub("", self._forms.sub("", core) if sort == "institute" else core)
        return len(left) >= 2 or (sort == "firm" and len(left) == 1 and self._region_size(core) > 0)

    def _without_things(self, core: str) -> str:
        """The core without product and technology names of the lexicon (longest first, up to twelve characters)."""
        place = 0
        kept = []
        while place < len(core):
            size = next(
                (n for n in range(min(12, len(core) - place), 1, -1) if core[place : place + n] in self._things), 0
            )
            if not size:
                kept.append(core[place])
            place += size or 1
        return "".join(kept)

    def _token_edges(self, text: str, first: int, end: int) -> set[int]:
        if self._tokens is None:
            self._tokens = _tokeniser(self._own_words)
        edges = {first}
        for token in self._tokens(text[first:end]):
            edges.add(max(edges) + len(token))
        return edges


def _run_start(text: str, form: int) -> int:
    """The first character of the unbroken run of name characters that ends at the form."""
    place = form
    stop = max(0, form - _LONGEST_NAME)
    while place > stop:
        if _NAME_CHAR.match(text, place - 1):
            place -= 1
            continue
        bracket = re.search(r"[（(][一-鿿]{2,6}[）)]$", text[max(0, place - 8) : place])
        if bracket is None or bracket.start() + max(0, place - 8) <= stop:
            break
        place -= len(bracket[0])
    return place


def _tokeniser(words: Iterable[str]) -> Callable[[str], Iterable[str]]:
    """An own jieba tokeniser (never the global one, which every user of the process would share)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42.1 warns on import: escapes, pkg_resources
        import jieba
    jieba.setLogLevel(logging.CRITICAL)  # it reports loading, and a temp folder it cannot write, on stderr
    tokenizer: Any = jieba.Tokenizer()
    for word in words:
        tokenizer.add_word(word)

    def cut(text: str) -> Iterable[str]:
        return list(tokenizer.cut(text, HMM=False))

    return cut
