"""Which nodes of a chain a single thing is, by its end, its attributes and its head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from .linking_context import cuts_latin, foreign
from .linking_vocabulary import Vocabulary

__all__ = ["CONFIDENCE", "Matcher"]

CONFIDENCE: Final = {
    "name": 0.95, "alias": 0.93, "narrower": 0.88, "kind_of": 0.85, "attribute": 0.8, "composed": 0.7,
    "shared_head": 0.65,
}  # fmt: skip
"""How sure each rule is."""
_REMEMBERED: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class _Found:
    """A node a thing may be, and how much of the thing's end its name covers when it stands there in one piece."""

    node: str
    method: str
    end: int


class Matcher:
    """Compares things with the names of one chain."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._v = vocabulary
        self._foreign = lru_cache(_REMEMBERED)(partial(foreign, vocabulary))
        self._last_two = {text[-2:] for text in vocabulary.surfaces if len(text) > 1}
        self._last = {text[-1:] for text in (*vocabulary.surfaces, *vocabulary.heads)}

    def match(self, thing: str) -> Mapping[str, str]:
        """The nodes a single thing is, each with the method: the most specific ones only."""
        found = [*self._exact(thing)]
        if not found:
            bare = self._bare(thing)
            found = [*self._exact(bare)] or [*self._kinds_of(bare)] or [*self._with_kind_tail(bare)]
        return self._closest(found)

    def known_end(self, text: str) -> int:
        """How long the longest name is that the text ends with, 0 for none."""
        for size in range(min(len(text), self._v.longest) if text[-2:] in self._last_two else 0, 1, -1):
            if text[-size:] in self._v.surfaces:
                return size
        return 0

    def _bare(self, thing: str) -> str:
        """A thing without what stands after its name: 压力机系列, 轨道交通类."""
        while not self.known_end(thing):
            shorter = self._v.words.tail.cut(thing)
            if shorter == thing or len(shorter) < 2:
                break
            thing = shorter
        return thing

    def _exact(self, thing: str) -> Iterator[_Found]:
        for surface in self._v.surfaces.get(thing, ()):
            yield _Found(surface.node, surface.how, len(thing))

    def _with_kind_tail(self, thing: str) -> Iterator[_Found]:
        """数控机床设备 is a 数控机床, 轨道交通装备 is for 轨道交通; 主轴设备 is no 主轴."""
        for kind, tail in self._v.words.kind_tails.items():
            bare = tail.cut(thing)
            if bare != thing and len(bare) > 1:
                inner = [*self._exact(bare)] or [*self._kinds_of(bare)]
                yield from (found for found in inner if self._takes_tail(found, bare, kind))

    def _takes_tail(self, found: _Found, bare: str, kind: str) -> bool:
        if self._v.kind[found.node] != kind or found.method == "narrower":
            return False
        return kind != "application" or bool(self._v.words.industries.search(bare))

    def _kinds_of(self, thing: str) -> Iterator[_Found]:
        """Nodes whose name, or whose attribute and head, the thing ends with, and has more before."""
        if thing[-1:] not in self._last or thing.endswith(self._v.words.crossing):
            return
        if any(word in thing for word in self._v.words.not_things):
            return
        for size in range(min(len(thing) - 1, self._v.longest), 0, -1):
            before, end = thing[:-size], thing[-size:]
            for surface in self._v.surfaces.get(end, ()):
                if cuts_latin(before, end) or self._foreign(surface, before):
                    continue
                yield _Found(surface.node, "kind_of", size)
                yield from self._composed(surface.node, before)
        yield from self._with_attributes(thing)

    def _with_attributes(self, thing: str) -> Iterator[_Found]:
        for size in self._v.head_lengths:
            before, head = thing[:-size], thing[-size:]
            for attribute, surface in self._v.heads.get(head, ()) if before else ():
                at = before.rfind(attribute)
                if at < 0 or cuts_latin(before[:at], attribute):
                    continue
                rest = before[:at] + before[at + len(attribute) :]
                if not self._foreign(surface, rest):
                    yield _Found(surface.node, "attribute", 0)

    def _composed(self, node: str, before: str) -> Iterator[_Found]:
        """五轴加工中心 is a 五轴机床, because a 加工中心 is a 机床 and 五轴 stands before it."""
        for ancestor in self._v.ancestors[node]:
            for name in self._v.names.get(ancestor, ()):
                for at in range(len(name) - 1):
                    for attribute, surface in self._v.heads.get(name[at:], ()):
                        if attribute in before and surface.node != node and not self._foreign(surface, before):
                            yield _Found(surface.node, "composed", 0)

    def _closest(self, found: list[_Found]) -> dict[str, str]:
        """Without nodes that another one found is a kind of, and without names that a longer one ends with."""
        longest = max((each.end for each in found), default=0)
        kept = [each for each in found if each.end in (0, longest)]
        covering = {each.node for each in kept}
        above = {node for each in covering for node in self._v.ancestors[each]}
        best: dict[str, str] = {}
        for each in kept:
            if each.node not in above and CONFIDENCE[each.method] > CONFIDENCE.get(best.get(each.node, ""), 0):
                best[each.node] = each.method
        return best
