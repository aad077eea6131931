"""Linking as scripts read it: one line per string with its links, and the frequent strings nothing was found for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from bulian.graph.store import GraphView

from .linking import Linker
from .linking_vocabulary import lexicon_of, make_vocabulary

__all__ = ["link_lines", "linker_of", "suggest_lines"]

_NEAR: Final = 2  # characters of a common end that make a node worth showing beside a string


def linker_of(view: GraphView, chain: str) -> Linker:
    """A linker for a chain of the store, with the user's lexicon.

    Raises:
        NotFoundError: there is no such chain.
    """
    return Linker(make_vocabulary(chain, view.chain(chain), lexicon_of(view)))


def link_lines(strings: Iterable[tuple[Any, str]], linker: Linker, *, scope: bool) -> Iterator[dict[str, Any]]:
    """One object per string: ``id``, ``string``, ``links`` with node, role, method and confidence.

    Args:
        strings: ids and strings.
        linker: of the chain.
        scope: each string is a business scope.
    """
    for key, string in strings:
        links = linker.link_scope(string) if scope else linker.link(string)
        yield {
            "id": key, "string": string,
            "links": [
                {"node": link.node, "role": link.role, "method": link.method, "confidence": link.confidence}
                for link in links
            ],
        }  # fmt: skip


def suggest_lines(strings: Iterable[tuple[Any, str]], linker: Linker, limit: int) -> list[dict[str, Any]]:
    """The most frequent single things that link to no node: ``string``, ``count``, ``near`` (nodes that end like it)."""
    counted: Counter[str] = Counter()
    for _, string in strings:
        counted.update(thing for thing in linker.things(string) if len(thing) > 1 and not linker.match(thing))
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
    return [{"string": thing, "count": count, "near": linker.near(thing, _NEAR)} for thing, count in ordered]
