"""What a page shows, before it is a page: cards, links, panel sections, board and tables.

The page's script only lays these out; every word, number and order in them is decided here in Python, where
it is typed and tested. All positions are in canvas units (pixels at zoom 1), x to the right, y down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "Band",
    "BoardColumn",
    "Card",
    "EvidenceLine",
    "Facet",
    "Item",
    "LegendLine",
    "Link",
    "Placement",
    "Section",
    "Table",
    "ViewModel",
]

Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a section: text, a fainter note, a node to jump to, a label style to draw as a badge."""

    text: str
    note: str = ""
    node: str = ""
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of the side panel; ``evidence`` are indexes into :attr:`ViewModel.evidence`.

    ``form`` is how it is drawn: badges in a row, plain lines, a two-column table (text | note), links, or
    evidence cards.
    """

    title: str
    form: Literal["badges", "lines", "figures", "links", "evidence"]
    items: tuple[Item, ...] = ()
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One piece of evidence as shown; ``href`` is set only for http and https addresses."""

    statement: str
    source: str
    date: str
    href: str
    locator: str
    quote: str
    confidence: float
    modality: str
    method: str


@dataclass(frozen=True, slots=True)
class Card:
    """A node of the map: what stands on its card and what its panel says.

    ``style`` is a regional label (or a kind on network pages), ``mark`` a national label or empty, ``lines``
    the name broken to fit the card, ``second`` the fainter line below, ``words`` what search looks at beside
    the name. ``facets`` are the chips that show or hide it.
    """

    id: str
    name: str
    kind: str
    style: str
    mark: str
    lines: tuple[str, ...]
    second: str
    words: str
    facets: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A drawn edge in the direction of supply; ``form`` need, optional, unstated or isa.

    ``unsure`` marks anything but a stated or manual fact: such links are thin and dotted. ``label`` is
    written on the line (network pages only).
    """

    id: str
    source: str
    target: str
    form: str
    unsure: bool
    title: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A shaded stage band: heading, fainter second heading, and its rectangle."""

    title: str
    note: str
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Placement:
    """One arrangement of cards: id → (x, y), and the bands behind them."""

    points: dict[str, tuple[float, float]]
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Facet:
    """A chip that shows or hides cards: its group (kind or label), word, glyph and count."""

    id: str
    group: Literal["kind", "label"]
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class LegendLine:
    """One sign and its meaning; ``sign`` tells the page what to draw, ``key`` which one of it."""

    sign: Literal["label", "mark", "edge", "kind"]
    key: str
    text: str
    meaning: str


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column of the plain board: heading and groups of (group heading, node ids)."""

    title: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A sortable list: column headings, rows of cells, and for each row the node it belongs to."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ViewModel:
    """A whole page. ``first`` is what opens, ``whole`` everything; they are equal when nothing is cut.

    ``notice`` stands at the head of the page and in the picture it saves.
    """

    mode: Literal["chain", "network"]
    title: str
    region: str
    data_date: str
    cards: tuple[Card, ...]
    links: tuple[Link, ...]
    first: Placement
    whole: Placement
    cut: str
    facets: tuple[Facet, ...]
    legend: tuple[LegendLine, ...]
    overview: tuple[Section, ...]
    evidence: tuple[EvidenceLine, ...]
    board: tuple[BoardColumn, ...]
    tables: tuple[Table, ...]
    caveats: tuple[str, ...] = field(default=())
    notice: str = ""
