"""What a Chinese company name is made of: place, own name, trades, legal form.

浙江 | 恒林 | 椅业 | 股份有限公司: an abbreviation keeps the own name and drops of the rest what it likes, so every
character has a class that says how much its absence means. The classes follow word lists
(:mod:`bulian.queries.firm_names_words`) and the names of all regions; what no list knows is own name.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Final

from bulian.graph.names import normal_form

from .firm_names_places import letters_of, place_at, provinces_of
from .firm_names_words import FORMS, SIMPLE, TRADES

__all__ = [
    "FORM", "OWN", "OWN_ON", "PLACE", "TRADE", "TRADE_ON", "NameParts", "core_of", "folded", "is_full", "name_parts",
    "reads_whole", "simplified", "unmarked",
]  # fmt: skip

PLACE, OWN, OWN_ON, TRADE, TRADE_ON, FORM = range(6)
"""Classes of characters: of a place, first two of the own name, further in it, first of a trade word, further in it,
of the legal form. What no list knows stands behind the brand more often than in it, so the third on weighs less."""

_SIMPLER: Final = str.maketrans(SIMPLE)
_MARKS: Final = re.compile(r"^(?:s?\*?st|sst|pt|n|s|g|xd|xr|dr|退市)(?=[一-鿿])")
_CLASSES: Final = re.compile(r"(?<=[一-鿿])(?:-(?:uw|wd|u|w|d|r|v)+|[ab]股?退?|退)$")
_INSTITUTES: Final = "研究院|研究所|大学|学院|实验室|协会|中心"
_INSTITUTE: Final = re.compile(f"(?:{_INSTITUTES})$")
_FULL: Final = re.compile(
    rf"(?:(?:有限|股份|责任|集团|\(集团\)|总|分|子)公司|{_INSTITUTES}|总厂|合作社|合伙企业|\(有限合伙\))$"
)
_NOTE: Final = re.compile(r"\((?:以下)?简称:?[^()]*\)$")
_BRACKET: Final = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name cut up.

    ``text`` is what is compared (folded, without brackets), ``classes`` the class of each of its characters,
    ``own`` the own name, ``letters`` the one-letter names of its place (粤 for 广东 and 深圳).
    """

    text: str
    classes: bytes
    own: str
    letters: str

    @property
    def core(self) -> str:
        """Own name and trades: the name without place and legal form."""
        return "".join(c for c, kind in zip(self.text, self.classes, strict=True) if kind not in (PLACE, FORM))

    @property
    def has_form(self) -> bool:
        """Whether a legal form stands in it: then it is a full name."""
        return FORM in self.classes


def folded(name: str) -> str:
    """The form in which names are compared: the normal form, in simplified characters."""
    return simplified(normal_form(name))


def simplified(form: str) -> str:
    """A normal form in simplified characters."""
    return form.translate(_SIMPLER)


def unmarked(form: str) -> str:
    """A folded short name without the marks of an exchange: *ST, S, N, XD, 退市 before it, A, B, -U, 退 after."""
    bare = _CLASSES.sub("", _MARKS.sub("", form, count=1), count=1)
    return bare if len(bare) >= 2 else form


def is_full(form: str) -> bool:
    """Whether a folded name is a registered one, with a legal form or as an institute, not a short name."""
    return len(form) > 4 and _FULL.search(form) is not None


def core_of(form: str) -> str:
    """What a full name shares with its variants: own name and trades, without place, legal form, institute word."""
    return _INSTITUTE.sub("", name_parts(form).core)


def reads_whole(query: str, parts: NameParts) -> bool:
    """Whether a short name is an unbroken part of a full one that begins with its own name and breaks no word.

    Before it only places may stand; without a character of the own name or of a place it would name a trade.
    """
    at = parts.text.find(query)
    if at < 0:
        return False
    end = at + len(query)
    kinds = parts.classes
    if any(kind != PLACE for kind in kinds[:at]) or not any(kind in (OWN, OWN_ON, PLACE) for kind in kinds[at:end]):
        return False
    if OWN in kinds[end:]:
        return False
    on = kinds[end : end + 1]
    torn = on == bytes([TRADE_ON]) and kinds[end - 1] == TRADE  # 深南电 of 深南电路; 生物 of 生物工程 is a word itself
    return not torn and not on == kinds[end - 1 : end] == bytes([PLACE])


@functools.lru_cache(maxsize=200_000)
def name_parts(form: str) -> NameParts:
    """Cut up a folded name."""
    plain = _NOTE.sub("", form)
    text, classes, places = "", bytearray(), []
    place = 0
    for bracket in _BRACKET.finditer(plain):
        text, classes = _add(text, classes, plain[place : bracket.start()], None)
        text, classes = _add(text, classes, bracket[1], _bracket_class(bracket[1]))
        places.append(bracket[1])
        place = bracket.end()
    text, classes = _add(text, classes, plain[place:], None)
    text = re.sub(r"[()]", "", text)[: len(classes)]
    end = _mark_form(text, classes)
    start = _mark_places(text, classes, end, places)
    _mark_trades(text, classes, start, end)
    own = "".join(c for c, kind in zip(text, classes, strict=True) if kind == OWN)
    _mark_later(classes)
    return NameParts(text, bytes(classes), own, letters_of(places))


def _add(text: str, classes: bytearray, piece: str, kind: int | None) -> tuple[str, bytearray]:
    piece = re.sub(r"[()]", "", piece)
    return text + piece, classes + bytes([OWN if kind is None else kind]) * len(piece)


def _bracket_class(inside: str) -> int:
    if inside in ("集团", "股份", "控股"):
        return FORM
    return PLACE if place_at(inside, 0) == len(inside) else OWN


def _mark_form(text: str, classes: bytearray) -> int:
    """Mark the legal form at the end; where it begins."""
    end = len(text)
    while end > 2 and classes[end - 1] == FORM:  # 中国嘉陵工业股份有限公司(集团)
        end -= 1
    for form in FORMS:
        if text.endswith(form, 0, end) and end > len(form):
            end -= len(form)
            break
    while end > 2 and classes[end - 1] == FORM:
        end -= 1
    if end < len(text) and text[:end].endswith("集团") and end > 3:
        end -= 2
    classes[end:] = bytes([FORM]) * (len(text) - end)
    return end


def _mark_places(text: str, classes: bytearray, end: int, places: list[str]) -> int:
    """Mark the places a name begins with (浙江省台州市…); where the rest begins."""
    start, outer = 0, None
    for _ in range(3):
        size = place_at(text[:end], start)
        inside = provinces_of(text[start : start + size])
        if not size or (outer is not None and not outer & inside):
            break  # 广西桂东: a county of 湖南 does not stand behind 广西
        outer = inside
        classes[start : start + size] = bytes([PLACE]) * size
        places.append(text[start : start + size])
        start += size
    return start


def _mark_trades(text: str, classes: bytearray, start: int, end: int) -> None:
    for word in _trade_pattern().finditer(text, start, end):
        for place in range(word.start(), word.end()):
            if classes[place] == OWN:
                classes[place] = TRADE if place == word.start() else TRADE_ON


def _mark_later(classes: bytearray) -> None:
    run = 0
    for place, kind in enumerate(classes):
        run = run + 1 if kind == OWN else 0
        if run > 2:
            classes[place] = OWN_ON


@functools.cache
def _trade_pattern() -> re.Pattern[str]:
    words = sorted(TRADES, key=lambda word: (-len(word), word))
    return re.compile("|".join(words) + "|(?<=[一-鿿]{2})[一-鿿]业")  # 椅业, 茧业: whatever stands before 业
