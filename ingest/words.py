"""The word lists of text extraction, read once from ``ingest/data/text_words.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

__all__ = ["Words", "alternation", "load_words"]


@dataclass(frozen=True, slots=True)
class Words:
    """The lists by purpose; the comments in the TOML file say what each one decides."""

    function_chars: str
    hard_cuts: tuple[str, ...]
    soft_cuts: tuple[str, ...]
    generic: tuple[str, ...]
    institute_forms: tuple[str, ...]
    not_after_institute: tuple[str, ...]
    not_after_group: tuple[str, ...]
    context_words: tuple[str, ...]
    self_names: tuple[str, ...]
    place_before: tuple[str, ...]
    thing_tail_chars: str
    neutral: tuple[str, ...]
    planned: tuple[str, ...]
    governing: tuple[str, ...]
    aims: tuple[str, ...]
    completed: tuple[str, ...]
    negated: tuple[str, ...]
    question: tuple[str, ...]
    other_thing: tuple[str, ...]
    bound: tuple[str, ...]
    unclear: tuple[str, ...]
    other_actor: tuple[str, ...]
    belongings: tuple[str, ...]
    own_people: tuple[str, ...]
    adverbs: tuple[str, ...]


@lru_cache(maxsize=1)
def load_words() -> Words:
    """The shipped word lists."""
    raw = tomllib.loads(files("bulian.ingest").joinpath("data/text_words.toml").read_text(encoding="utf-8"))
    flat: dict[str, Any] = {**raw["names"], **raw["statement"], **raw["slots"]}
    lists: dict[str, Any] = {key: value if isinstance(value, str) else tuple(value) for key, value in flat.items()}
    return Words(**lists)


def alternation(words: Iterable[str]) -> str:
    """A regular expression that matches any of the words, the longest first, as a non-capturing group."""
    return "(?:" + "|".join(map(re.escape, sorted(set(words), key=lambda w: (-len(w), w)))) + ")"
