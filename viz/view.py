"""A chain and its weak-link report as a page model.

Pure: no file is read or written, and nothing is concluded that the report does not already say.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import networkx as nx

from bulian.graph.modality import CONFIRMED
from bulian.queries.results import REGIONAL_LABELS, Finding, MakerLine, Target, TargetReport, WeakReport
from bulian.viz.evidence import EvidencePool
from bulian.viz.layout import ROW_PITCH, arrange, place
from bulian.viz.model import Band, Card, Facet, Link, Placement, ViewModel
from bulian.viz.palette import KIND_STYLES, NODE_KINDS, UNRATED
from bulian.viz.panel import overview, product_sections, relation_note
from bulian.viz.selection import LIMIT, choose
from bulian.viz.tables import board, caveats, chain_legend, finding_table, target_table
from bulian.viz.words import RELATION_WORDS, label_word

__all__ = ["STAGES", "ViewModel", "break_name", "chain_view"]

STAGES: tuple[str, ...] = ("上游", "中游", "下游", "未标环节")
_KIND_LABEL = {style.kind: style.label for style in KIND_STYLES}
_LINE_UNITS = 18
"""Width of one line of a card in half-width units (a Chinese character takes two)."""


def chain_view(
    chain: nx.MultiDiGraph[str],
    report: WeakReport,
    *,
    targets: TargetReport | None,
    producers: Mapping[str, Sequence[MakerLine]],
    title: str,
    data_date: str | None,
    limit: int = LIMIT,
) -> ViewModel:
    """The page model of a chain map.

    Args:
        chain: nodes are product names with ``kind``, ``stage``, ``final``, ``key_component``, ``aliases``;
            edges carry ``relation`` (REQUIRES product → object, or IS_A sub → super), ``essentiality``,
            ``alt_group``, ``modality`` and ``confidence``.
        report: the weak-link report of that chain; a product without a finding is shown as 未评.
        targets: the target report when there is one.
        producers: product → its makers, for the panel.
        title: heading of the page.
        data_date: date of the newest source, None where unknown.
        limit: how many cards open first; the rest stays one click away.
    """
    findings = {finding.product: finding for finding in report.findings}
    wanted = {gap.product: gap.targets for gap in targets.gaps} if targets else {}
    pool = EvidencePool()
    cards = tuple(
        _card(chain, name, findings.get(name), producers.get(name, ()), wanted.get(name, ()), pool)
        for name in sorted(chain)
    )
    chosen = choose(chain, findings, limit=limit)
    whole = _placement(chain, frozenset(chain))
    tables = [finding_table(chain, report)]
    if targets is not None:
        tables.append(target_table(targets))
    return ViewModel(
        mode="chain",
        title=title,
        region=report.region.name,
        data_date=data_date or "不详",
        cards=cards,
        links=_links(chain),
        first=whole if len(chosen) == len(cards) else _placement(chain, chosen),
        whole=whole,
        cut="" if len(chosen) == len(cards) else f"显示 {len(chosen)} / {len(cards)} 个环节，其余见清单",
        facets=_facets(cards),
        legend=chain_legend(),
        overview=overview(report),
        evidence=pool.lines,
        board=board(chain, report, STAGES, stage_of),
        tables=tuple(tables),
        caveats=caveats(chain, report),
    )


def stage_of(node: Mapping[str, Any]) -> str:
    """The stage a node declares, or 未标环节: a stage is never guessed."""
    stage = node.get("stage")
    return stage if stage in STAGES else STAGES[-1]


def break_name(name: str, units: int = _LINE_UNITS) -> tuple[str, ...]:
    """A name as one or two card lines; what does not fit ends in an ellipsis (the panel has it whole)."""
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    lines, line, width = [], "", 0
    for sign in shown:
        step = 2 if unicodedata.east_asian_width(sign) in "WFA" else 1
        if width + step > units:
            lines.append(line)
            line, width = "", 0
        line, width = line + sign, width + step
    lines.append(line)
    if len(lines) > 2:
        lines = [lines[0], lines[1][:-1] + "…"]
    return tuple(part.strip() for part in lines)


def _card(
    chain: nx.MultiDiGraph[str],
    name: str,
    finding: Finding | None,
    producers: Sequence[MakerLine],
    targets: Sequence[Target],
    pool: EvidencePool,
) -> Card:
    """One product as a card and its panel."""
    node = chain.nodes[name]
    label = finding.regional if finding else UNRATED.label
    kind = node.get("kind") or "Product"
    marks = [text for key, text in (("final", "终端"), ("key_component", "关键")) if node.get(key)]
    return Card(
        id=name,
        name=name,
        kind=" · ".join([_KIND_LABEL.get(kind, kind), stage_of(node), *marks]),
        style=label,
        mark=finding.national if finding else "",
        lines=break_name(name),
        second=f"{label_word(finding, 'regional') if finding else label} · {_local(finding)}",
        words=" ".join(node.get("aliases") or ()),
        facets=(f"kind:{kind}", f"label:{label}"),
        sections=product_sections(chain, name, finding, producers, targets, pool),
    )


def _local(finding: Finding | None) -> str:
    """The number of local independent suppliers, in words that do not turn "not found" into "not there"."""
    number = finding.numbers.get("local_groups") if finding else None
    if number is None:
        return "本地家数不详"
    if number == 0 and finding is not None and finding.regional == "未知":
        return "本地无记录"
    return f"本地 {number} 家"


def _links(chain: nx.MultiDiGraph[str]) -> tuple[Link, ...]:
    """Edges in the direction of supply: object → product, sub-type → super-type; self-loops are not drawn."""
    links: list[Link] = []
    rows = sorted(chain.edges(keys=True, data=True), key=lambda row: (row[0], row[1], str(row[2])))
    for number, (a, b, _, data) in enumerate(rows):
        if a == b:
            continue
        isa = data.get("relation") == "IS_A"
        form = "isa" if isa else {"必需": "need", "非必需": "optional"}.get(data.get("essentiality") or "", "unstated")
        word = RELATION_WORDS.get(data.get("relation", ""), "")
        note = relation_note(data)
        links.append(
            Link(
                id=f"e{number}",
                source=a if isa else b,
                target=b if isa else a,
                form=form,
                unsure=data.get("modality") not in (None, *CONFIRMED),
                title=f"{a} {word} {b}" + (f"（{note}）" if note else ""),
            )
        )
    return tuple(links)


def _placement(chain: nx.MultiDiGraph[str], names: Iterable[str]) -> Placement:
    """Positions and stage bands of some of the products."""
    kept = chain.subgraph(names)
    stages = {name: STAGES.index(stage_of(kept.nodes[name])) for name in kept}
    edges = [
        (a, b) if data.get("relation") == "IS_A" else (b, a) for a, b, data in sorted(kept.edges(data=True), key=str)
    ]
    points, spans, height = place(arrange(stages, edges))
    bands: list[Band] = []
    for index, (left, right) in spans.items():
        inside = [name for name, stage in stages.items() if stage == index]
        kinds = Counter(kept.nodes[name].get("kind") or "Product" for name in inside)
        note = " · ".join(f"{_KIND_LABEL.get(kind, kind)} {n}" for kind, n in sorted(kinds.items(), key=_by_kind))
        bands.append(Band(STAGES[index], note, left, right, -ROW_PITCH * 1.35, height - ROW_PITCH * 0.4))
    return Placement(points, tuple(bands))


def _by_kind(pair: tuple[str, int]) -> tuple[int, str]:
    """Kinds in their declared order, unknown ones last."""
    kind = pair[0]
    return (NODE_KINDS.index(kind) if kind in NODE_KINDS else len(NODE_KINDS), kind)


def _facets(cards: Sequence[Card]) -> tuple[Facet, ...]:
    """Chips: kinds in declared order, labels worst first, each with its count over the whole chain."""
    counts = Counter(facet for card in cards for facet in card.facets)
    kinds = sorted(((key.removeprefix("kind:"), n) for key, n in counts.items() if key.startswith("kind:")), key=_by_kind)
    labels = [label for label in (*REGIONAL_LABELS, UNRATED.label) if counts[f"label:{label}"]]
    return (
        *(Facet(f"kind:{kind}", "kind", _KIND_LABEL.get(kind, kind), n) for kind, n in kinds),
        *(Facet(f"label:{label}", "label", label, counts[f"label:{label}"]) for label in labels),
    )
