"""Linking what firms write about their products to the nodes of a chain, by stated rules.

A string links to the node it names or is a kind of, never to one that is narrower: 数控卧式车床 is a 数控车床, 机床 is
no 数控机床. Chinese names end in their head, so the end decides: 轴承钢 is a steel, 机床附件 no machine tool. What stands
before the head may make it another thing (风电主轴), which :mod:`bulian.ingest.linking_context` refuses. Nothing is
linked by likeness.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .linking_match import CONFIDENCE, Matcher
from .linking_split import HIDE, Item, Part, clauses_of, items_of, read_part
from .linking_vocabulary import Vocabulary
from .linking_words import ROLES, Role, written_once

__all__ = ["SCOPE_FACTOR", "Linker", "ProductLink"]

SCOPE_FACTOR: Final = 0.5
"""A registered scope says what a firm may do: half the confidence, so that alone it never confirms anything."""
_LINES: Final = re.compile(r"[\n\r\t\x0b\x0c]+")
_WHITE: Final = re.compile(r"\s")
_HAN_SPACE: Final = re.compile(r"(?<=[\u4e00-\u9fff])[ \u3000]+(?=[\u4e00-\u9fff])")
_NO_ROLE: Final = 0.5  # of a scope's item without a verb: what the firm does with it is not said
_BARE: Final[tuple[Role, ...]] = ("produce",)
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


class Linker:
    """Links strings to the nodes of one chain; built once, then without state but for remembered answers."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = self._v = vocabulary
        self._joined = [text for text in vocabulary.surfaces if text.translate(HIDE) != text]
        self._any_joined = re.compile("|".join(map(re.escape, self._joined)) or "(?!)")
        self._matcher = Matcher(vocabulary)
        self._known_match = lru_cache(_REMEMBERED)(self._matcher.match)
        self._known_part = lru_cache(_REMEMBERED)(self._part)
        self._known_ends = lru_cache(_REMEMBERED)(self._shared_ends)

    def link(self, string: str) -> list[ProductLink]:
        """What a product string says is made (or sold, used …), by node and role; without a verb it is made."""
        return self._links(string, written_once(string), scope=False)

    def link_scope(self, scope: str) -> list[ProductLink]:
        """What a business scope says, by node and role; each clause is read by itself, the best says how sure it is."""
        whole = written_once(scope)
        clauses = [scope] if whole in self._v.surfaces else clauses_of(scope)
        if clauses == [scope]:
            return self._links(scope, whole, scope=True)
        best: dict[tuple[str, Role], ProductLink] = {}
        for clause in clauses:
            for link in self._links(clause, written_once(clause), scope=True):
                known = best.get((link.node, link.role))
                if known is None or (known.stated, known.confidence) < (link.stated, link.confidence):
                    best[link.node, link.role] = link
        return _in_order(best.values())

    def things(self, string: str) -> list[str]:
        """The single things a string names, without verbs."""
        return [item.text for item in self._read(string, written_once(string))[0]]

    def match(self, thing: str) -> Mapping[str, str]:
        """The nodes a single thing is, each with the method: the most specific ones only."""
        return self._known_match(thing)

    def near(self, thing: str, size: int) -> list[str]:
        """Nodes one of whose names ends in the same ``size`` characters as a thing, sorted."""
        end = thing[-size:]
        return sorted({s.node for text, named in self._v.surfaces.items() if text.endswith(end) for s in named})

    def _links(self, string: str, whole: str, *, scope: bool) -> list[ProductLink]:
        """The links of a string that is ``whole`` in one way of writing."""
        items, matches = self._read(string, whole)
        if not any(matches):
            return []
        own = [any(self._v.kind[node] != "application" for node in found) for found in matches]
        best: dict[tuple[str, Role], ProductLink] = {}
        for item, matched, is_own in zip(items, matches, own, strict=True):
            among_own = sum(own) > is_own
            for node, method in matched.items():
                named = method in ("name", "alias") and (among_own or len(items) == 1)
                if not named and not self._in_context(node, method, item.text if scope else whole, item.text):
                    continue
                for role in sorted(item.roles) or _BARE:
                    link = _made(node, role, method, bool(item.roles), scope)
                    known = best.get((node, role))
                    if known is None or known.confidence < link.confidence:
                        best[node, role] = link
        return _in_order(best.values())

    def _read(self, string: str, whole: str) -> tuple[list[Item], list[Mapping[str, str]]]:
        """The things of a string, and the nodes each of them is."""
        if whole in self._v.surfaces:
            return (found := [Item(whole, 0)]), self._matches(found)
        if not _WHITE.search(string):
            return self._way(whole)
        lines = _LINES.sub("；", string.strip())
        ways = dict.fromkeys((lines, _HAN_SPACE.sub("、", lines)))  # a space is a slip in a name, or between two
        read = [self._way(written_once(way)) for way in ways]
        return max(read, key=lambda each: len({node for found in each[1] for node in found}))

    def _way(self, text: str) -> tuple[list[Item], list[Mapping[str, str]]]:
        items = items_of(text, self._v.words, self._known_part, self._hidden)
        return items, self._matches(items)

    def _part(self, part: str) -> Part:
        return read_part(part, self._v.words, self._matcher.known_end)

    def _hidden(self, clause: str) -> str:
        for text in self._joined if self._any_joined.search(clause) else ():
            clause = clause.replace(text, text.translate(HIDE))
        return clause

    def _matches(self, items: Sequence[Item]) -> list[Mapping[str, str]]:
        """The nodes of each item; one without any may lack the head that stands once at the end of its list."""
        matched = [self._known_match(item.text) for item in items]
        if all(matched):
            return matched
        ends = [self._known_ends(item.text) for item in items]
        for at, item in enumerate(items if any(ends) else ()):
            if matched[at]:
                continue
            rest = [
                tails for other, tails in zip(items[at + 1 :], ends[at + 1 :], strict=True) if other.clause == item.clause
            ]
            for tails in rest[:3]:
                shared = {surface.node for tail in tails for surface in self._v.surfaces.get(item.text + tail, ())}
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
        if node in self._v.stop and any(word in thing for word in self._v.stop[node]):
            return False
        must = self._v.must.get(node)
        return not must or method == "narrower" or any(word in context for word in must)


def _in_order(links: Iterable[ProductLink]) -> list[ProductLink]:
    return sorted(links, key=lambda link: (link.node, ROLES.index(link.role)))


@lru_cache(_REMEMBERED)
def _made(node: str, role: Role, method: str, stated: bool, scope: bool) -> ProductLink:
    confidence = CONFIDENCE[method] * (SCOPE_FACTOR if scope else 1) * (_NO_ROLE if scope and not stated else 1)
    return ProductLink(node, role, method, round(confidence, 3), stated)
