"""Classes of the national economy (GB/T 4754): what a register's industry column says, and which nodes name that class.

A class is wider than a node and a registration is no production, so a class is a hint and never a link that counts. One
code means different things in different editions (3452: gears in 2011, plain bearings in 2017), so the edition is told
apart before codes are compared: by what the file says, by the name beside the code, by which editions have the code.
The shipped classes (``data/industry_classes.csv``) are those a chain of machine tools names; of others codes alone are
compared, and the answer says that the edition is not known.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

__all__ = ["EDITIONS", "Hint", "Industries", "IndustryClass", "edition_named", "read_industry"]

EDITIONS: Final = ("2017", "2011", "2002")
"""Editions of the standard, the one in force first: a node's bare ``GB:3425`` is of that one."""
_STANDARD: Final = "GB/T 4754"
_NODE: Final = re.compile(r"GB(?:/?T)?\s*(?:4754)?[-—–]?\s*(2002|2011|2017)?\s*[:：]\s*[A-T]?(\d{3,4})\Z", re.I)
_CODE: Final = re.compile(r"(?<![\dA-Z])[A-T]?(\d{2,4})(?!\d)")
_DECLARED: Final = re.compile(r"4754\s*[-—–－.]?\s*(2002|2011|2017)|(2002|2011|2017)\s*[年版]*\s*(?:国标|国民经济)?行业")
_STEP: Final = re.compile(r"[>→|/\-—]+")
_EXACT, _UNSURE, _WIDER = 0.3, 0.2, 0.1  # of the row's own confidence: far below every threshold


@dataclass(frozen=True, slots=True)
class IndustryClass:
    """One class: its code and name by edition; editions that do not have it are not in them."""

    codes: Mapping[str, str]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hint:
    """A node a class may point at; ``method`` names standard, edition and code, ``confidence`` is 0–0.3."""

    node: str
    method: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Said:
    edition: str | None
    code: str | None
    name: str


def edition_named(text: str) -> str | None:
    """The edition of the standard that a title, header or file name states (GB/T 4754—2011), None for none."""
    found = _DECLARED.search(unicodedata.normalize("NFKC", text))
    return (found[1] or found[2]) if found else None


def read_industry(text: str) -> _Said:
    """Edition, code and name of a cell: ``GB/T 4754-2017 C3421 金属切削机床制造``, ``3421``, ``制造业>…>轴承制造``."""
    folded = unicodedata.normalize("NFKC", text).strip()
    edition = edition_named(folded)
    rest = re.sub(r"GB\s*/?\s*T?\s*4754\s*[-—–.]?\s*(?:2002|2011|2017)?", "", folded, flags=re.I)
    codes = _CODE.findall(rest.upper())
    steps = [step.strip() for step in _STEP.split(_CODE.sub("", rest)) if step.strip()]
    return _Said(edition, codes[-1] if codes else None, re.sub(r"[\s()]", "", steps[-1]) if steps else "")


@lru_cache(maxsize=1)
def _classes() -> tuple[IndustryClass, ...]:
    text = files("bulian.ingest").joinpath("data/industry_classes.csv").read_text(encoding="utf-8")
    return tuple(
        IndustryClass(
            {edition: row[f"{edition}代码"] for edition in EDITIONS if row[f"{edition}代码"]},
            {edition: row[f"{edition}名称"] for edition in EDITIONS if row[f"{edition}代码"]},
        )
        for row in csv.DictReader(text.splitlines())
    )


class Industries:
    """The codes that nodes state, ready to be compared with what registers say.

    Args:
        stated: node and each of its 代码; those of other systems (HS, IPC) are passed over.
    """

    def __init__(self, stated: Iterable[tuple[str, str]]) -> None:
        self._nodes: list[tuple[str, str, str]] = []
        for node, code in sorted(set(stated)):
            if match := _NODE.match(unicodedata.normalize("NFKC", code).strip()):
                self._nodes.append((node, match[1] or EDITIONS[0], match[2]))

    def __bool__(self) -> bool:
        return bool(self._nodes)

    @property
    def content(self) -> str:
        """All that decides a hint, as a text to be hashed."""
        return repr((self._nodes, [(one.codes, one.names) for one in _classes()])) if self._nodes else ""

    @property
    def pattern(self) -> str:
        """A regular expression (RE2) that matches every text with a hint."""
        groups = {code[:3] for _, _, code in self._nodes}
        near = [one for one in _classes() if any(code[:3] in groups for code in one.codes.values())]
        words = {name for one in near for name in one.names.values()} | groups
        words |= {code[:3] for one in near for code in one.codes.values()}
        return "|".join(re.escape(word) for word in sorted(words))

    def hints(self, text: str) -> list[Hint]:
        """The nodes that what a register says points at, by node; the surest hint of each."""
        said = read_industry(text)
        classes = self._classes_of(said)
        if classes is None:
            return []
        best: dict[str, Hint] = {}
        for node, edition, code in self._nodes:
            hint = _by_class(node, edition, code, classes) if classes else _by_code(node, edition, code, said)
            if hint and hint.confidence > (best[node].confidence if node in best else 0.0):
                best[node] = hint
        return [best[node] for node in sorted(best)]

    def _classes_of(self, said: _Said) -> list[tuple[str, IndustryClass]] | None:
        """The shipped classes that may be meant, each with the edition; none where they are not shipped.

        None where code and name contradict each other, or nothing is said that could be compared.
        """
        if said.code is None and not said.name:
            return None
        editions = [said.edition] if said.edition else list(EDITIONS)
        fits = [
            (edition, one)
            for one in _classes()
            for edition in editions
            if edition in one.codes and said.code in (None, one.codes[edition]) and said.name in ("", one.names[edition])
        ]
        if not said.edition and not said.name:  # nobody writes bare codes of 2002 any more
            fits = [fit for fit in fits if fit[0] != EDITIONS[-1]]
        if fits:
            return fits
        known = any(said.code in one.codes.values() or said.name in one.names.values() for one in _classes())
        return None if known or said.code is None else []


def _by_class(node: str, edition: str, code: str, classes: list[tuple[str, IndustryClass]]) -> Hint | None:
    """A hint where one of the classes that may be meant is that of the node, or inside it, or (weaker) around it."""
    meant = len({id(one) for _, one in classes})
    for said_in, one in classes:
        own = one.codes.get(edition, "")
        if own and (own.startswith(code) or code.startswith(own)):
            held = _WIDER if len(own) < len(code) else _EXACT if meant == 1 else _UNSURE
            editions = [e for e, other in classes if other is one] if meant == 1 else [said_in]
            told = f"{_STANDARD}-{'/'.join(editions)} {one.codes[said_in]}"
            return Hint(node, told if meant == 1 else f"{told}（版次不明）", held)
    return None


def _by_code(node: str, edition: str, code: str, said: _Said) -> Hint | None:
    """A hint by bare codes, of classes that are not shipped: sure only where the file states the node's edition."""
    if said.code is None or len(said.code) < 3 or said.edition not in (None, edition):
        return None
    if not (said.code.startswith(code) or code.startswith(said.code)):
        return None
    held = _WIDER if len(said.code) < len(code) else _EXACT if said.edition else _UNSURE
    told = f"{_STANDARD}-{edition} {said.code}" if said.edition else f"{_STANDARD} {said.code}（版次不明）"
    return Hint(node, told, held)
