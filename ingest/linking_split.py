"""Product lists and business scopes into single things with what is done with them.

研发、生产、销售：数控机床、加工中心 and 机床附件、刀具、量具及夹具制造 are both lists of things; the verbs stand before
or after them and hold for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from typing import Final

from .linking_words import LinkWords, Role

__all__ = ["BRACKETS", "CLAUSES", "HIDE", "Item", "Part", "clauses_of", "items_of", "read_part"]

Part = tuple[frozenset[Role], str, frozenset[Role]]
"""A part of a list: the roles said before a thing, the thing, the roles said after it."""

BRACKETS: Final = r"[（(\[【〔][^（()）\[\]【】〔〕]*[)）\]】〕]"
"""Regular expression (RE2 and Python) of an innermost pair of brackets in a scope, which hold conditions."""
CLAUSES: Final = "[;；。\n\r|]+"
"""The same of what ends a clause of a scope."""
_SCOPE_BRACKETS: Final = re.compile(BRACKETS)
_SCOPE_CLAUSES: Final = re.compile(CLAUSES)
_SCOPE_SIGN: Final = re.compile("[（([【〔;；。\n\r|]")  # without one a scope is a single clause
_BRACKET: Final = re.compile(r"[()\[\]【】〔〕<>]")
_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>")
_CLAUSES: Final = re.compile(r"[;；。\n|\r★●◆■※]+|(?<=\D)\d{1,2}[.、)](?=\D)")
# What stands between listed things. Every alternative begins with a plain character, so that the engine can skip to one.
_LISTED: Final = re.compile(
    "|".join((*(f"{re.escape(sign)}[、/&+·]*" for sign in "、/&+·"), "以及其", "以及", "及其", "及", "和", "与", "或者",
              "或", "等(?=.)", "--?", "——*", ",[,，]*", "，[,，]*", ":(?=.)", "：(?=.)"))
)  # fmt: skip
_EDGE: Final = ".,。、，:：;；\"'“”‘’()*·-—" + "".join(filter(str.isspace, map(chr, range(0x3001))))
_SEPARATORS: Final = "、/&+·和与及或以其者等-—,，:：.;；"
HIDE: Final = {ord(char): chr(0xE000 + at) for at, char in enumerate(_SEPARATORS)}
"""For :meth:`str.translate`: separators to characters that separate nothing, where they stand inside a name."""
_SHOW: Final = {ord(hidden): chr(char) for char, hidden in HIDE.items()}


@dataclass(slots=True)
class Item:
    """One thing of a list; ``roles`` empty where no verb says what is done with it; ``clause`` numbers its clause."""

    text: str
    clause: int
    roles: Set[Role] = frozenset()


def clauses_of(scope: str) -> list[str]:
    """The clauses of a scope as registered, without what stands in brackets."""
    if not _SCOPE_SIGN.search(scope):
        return [clause] if (clause := scope.strip()) else []
    return [clause for part in _SCOPE_CLAUSES.split(_SCOPE_BRACKETS.sub("", scope)) if (clause := part.strip())]


def items_of(text: str, words: LinkWords, read: Callable[[str], Part], masked: Callable[[str], str]) -> list[Item]:
    """The things of a string in order.

    Args:
        text: a product list or a scope, in one way of writing (:func:`~bulian.ingest.linking_words.written_once`).
        words: the word lists.
        read: what :func:`read_part` says of a part; the same parts come again and again, so it may remember.
        masked: the text with the separators inside names of nodes hidden (:data:`HIDE`).
    """
    found: list[Item] = []
    for number, clause in enumerate(_CLAUSES.split(_without_brackets(text))):
        found += _clause_items(masked(clause), number, words, read)
    return found


def _without_brackets(text: str) -> str:
    """What stands in brackets is a gloss or a condition; a string of nothing else keeps it."""
    if not _BRACKET.search(text):
        return text
    previous = text
    while (outside := _BRACKETS.sub("", previous)) != previous:
        previous = outside
    return previous if previous.strip(_EDGE) else re.sub(r"[()\[\]【】〔〕<>]", "", text)


def _clause_items(clause: str, number: int, words: LinkWords, read: Callable[[str], Part]) -> list[Item]:
    """Things of a clause; verbs before them hold from there on, verbs after them for all since the last such verb."""
    found: list[Item] = []
    group: list[Item] = []  # those a verb that follows is about
    closed = False
    leading: Set[Role] = frozenset()
    waiting: Set[Role] = frozenset()
    for part, after_comma in _parts(clause, words):
        lead, thing, trail = read(part)
        if not thing:
            closed = closed or bool(group)
            for item in group:
                item.roles |= lead | trail
            waiting = waiting if found else waiting | lead | trail
            continue
        if lead or waiting or closed:
            leading = lead if lead and after_comma else lead | waiting
            group, closed, waiting = [], False, frozenset()
        item = Item(thing, number, leading)
        found.append(item)
        group.append(item)
        if trail:
            closed, leading = True, frozenset()
            for each in group:
                each.roles |= trail
    return found


def _parts(clause: str, words: LinkWords) -> Iterator[tuple[str, bool]]:
    """The listed parts, and whether a comma stands before; a separator inside a word (饱和, 普及) separates nothing."""
    separators = [*_LISTED.finditer(clause)]
    glued: set[int] = set()
    if separators:
        glued = {match.start() + at for match in words.glue.finditer(clause) for at in range(len(match[0]))}
    begin, comma = 0, False
    for match in separators:
        if match.start() in glued or _inside_latin(clause, match):
            continue
        yield clause[begin : match.start()], comma
        begin, comma = match.end(), match[0][0] in ",，"
    yield clause[begin:], comma


def _inside_latin(clause: str, match: re.Match[str]) -> bool:
    """Whether a stroke stands inside a Latin word or number (X-Y, 3/8)."""
    if match[0][0] not in "-/+&·":
        return False
    around = clause[max(0, match.start() - 1) : match.start()], clause[match.end() : match.end() + 1]
    return all(char.isascii() and char.isalnum() for char in around if char) and all(around)


def read_part(part: str, words: LinkWords, known_end: Callable[[str], int]) -> Part:
    """The verbs around a thing.

    Args:
        part: one part of a list, as :func:`items_of` cuts it.
        words: the word lists.
        known_end: how long the name of a node is that the text ends with, 0 for none: a verb inside it is none.
    """
    thing = part.strip(_EDGE).translate(_SHOW)
    lead: set[Role] = set()
    trail: set[Role] = set()
    while thing and not known_end(thing) and (match := words.tail_verb.search(thing)):
        trail |= words.verbs[match["verb"]]
        thing = thing[: match.start()].strip(_EDGE).removesuffix("的").removesuffix("等")
    while thing and (before := thing[: len(thing) - known_end(thing)]):  # a verb inside a name is part of it
        if match := words.lead.match(before):
            thing = thing[match.end() :]
        elif match := words.lead_verb.match(before):
            lead |= words.verbs[match["verb"]]
            thing = thing[match.end() :]
        else:
            break
        thing = thing.strip(_EDGE)
    if trail & {"research", "service"} and not known_end(thing):
        thing = thing.removesuffix("技术")
    return frozenset(lead), thing, frozenset(trail)
