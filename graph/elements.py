"""What a store gives back: nodes, edges, chains, kept documents, and the words for where a firm is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .facts import Source

if TYPE_CHECKING:
    import networkx as nx  # only chains need it, and it takes long to load

__all__ = ["LONGEST_NAME", "Chain", "Document", "Edge", "Link", "Node", "Scope"]

LONGEST_NAME = 200
"""Characters of the longest name that is looked for; no firm is called so."""

Scope = Literal["local", "domestic", "china", "vague", "near", "foreign", "unplaced"]
"""Where a firm is, seen from a region: in it, elsewhere in China, anywhere in China (both of these), known only
to be in an area around the region (so perhaps in it), known so and the area smaller than the country, outside the
mainland customs territory, or of unknown country."""

Link: TypeAlias = tuple[str, str, dict[str, Any]]
"""A row 需要 or 属于: product name, object name, and what it says (relation, fact, modality, confidence,
essentiality, alt_group, cost_share, date)."""

Chain: TypeAlias = "nx.MultiDiGraph[str]"
"""A chain: nodes are product names with kind, stage, final, key_component, aliases; edges (keyed by modality)
carry relation, essentiality, alt_group, confidence, facts."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node: ``properties`` maps a property to every value said of it, best supported first."""

    id: str
    kind: str
    name: str
    properties: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge: the merge of all facts of one relation between two nodes in one modality.

    ``confidence`` is the highest of its facts, ``facts`` and ``sources`` count them; ``qualifiers`` holds the
    best supported value of each.
    """

    id: str
    relation: str
    source: str
    target: str
    modality: str
    confidence: float
    facts: int
    sources: int
    qualifiers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text as it was read, kept so that it can be read again when the graph knows more names."""

    source: Source
    text: str
    lexicon: str
