"""The word lists of product linking, read once from ``ingest/data``, and one way of writing for names and strings."""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

from .words import alternation

__all__ = ["ROLES", "LexiconRow", "LinkWords", "Role", "load_lexicon_rows", "load_link_words", "unfolded", "written_once"]

Role = Literal["produce", "sell", "use", "service", "research"]
ROLES: Final[tuple[Role, ...]] = ("produce", "sell", "use", "service", "research")
_SPACE: Final = re.compile(r"[\s\u200b\ufeff]+")


class Ending:
    """A pattern for the end of a text, tried only where the last character can be its last."""

    def __init__(self, pattern: str, words: Iterable[str]) -> None:
        self._pattern = re.compile(f"{pattern}$")
        self._last = frozenset(word[-1] for word in words)

    def search(self, text: str) -> re.Match[str] | None:
        """The longest such end, if any."""
        return self._pattern.search(text) if text[-1:] in self._last else None

    def cut(self, text: str) -> str:
        """The text without its end."""
        found = self.search(text)
        return text[: found.start()] if found else text


@dataclass(frozen=True, slots=True)
class LinkWords:
    """The lists by purpose; the comments in the TOML file say what each one decides.

    ``verbs`` maps a verb to its roles; the patterns are compiled from lists.
    """

    verbs: Mapping[str, frozenset[Role]]
    lead_verb: re.Pattern[str]
    tail_verb: Ending
    lead: re.Pattern[str]
    tail: Ending
    kind_tails: Mapping[str, Ending]
    industries: re.Pattern[str]
    glue: re.Pattern[str]
    heads: frozenset[str]
    empty_heads: tuple[str, ...]
    hosts: tuple[str, ...]
    host_shape: re.Pattern[str]
    whole_words: tuple[str, ...]
    crossing: tuple[str, ...]
    not_things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LexiconRow:
    """What a lexicon says of one node: other words for it, narrower ones, and the contexts that decide.

    ``must``: a longer string links only if one of these stands in it; ``stop``: none of these may. ``chain_has`` (of the
    shipped rows): the row holds for chains with a product of that word in its name.
    """

    node: str
    aliases: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    chain_has: str = ""


@lru_cache(maxsize=1)
def _raw() -> dict[str, Any]:
    return tomllib.loads(files("bulian.ingest").joinpath("data/link_words.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def load_link_words() -> LinkWords:
    """The shipped word lists."""
    raw = _raw()
    verbs: dict[str, frozenset[Role]] = {}
    for role in ROLES:
        for verb in raw["verbs"][role]:
            verbs[verb] = verbs.get(verb, frozenset()) | {role}
    frame, heads, foreign = raw["frame"], raw["heads"], raw["foreign"]
    verb = alternation(verbs)
    leading = alternation(word for word in verbs if word not in raw["verbs"]["not_leading"])
    whole = f"{alternation(raw['verbs']['not_leading'])}(?=[:：]|$)"
    after = alternation(frame["after_verb"])
    return LinkWords(
        verbs,
        re.compile(f"^(?P<verb>{leading}|{whole})(?:的|[:：])?"),
        Ending(f"(?P<verb>{verb})(?:{after})?", (*verbs, *frame["after_verb"])),
        re.compile(f"^{alternation(frame['lead'])}[:：]?"),
        Ending(alternation(frame["tail"]), frame["tail"]),
        {
            kind: Ending(alternation(frame[f"{kind}_tail"]), frame[f"{kind}_tail"])
            for kind in ("equipment", "application", "material")
        },
        re.compile(frame["industries"]),
        re.compile(alternation(frame["glue"])),
        frozenset(heads["known"]), tuple(heads["empty"]),
        tuple(foreign["hosts"]), re.compile(foreign["host_shapes"]),
        tuple(foreign["whole_words"]), tuple(foreign["crossing"]), tuple(foreign["not_things"]),
    )  # fmt: skip


@lru_cache(maxsize=1)
def load_lexicon_rows() -> tuple[LexiconRow, ...]:
    """The shipped lexicon: words of machine tools that hold in every chain with such products."""
    text = files("bulian.ingest").joinpath("data/link_lexicon.csv").read_text(encoding="utf-8")
    return tuple(
        LexiconRow(
            row["链上环节"], _several(row["别名"]), _several(row["下位词"]), _several(row["必含语境"]),
            _several(row["排除语境"]), row["链含"],
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


def _several(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split("[；;]", cell or "") if part.strip())


def written_once(text: str) -> str:
    """A string or name in one way of writing: NFKC, no white space, lower case, one character for one word.

    丝杆 and 丝杠, 成型 and 成形, 减速机 and 减速器 are each the same word in product names.
    """
    folded = _SPACE.sub("", unicodedata.normalize("NFKC", text)).lower()
    for written, meant in _raw()["variants"].items():
        folded = folded.replace(written, meant)
    return folded


def unfolded(texts: Iterable[str]) -> list[str]:
    """Texts in one way of writing, and as they may be written before that, sorted."""
    found = set(texts)
    for written, meant in _raw()["variants"].items():
        found |= {text.replace(meant, written) for text in found if meant in text}
    return sorted(found)
