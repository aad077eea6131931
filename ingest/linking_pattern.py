"""A linker's words for whole columns: which texts can link at all, and when links have to be made anew."""

from __future__ import annotations

import re

from .linking_vocabulary import Vocabulary
from .linking_words import unfolded

__all__ = ["content_of_words", "pattern_of"]


def content_of_words(v: Vocabulary) -> str:
    """All that decides a link, as a text to be hashed."""
    kinds = sorted((node, sorted(above)) for node, above in v.ancestors.items())
    plain = [sorted(part.items()) for part in (v.surfaces, v.must, v.stop, v.kind)]
    return repr((plain, kinds, v.hosts, v.own))


def pattern_of(v: Vocabulary) -> str:
    """A regular expression (RE2) that matches every text with a link, and most without any not.

    A text links only where a name, or the head of a name that may have further attributes before it, stands in it.
    """
    ends = {*v.surfaces, *v.heads}
    short = {end for end in ends if not any(end != other and end.endswith(other) for other in ends)}
    return "|".join(r"[\s\x{3000}]*".join(map(_any_way, end)) for end in unfolded(short))


def _any_way(char: str) -> str:
    """A character as a regular expression that also matches its full-width and upper-case forms."""
    ways = {char, char.upper()}
    if char.isascii() and "!" <= char <= "~":
        ways |= {chr(ord(way) + 0xFEE0) for way in ways}
    return "[" + "".join(re.escape(way) for way in sorted(ways)) + "]" if len(ways) > 1 else re.escape(char)
