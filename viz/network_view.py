"""The surroundings of a node, or a path, as a page model: any kinds, few nodes, every link with its evidence.

Nodes stand in columns by their distance from the centre: what points to it at the left, what it points to at
the right. Columns cannot overlap, which a force layout of labelled nodes cannot promise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import networkx as nx

from bulian.graph.modality import CONFIRMED
from bulian.queries.results import Evidence
from bulian.viz.evidence import EvidencePool
from bulian.viz.layout import arrange, place
from bulian.viz.model import BoardColumn, Card, Facet, Item, LegendLine, Link, Placement, Section, Table, ViewModel
from bulian.viz.palette import KIND_STYLES
from bulian.viz.view import break_name
from bulian.viz.words import MODALITY_WORDS, RELATION_WORDS

__all__ = ["LIMIT", "EdgeRow", "NodeRow", "network_view"]

LIMIT = 80
_LABELLED = 60
"""Up to this many links carry their word on the line; beyond, it is in the tooltip and the panel."""
_NAME_UNITS = 22
_PITCH = 40.0
"""Distance of two rows in pixels: names stand in one line here."""

NodeRow = tuple[str, str, str]
"""id, name, kind."""
EdgeRow = tuple[str, str, str, str, str, float, Sequence[Evidence]]
"""source id, relation, target id, label (empty = the relation's Chinese word), modality, confidence, evidence."""

_KINDS = {style.kind: style for style in KIND_STYLES}
_ORDER = {style.kind: row for row, style in enumerate(KIND_STYLES)}


def network_view(
    nodes: Sequence[NodeRow],
    edges: Sequence[EdgeRow],
    *,
    title: str,
    cut: int = 0,
    centre: Sequence[str] = (),
    data_date: str | None = None,
    region: str = "",
) -> ViewModel:
    """The page model of a small network.

    Args:
        nodes: every node; of more than LIMIT the nearest to the centre are kept, and the page says so.
        edges: links between them; one whose end is not among ``nodes`` is left out.
        title: heading of the page.
        cut: how many further nodes the caller already left out.
        centre: ids to start from (one node, or a path in order); the best connected node when empty.
        data_date: date of the newest source, None where unknown.
        region: full name of the region asked about, empty when none was.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(key for key, _, _ in nodes)
    graph.add_edges_from((row[0], row[2]) for row in edges if row[0] in graph and row[2] in graph)
    start = [key for key in centre if key in graph] or _best(graph)
    stages = _nearest(graph, start)
    rows = {key: (name, kind) for key, name, kind in nodes if key in stages}
    lines = [row for row in edges if row[0] in rows and row[2] in rows]
    points, _, _ = place(arrange(stages, [(r[0], r[2]) for r in lines], pitch=_PITCH), pitch=_PITCH)
    pool = EvidencePool()
    cards = tuple(_card(key, rows, lines, pool) for key in sorted(rows))
    placement = Placement(points, ())
    kinds = sorted({kind for _, kind in rows.values()}, key=lambda kind: (_ORDER.get(kind, 99), kind))
    total = len(graph) + cut
    return ViewModel(
        mode="network",
        title=title,
        region=region,
        data_date=data_date or "不详",
        cards=cards,
        links=tuple(_link(number, row, rows, len(lines)) for number, row in enumerate(lines)),
        first=placement,
        whole=placement,
        cut=f"显示 {len(rows)} / {total} 个节点，只取离中心最近的" if total > len(rows) else "",
        facets=_facets(rows, kinds),
        legend=_legend(kinds),
        overview=_overview(rows, lines, start),
        evidence=pool.lines,
        board=tuple(_board(rows, kind) for kind in kinds),
        tables=(_table(rows, lines),),
        caveats=_caveats(lines),
    )


def _best(graph: nx.MultiDiGraph[str]) -> list[str]:
    """The node with most links, by id on ties; nothing of an empty graph."""
    return [min(graph, key=lambda key: (-graph.degree(key), key))] if graph else []


def _nearest(graph: nx.MultiDiGraph[str], start: Sequence[str]) -> dict[str, int]:
    """The LIMIT nodes nearest to the centre (a path is always whole), each with its column from 0."""
    column = _columns(graph, start)
    way = set(start)
    ranked = sorted(column, key=lambda key: (key not in way, abs(column[key]), -graph.degree(key), key))
    kept = ranked[: max(LIMIT, len(way))]
    low = min((column[key] for key in kept), default=0)
    return {key: column[key] - low for key in kept}


def _columns(graph: nx.MultiDiGraph[str], start: Sequence[str]) -> dict[str, int]:
    """Signed distance from the centre: a path takes columns 0, 1, 2 …; then breadth first on both sides."""
    column = {key: step for step, key in enumerate(dict.fromkeys(start))}
    single = len(column) == 1
    wave = list(column)
    while wave:
        following: list[str] = []
        for key in wave:
            here = column[key]
            for other in sorted(set(graph.successors(key)) | set(graph.predecessors(key))):
                if other in column:
                    continue
                forward = graph.has_edge(key, other)
                side = (1 if forward else -1) if here == 0 or not single else (1 if here > 0 else -1)
                column[other] = here + side
                following.append(other)
        wave = following
    far = max(column.values(), default=0) + 1
    column.update({key: far for key in sorted(graph) if key not in column})
    return column


def _word(row: EdgeRow) -> str:
    """What a link says, in Chinese."""
    return row[3] or RELATION_WORDS.get(row[1], row[1])


def _link(number: int, row: EdgeRow, rows: Mapping[str, tuple[str, str]], count: int) -> Link:
    """One drawn link."""
    return Link(
        id=f"e{number}",
        source=row[0],
        target=row[2],
        form="optional",
        unsure=row[4] not in CONFIRMED,
        title=f"{rows[row[0]][0]} {_word(row)} {rows[row[2]][0]}（置信度 {row[5]:.2g}）",
        label=_word(row) if count <= _LABELLED else "",
    )


def _card(key: str, rows: Mapping[str, tuple[str, str]], lines: Sequence[EdgeRow], pool: EvidencePool) -> Card:
    """One node: its links grouped by what they say, then the evidence of all of them."""
    name, kind = rows[key]
    label = _KINDS[kind].label if kind in _KINDS else kind
    groups: dict[str, list[Item]] = {}
    cited: list[Evidence] = []
    for row in lines:
        if key not in (row[0], row[2]):
            continue
        other = row[2] if row[0] == key else row[0]
        heading = f"{_word(row)} →" if row[0] == key else f"← {_word(row)}"
        note = f"{MODALITY_WORDS.get(row[4], row[4])} · 置信度 {row[5]:.2g}"
        groups.setdefault(heading, []).append(Item(rows[other][0], note=note, node=other))
        cited.extend(row[6])
    sections = [Section(f"{heading}（{len(items)}）", "links", tuple(items)) for heading, items in groups.items()]
    if cited:
        refs = pool.refer(cited)
        sections.append(Section(f"证据（{len(refs)}）", "evidence", evidence=refs))
    short = break_name(name, _NAME_UNITS)
    return Card(
        id=key,
        name=name,
        kind=label,
        style=kind,
        mark="",
        lines=(short[0] + ("…" if len(short) > 1 else ""),),
        second=label,
        words=key,
        facets=(f"kind:{kind}",),
        sections=tuple(sections),
    )


def _facets(rows: Mapping[str, tuple[str, str]], kinds: Sequence[str]) -> tuple[Facet, ...]:
    """A chip per kind."""
    counts = Counter(kind for _, kind in rows.values())
    return tuple(
        Facet(f"kind:{kind}", "kind", _KINDS[kind].label if kind in _KINDS else kind, counts[kind]) for kind in kinds
    )


def _legend(kinds: Sequence[str]) -> tuple[LegendLine, ...]:
    """The kinds in the picture, and what a dotted line means."""
    return (
        *(LegendLine("kind", kind, _KINDS[kind].label, _KINDS[kind].label) for kind in kinds if kind in _KINDS),
        LegendLine("edge", "optional", "明确陈述", "实线：来源明确陈述的关系"),
        LegendLine("edge", "unsure", "推断或计划", "细点线：推断、计划或否定的关系，不计作供给"),
    )


def _overview(rows: Mapping[str, tuple[str, str]], lines: Sequence[EdgeRow], start: Sequence[str]) -> tuple[Section, ...]:
    """Where the picture starts, and how many links of each sort it has."""
    middle = tuple(Item(rows[key][0], node=key, badge=rows[key][1]) for key in start if key in rows)
    counts = Counter(_word(row) for row in lines)
    figures = tuple(Item(word, note=f"{n} 条") for word, n in sorted(counts.items(), key=lambda p: (-p[1], p[0])))
    sections = (Section("中心" if len(middle) < 2 else "路径", "links", middle), Section("关系", "figures", figures))
    return tuple(section for section in sections if section.items)


def _board(rows: Mapping[str, tuple[str, str]], kind: str) -> BoardColumn:
    """A column of all nodes of one kind, by name."""
    keys = sorted((key for key, row in rows.items() if row[1] == kind), key=lambda key: (rows[key][0], key))
    label = _KINDS[kind].label if kind in _KINDS else kind
    return BoardColumn(f"{label}（{len(keys)}）", (("", tuple(keys)),))


def _table(rows: Mapping[str, tuple[str, str]], lines: Sequence[EdgeRow]) -> Table:
    """All links as a list."""
    cells = tuple(
        (rows[r[0]][0], _word(r), rows[r[2]][0], MODALITY_WORDS.get(r[4], r[4]), round(r[5], 4), len(r[6])) for r in lines
    )
    columns = ("起点", "关系", "终点", "性质", "置信度", "证据数")
    return Table("关系清单", f"共 {len(cells)} 条关系。", columns, cells, tuple(row[0] for row in lines))


def _caveats(lines: Sequence[EdgeRow]) -> tuple[str, ...]:
    """What in the picture is not a plain statement of a source."""
    unsure = sum(row[4] not in CONFIRMED for row in lines)
    bare = sum(not row[6] for row in lines)
    notes = []
    if unsure:
        notes.append(f"{unsure} 条关系是推断、计划或否定，不是明确陈述（细点线）。")
    if bare:
        notes.append(f"{bare} 条关系没有附证据。")
    return tuple(notes)
