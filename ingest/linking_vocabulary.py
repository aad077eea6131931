"""The chain as words: every way to name a node, the heads that may take further attributes, and what is its own.

A Chinese product name ends in its head (数控车床 is a 车床). A string is a kind of a node when it ends like the node and
has the node's own attributes before that; so the words of a node are split once into attribute and head here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import networkx as nx

from bulian.graph.store import Chain, GraphView

from .linking_words import LexiconRow, LinkWords, load_lexicon_rows, load_link_words, written_once

__all__ = ["LEXICON_PROPERTIES", "Surface", "Vocabulary", "lexicon_of", "make_vocabulary"]

LEXICON_PROPERTIES: Final = {"narrower": "narrower_terms", "must": "link_context", "stop": "link_stop"}
"""Field of :class:`~bulian.ingest.linking_words.LexiconRow` to the property it is stored as; aliases are 别名."""
_SHORTEST: Final = 2  # of an alias; a single character is a name only where someone chose it for a node or a lexicon


@dataclass(frozen=True, slots=True)
class Surface:
    """One way to name a node: the text in one way of writing; ``how`` is name, alias or narrower."""

    text: str
    node: str
    how: str


@dataclass(frozen=True)
class Vocabulary:
    """All words of a chain.

    Attributes:
        surfaces: text to what it names.
        heads: head to the (attribute, surface) pairs that end in it.
        ancestors: node to all nodes it is a kind of.
        must: node to words one of which a longer string needs.
        stop: node to words none of which a string may have.
        kind: node to ``component``, ``equipment``, ``material`` or ``application``.
        hosts: words for things the chain does not build.
        own: the chain's own name and those of what it builds, the longest first.
    """

    surfaces: Mapping[str, tuple[Surface, ...]]
    heads: Mapping[str, tuple[tuple[str, Surface], ...]]
    ancestors: Mapping[str, frozenset[str]]
    must: Mapping[str, tuple[str, ...]]
    stop: Mapping[str, tuple[str, ...]]
    kind: Mapping[str, str]
    hosts: tuple[str, ...]
    own: tuple[str, ...]
    words: LinkWords = field(default_factory=load_link_words)
    head_lengths: tuple[int, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    longest: int = 0


def lexicon_of(view: GraphView) -> list[LexiconRow]:
    """What lexicons taken in say, by node; the words are stored as facts of the products."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    fields = {stored: name for name, stored in LEXICON_PROPERTIES.items()}
    for fact in view.facts(predicates=list(fields)):
        said[fact.subject][fields[fact.predicate]].append(fact.value or "")

    def of(words: Mapping[str, list[str]], name: str) -> tuple[str, ...]:
        return tuple(sorted(set(words.get(name, ()))))

    return [
        LexiconRow(node, (), of(words, "narrower"), of(words, "must"), of(words, "stop"))
        for node, words in sorted(said.items())
    ]


def make_vocabulary(name: str, chain: Chain, lexicon: Sequence[LexiconRow] = ()) -> Vocabulary:
    """The words of a chain.

    Args:
        name: the chain's name; what it names is no foreign host.
        chain: its products with kind, stage and aliases, and which is a kind of which.
        lexicon: rows of the user's lexicon. They come on top of the shipped ones; where both give a context for a node,
            the user's stands.
    """
    words = load_link_words()
    shipped = [row for row in load_lexicon_rows() if row.node in chain and any(row.chain_has in node for node in chain)]
    rows = [row for row in (*shipped, *lexicon) if row.node in chain]
    surfaces = _surfaces(chain, rows)
    kind = {node: _kind_of(data) for node, data in chain.nodes(data=True)}
    named_here = {text for text, named in surfaces.items() if _is_own(named, kind)}
    own = tuple(sorted({written_once(name), *named_here}, key=lambda text: (-len(text), text)))
    hosts = tuple(host for host in words.hosts if not any(host in text for text in own))
    return Vocabulary(
        surfaces, heads := _heads(surfaces, words), _ancestors(chain),
        {row.node: tuple(map(written_once, row.must)) for row in rows if row.must},
        {row.node: tuple(map(written_once, row.stop)) for row in rows if row.stop},
        kind, hosts, own, words, tuple(sorted({len(head) for head in heads}, reverse=True)),
        _names(surfaces), max(map(len, surfaces), default=0),
    )  # fmt: skip


def _surfaces(chain: Chain, rows: Iterable[LexiconRow]) -> dict[str, tuple[Surface, ...]]:
    """Every text to the nodes it names; a name beats an alias, an alias a narrower word."""
    ranked: dict[str, dict[str, set[str]]] = {"name": {}, "alias": {}, "narrower": {}}

    def put(how: str, text: str, node: str) -> None:
        written = written_once(text)
        if len(written) >= _SHORTEST or how != "alias":
            ranked[how].setdefault(written, set()).add(node)

    for node, data in chain.nodes(data=True):
        put("name", node, node)
        for alias in data.get("aliases") or ():
            put("alias", alias, node)
    for row in rows:
        for alias in row.aliases:
            put("alias", alias, row.node)
        for narrower in row.narrower:
            put("narrower", narrower, row.node)
    found: dict[str, tuple[Surface, ...]] = {}
    for how, texts in ranked.items():
        for text, nodes in texts.items():
            found.setdefault(text, tuple(Surface(text, node, how) for node in sorted(nodes)))
    return found


def _names(surfaces: Mapping[str, Sequence[Surface]]) -> dict[str, tuple[str, ...]]:
    """Node to the ways it is named, without narrower words."""
    names: dict[str, list[str]] = defaultdict(list)
    for text, named in surfaces.items():
        for surface in named:
            if surface.how != "narrower":
                names[surface.node].append(text)
    return {node: tuple(sorted(texts)) for node, texts in names.items()}


def _kind_of(data: Mapping[str, object]) -> str:
    if data.get("kind") == "Application" or (data.get("stage") == "下游" and data.get("kind") in (None, "Product")):
        return "application"
    return {"Material": "material", "Equipment": "equipment"}.get(str(data.get("kind")), "component")


def _is_own(named: Sequence[Surface], kind: Mapping[str, str]) -> bool:
    return any(kind[surface.node] != "application" and surface.how != "narrower" for surface in named)


def _heads(surfaces: Mapping[str, Sequence[Surface]], words: LinkWords) -> dict[str, tuple[tuple[str, Surface], ...]]:
    """Heads that may take an attribute more: words known to be heads, and ends that several nodes have in common."""
    ends: dict[str, set[str]] = defaultdict(set)
    for text, named in surfaces.items():
        for at in range(1, len(text) - _SHORTEST + 1):
            ends[text[at:]].update(surface.node for surface in named)
    split: dict[str, list[tuple[str, Surface]]] = defaultdict(list)
    for text, named in sorted(surfaces.items()):
        for at in range(_SHORTEST, len(text) - _SHORTEST + 1):
            head = text[at:]
            if (head in words.heads or len(ends[head]) > 1 or head in surfaces) and not _says_little(head, words):
                split[head].extend((text[:at], surface) for surface in named)
    return {head: tuple(pairs) for head, pairs in split.items()}


def _says_little(head: str, words: LinkWords) -> bool:
    """Whether a head is an empty word, or an empty word with a cut one before it (控系统)."""
    return any(head == word or (head.endswith(word) and len(head) == len(word) + 1) for word in words.empty_heads)


def _ancestors(chain: Chain) -> dict[str, frozenset[str]]:
    kinds: nx.DiGraph[str] = nx.DiGraph()
    kinds.add_nodes_from(chain)
    kinds.add_edges_from((a, b) for a, b, data in chain.edges(data=True) if data.get("relation") == "IS_A")
    return {node: frozenset(nx.descendants(kinds, node)) - {node} for node in kinds}
