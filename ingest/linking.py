"""Linking what firms write about their products to the nodes of a chain, by stated rules.

A string links to the node it names or is a kind of, never to one that is narrower: 数控卧式车床 is a 数控车床, 机床 is
no 数控机床. Chinese names end in their head, so the end decides: 轴承钢 is a steel, 机床附件 no machine tool. What stands
before the head may make it another thing (风电主轴), which :mod:`bulian.ingest.linking_context` refuses. Nothing is
linked by likeness.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .linking_context import cuts_latin, foreign
from .linking_split import HIDE, Item, Part, clauses_of, items_of, read_part
from .linking_vocabulary import Vocabulary
from .linking_words import ROLES, Role, written_once

__all__ = ["SCOPE_FACTOR", "Linker", "ProductLink"]

SCOPE_FACTOR: Final = 0.5
"""A registered scope says what a firm may do: half the confidence, so that alone it never confirms anything."""
_CONFIDENCE: Final = {
    "name": 0.95, "alias": 0.93, "narrower": 0.88, "kind_of": 0.85, "attribute": 0.8, "composed": 0.7,
    "shared_head": 0.65,
}  # fmt: skip
_LINES: Final = re.compile(r"[\n\r\t\x0b\x0c]+")
_HAN_SPACE: Final = re.compile(r"(?<=[\u4e00-\u9fff])[ \u3000]+(?=[\u4e00-\u9fff])")
_NO_ROLE: Final = 0.5  # of a scope's item without a verb: what the firm does with it is not said
_REMEMBERED: Final = 1 << 17
"""So many parts and things are remembered: the clauses of a register are nearly all different, what they list is not."""


@dataclass(frozen=True, slots=True)
class ProductLink:
    """A string means a node: ``role`` is what the firm does with it, ``method`` the rule, ``confidence`` 0–1.

    Methods: ``name``, ``alias``, ``narrower`` (a narrower word of the lexicon), ``kind_of`` (ends like the node),
    ``attribute`` (has the node's attributes and head with others between), ``composed`` (a kind of the node's head
    with the node's attribute), ``shared_head`` (数控及普通机床: the head stands once). ``stated`` tells whether a verb
    gave the role.
    """

    node: str
    role: Role
    method: str
    confidence: float
    stated: bool = True


@dataclass(frozen=True, slots=True)
class _Found:
    """A node a thing may be, and how much of the thing's end its name covers when it stands there in one piece."""

    node: str
    method: str
    end: int


class Linker:
    """Links strings to the nodes of one chain; built once, then without state but for what it remembers of its own answers."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = self._v = vocabulary
        self._joined = [text for text in vocabulary.surfaces if text.translate(HIDE) != text]
        self._any_joined = re.compile("|".join(map(re.escape, self._joined)) or "(?!)")
        self._known_match = lru_cache(_REMEMBERED)(self._match)
        self._known_part = lru_cache(_REMEMBERED)(self._part)
        self._known_ends = lru_cache(_REMEMBERED)(self._shared_ends)

    def link(self, string: str) -> list[ProductLink]:
        """What a product string says is made (or sold, used …), by node and role; without a verb it is made."""
        return self._links(string, scope=False)

    def link_scope(self, scope: str) -> list[ProductLink]:
        """What a business scope says, by node and role; each clause is read by itself, the best says how sure it is."""
        clauses = [scope] if written_once(scope) in self._v.surfaces else clauses_of(scope)
        if len(clauses) == 1:
            return self._links(clauses[0], scope=True)
        best: dict[tuple[str, Role], ProductLink] = {}
        for clause in clauses:
            for link in self._links(clause, scope=True):
                known = best.get((link.node, link.role))
                if known is None or (known.stated, known.confidence) < (link.stated, link.confidence):
                    best[link.node, link.role] = link
        return _in_order(best.values())

    def things(self, string: str) -> list[str]:
        """The single things a string names, without verbs."""
        return [item.text for item in self._items(string)]

    def match(self, thing: str) -> Mapping[str, str]:
        """The nodes a single thing is, each with the method: the most specific ones only."""
        return self._known_match(thing)

    def _match(self, thing: str) -> Mapping[str, str]:
        found = [*self._exact(thing)]
        if not found:
            bare = self._bare(thing)
            found = [*self._exact(bare)] or [*self._kinds_of(bare)] or [*self._with_kind_tail(bare)]
        return self._closest(found)

    def near(self, thing: str, size: int) -> list[str]:
        """Nodes one of whose names ends in the same ``size`` characters as a thing, sorted."""
        end = thing[-size:]
        return sorted({s.node for text, named in self._v.surfaces.items() if text.endswith(end) for s in named})

    def _links(self, string: str, *, scope: bool) -> list[ProductLink]:
        items, matches = self._read(string)
        own = [any(self._v.kind[node] != "application" for node in found) for found in matches]
        best: dict[tuple[str, Role], ProductLink] = {}
        for at, (item, matched) in enumerate(zip(items, matches, strict=True)):
            for node, method in matched.items():
                among_own = any(each for place, each in enumerate(own) if place != at)
                named = method in ("name", "alias") and (among_own or len(items) == 1)
                if not named and not self._in_context(
                    node, method, item.text if scope else written_once(string), item.text
                ):
                    continue
                for role in sorted(item.roles) or ["produce"]:
                    link = _made(node, role, method, stated=bool(item.roles), scope=scope)
                    known = best.get((node, role))
                    if known is None or known.confidence < link.confidence:
                        best[node, role] = link
        return _in_order(best.values())

    def _items(self, string: str) -> list[Item]:
        return self._read(string)[0]

    def _read(self, string: str) -> tuple[list[Item], list[Mapping[str, str]]]:
        """The things of a string, and the nodes each of them is."""
        whole = written_once(string)
        if whole in self._v.surfaces:
            return (found := [Item(whole, 0)]), self._matches(found)
        lines = _LINES.sub("；", string.strip())
        ways = dict.fromkeys((lines, _HAN_SPACE.sub("、", lines)))  # a space is a slip in a name, or between two
        read = []
        for way in ways:
            items = items_of(whole if way == string else written_once(way), self._v.words, self._known_part, self._hidden)
            read.append((items, self._matches(items)))
        return max(read, key=lambda each: len({node for found in each[1] for node in found})) if read[1:] else read[0]

    def _part(self, part: str) -> Part:
        return read_part(part, self._v.words, self._known_end)

    def _hidden(self, clause: str) -> str:
        for text in self._joined if self._any_joined.search(clause) else ():
            clause = clause.replace(text, text.translate(HIDE))
        return clause

    def _known_end(self, text: str) -> int:
        """How long the longest name is that the text ends with, 0 for none."""
        for size in range(min(len(text), self._v.longest), 1, -1):
            if text[-size:] in self._v.surfaces:
                return size
        return 0

    def _bare(self, thing: str) -> str:
        """A thing without what stands after its name: 压力机系列, 轨道交通类."""
        while not self._known_end(thing):
            shorter = self._v.words.tail.sub("", thing)
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
            bare = tail.sub("", thing)
            if bare != thing and len(bare) > 1:
                inner = [*self._exact(bare)] or [*self._kinds_of(bare)]
                yield from (found for found in inner if self._takes_tail(found, bare, kind))

    def _takes_tail(self, found: _Found, bare: str, kind: str) -> bool:
        if self._v.kind[found.node] != kind or found.method == "narrower":
            return False
        return kind != "application" or bool(self._v.words.industries.search(bare))

    def _kinds_of(self, thing: str) -> Iterator[_Found]:
        """Nodes whose name, or whose attribute and head, the thing ends with, and has more before."""
        if any(thing.endswith(word) for word in self._v.words.crossing) or any(
            word in thing for word in self._v.words.not_things
        ):
            return
        for size in range(min(len(thing) - 1, self._v.longest), 0, -1):
            before, end = thing[:-size], thing[-size:]
            for surface in self._v.surfaces.get(end, ()):
                if cuts_latin(before, end) or foreign(self._v, surface, before):
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
                if not foreign(self._v, surface, rest):
                    yield _Found(surface.node, "attribute", 0)

    def _composed(self, node: str, before: str) -> Iterator[_Found]:
        """五轴加工中心 is a 五轴机床, because a 加工中心 is a 机床 and 五轴 stands before it."""
        for ancestor in self._v.ancestors[node]:
            for name in self._v.names.get(ancestor, ()):
                for at in range(len(name) - 1):
                    for attribute, surface in self._v.heads.get(name[at:], ()):
                        if attribute in before and surface.node != node and not foreign(self._v, surface, before):
                            yield _Found(surface.node, "composed", 0)

    def _closest(self, found: list[_Found]) -> dict[str, str]:
        """Without nodes that another one found is a kind of, and without names that a longer one ends with."""
        longest = max((each.end for each in found), default=0)
        kept = [each for each in found if each.end in (0, longest)]
        covering = {each.node for each in kept}
        above = {node for each in covering for node in self._v.ancestors[each]}
        best: dict[str, str] = {}
        for each in kept:
            if each.node not in above and _CONFIDENCE[each.method] > _CONFIDENCE.get(best.get(each.node, ""), 0):
                best[each.node] = each.method
        return best

    def _matches(self, items: Sequence[Item]) -> list[Mapping[str, str]]:
        """The nodes of each item; one without any may lack the head that stands once at the end of its list."""
        matched = [self._known_match(item.text) for item in items]
        for at, item in enumerate(items[:-1]):
            if matched[at]:
                continue
            rest = [other.text for other in items[at + 1 :] if other.clause == item.clause]
            for other in rest[:3]:
                shared = {
                    surface.node
                    for tail in self._known_ends(other)
                    for surface in self._v.surfaces.get(item.text + tail, ())
                }
                if shared:
                    matched[at] = dict.fromkeys(sorted(shared), "shared_head")
                    break
        return matched

    def _shared_ends(self, thing: str) -> tuple[str, ...]:
        """What a thing ends with that others before it may lack: names and heads of names."""
        tails = (thing[cut:] for cut in range(1, len(thing) - 1))
        return tuple(tail for tail in tails if tail in self._v.heads or tail in self._v.surfaces)

    def _in_context(self, node: str, method: str, context: str, thing: str) -> bool:
        """What the lexicon asks for: its words in the string, none of the words it refuses in the thing."""
        if any(word in thing for word in self._v.stop.get(node, ())):
            return False
        must = self._v.must.get(node, ())
        return not must or method == "narrower" or any(word in context for word in must)


def _in_order(links: Iterable[ProductLink]) -> list[ProductLink]:
    return sorted(links, key=lambda link: (link.node, ROLES.index(link.role)))


@lru_cache(_REMEMBERED)
def _made(node: str, role: Role, method: str, *, stated: bool, scope: bool) -> ProductLink:
    confidence = _CONFIDENCE[method] * (SCOPE_FACTOR if scope else 1) * (_NO_ROLE if scope and not stated else 1)
    return ProductLink(node, role, method, round(confidence, 3), stated)
