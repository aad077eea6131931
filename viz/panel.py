"""What the side panel says: of one product, and of the whole report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import networkx as nx

from bulian.queries.results import NATIONAL_LABELS, REGIONAL_LABELS, Finding, MakerLine, Target, WeakReport
from bulian.viz.evidence import EvidencePool
from bulian.viz.model import Item, Section
from bulian.viz.palette import NATIONAL_STYLES, REGIONAL_STYLES, UNRATED
from bulian.viz.words import MODALITY_WORDS, SCOPES, SETTING_WORDS, coverage_rows, label_word, number_word, written

__all__ = ["overview", "product_sections", "relation_note"]

_MEANINGS = {style.label: style.meaning for style in (*REGIONAL_STYLES, UNRATED)}
_NATIONAL_MEANINGS = {style.label: style.meaning for style in NATIONAL_STYLES}
_WORST = 15


def product_sections(
    chain: nx.MultiDiGraph[str],
    name: str,
    finding: Finding | None,
    producers: Sequence[MakerLine],
    targets: Sequence[Target],
    pool: EvidencePool,
) -> tuple[Section, ...]:
    """Everything known of one product: conclusion first, then numbers, gaps in knowledge, ties, evidence."""
    sections: list[Section] = []
    if finding is None:
        sections.append(Section("判定", "badges", (Item(UNRATED.meaning, badge=UNRATED.label),)))
    else:
        sections.extend(_verdict(finding))
    sections.extend(_makers(producers))
    sections.extend(_targets(targets))
    sections.extend(_ties(chain, name))
    aliases: Sequence[str] = chain.nodes[name].get("aliases") or ()
    if aliases:
        sections.append(Section("别名", "lines", (Item("、".join(aliases)),)))
    cited = [*(finding.evidence if finding else ()), *(e for target in targets for e in target.evidence)]
    if cited:
        lines = pool.refer(cited)
        sections.append(Section(f"证据（{len(lines)}）", "evidence", evidence=lines))
    elif finding is not None:
        sections.append(Section("证据", "lines", (Item("这个判定没有直接证据可列，见“还不知道”。"),)))
    return tuple(sections)


def _verdict(finding: Finding) -> Iterator[Section]:
    """Both labels with their meaning, then reasons, counterfactual, numbers and unknowns."""
    yield Section(
        "判定",
        "badges",
        (
            Item(_MEANINGS[finding.regional], note=f"本地{_marked(finding, 'regional')}", badge=finding.regional),
            Item(
                _NATIONAL_MEANINGS[finding.national],
                note=f"全国{_marked(finding, 'national')}",
                badge=f"全国·{finding.national}",
            ),
        ),
    )
    yield from _lines("理由", finding.reasons)
    yield from _lines("怎样会变", (finding.counterfactual,) if finding.counterfactual else ())
    yield from _lines("还不知道", finding.unknowns)
    figures = [Item("卡住终端产品的比例（严重度）", note=written(finding.severity))]
    figures += [Item(number_word(key), note=written(value)) for key, value in finding.numbers.items()]
    yield Section("所用数字", "figures", tuple(figures))


def _marked(finding: Finding, axis: Literal["regional", "national"]) -> str:
    """What stands behind a badge whose label rests on an assumption; nothing behind others."""
    return label_word(finding, axis).removeprefix(getattr(finding, axis))


def _lines(title: str, texts: Iterable[str]) -> Iterator[Section]:
    """A section of plain lines, or nothing when there are none."""
    items = tuple(Item(text) for text in texts)
    if items:
        yield Section(title, "lines", items)


def _makers(producers: Sequence[MakerLine]) -> Iterator[Section]:
    """Makers by scope; unconfirmed ones are listed last and say so."""
    for scope in SCOPES:
        here = sorted((p for p in producers if p.scope == scope), key=lambda p: (not p.confirmed, p.enterprise))
        if here:
            items = tuple(
                Item(
                    p.enterprise,
                    note=" · ".join(
                        part
                        for part in (
                            p.region or "地区不详",
                            f"置信度 {p.confidence:.2g}",
                            "" if p.confirmed else "未达门槛，未计入",
                        )
                        if part
                    ),
                )
                for p in here
            )
            yield Section(f"{scope}生产者（{len(here)}）", "lines", items)


def _targets(targets: Sequence[Target]) -> Iterator[Section]:
    """Targets by kind with rank interval, reason and counter-argument."""
    for kind in ("招引", "培育", "院所"):
        items: list[Item] = []
        for target in targets:
            if target.kind == kind:
                low, high = target.rank
                rank = f"名次 {low}" if low == high else f"名次 {low}–{high}"
                where = target.region.name if target.region else "地区不详"
                parts = [rank, where, target.mode, target.reason]
                parts += [f"反面：{target.counter}" if target.counter else ""]
                parts += [f"还不知道：{'；'.join(target.unknowns)}" if target.unknowns else ""]
                items.append(Item(target.name, note=" · ".join(part for part in parts if part)))
        if items:
            yield Section(f"{kind}对象（{len(items)}）", "lines", tuple(items))


def relation_note(data: Mapping[str, Any]) -> str:
    """What is said of a link: essentiality (or that it is not stated), alternative group, doubt."""
    parts: list[str] = []
    if data.get("relation") == "REQUIRES":
        parts.append(data.get("essentiality") or "未说明是否必需")
        if data.get("alt_group"):
            parts.append(f"替代组 {data['alt_group']}")
    if data.get("modality") not in (None, "stated"):
        parts.append(MODALITY_WORDS.get(data["modality"], str(data["modality"])))
    if data.get("confidence") is not None:
        parts.append(f"置信度 {data['confidence']:.2g}")
    return " · ".join(parts)


def _ties(chain: nx.MultiDiGraph[str], name: str) -> Iterator[Section]:
    """Needs, users, super-types and sub-types, each a link to its card."""
    out = [(b, data) for _, b, data in chain.out_edges(name, data=True)]
    into = [(a, data) for a, _, data in chain.in_edges(name, data=True)]
    for title, ties, relation in (
        ("需要", out, "REQUIRES"),
        ("被需要", into, "REQUIRES"),
        ("属于", out, "IS_A"),
        ("子类", into, "IS_A"),
    ):
        items = sorted(
            {Item(other, note=relation_note(d), node=other) for other, d in ties if d.get("relation") == relation},
            key=lambda item: (item.text, item.note),
        )
        if items:
            yield Section(f"{title}（{len(items)}）", "links", tuple(items))


def overview(report: WeakReport) -> tuple[Section, ...]:
    """The whole report at a glance: counts, the worst links in report order, what is not known, thresholds."""
    regional = Counter(finding.regional for finding in report.findings)
    supposed = Counter(finding.regional for finding in report.findings if _marked(finding, "regional"))
    national = Counter(finding.national for finding in report.findings)
    worst = [f for f in report.findings if f.regional not in ("未知", "正常", "强链")]
    unknown = [f for f in report.findings if f.regional == "未知"]
    sections = [
        Section(
            "本地判定",
            "badges",
            tuple(
                Item(f"{regional[key]} 个" + (f"（其中假设 {supposed[key]}）" if supposed[key] else ""), badge=key)
                for key in REGIONAL_LABELS
                if regional[key]
            ),
        ),
        Section(
            "全国判定",
            "badges",
            tuple(Item(f"{national[key]} 个", badge=f"全国·{key}") for key in NATIONAL_LABELS if national[key]),
        ),
        Section(_count("薄弱环节", worst), "links", tuple(_short(f) for f in worst[:_WORST])),
        Section(_count("还不知道", unknown), "links", tuple(_short(f) for f in unknown[:_WORST])),
        Section(
            "数据覆盖",
            "figures",
            tuple(Item(word, note=told) for word, told in coverage_rows(report.coverage))
            or (Item("没有来源声明过覆盖范围"),),
        ),
        Section("口径", "figures", _settings(report.settings)),
    ]
    return tuple(section for section in sections if section.items)


def _count(title: str, findings: Sequence[Finding]) -> str:
    """A heading that says how many there are and how many of them are listed."""
    listed = f"，列前 {_WORST} 个" if len(findings) > _WORST else ""
    return f"{title}（共 {len(findings)} 个{listed}）"


def _short(finding: Finding) -> Item:
    """A finding as one clickable line."""
    why = finding.unknowns if finding.regional == "未知" else finding.reasons
    mark = _marked(finding, "regional")
    return Item(finding.product, note=mark + (why[0] if why else ""), node=finding.product, badge=finding.regional)


def _settings(values: Mapping[str, Any]) -> tuple[Item, ...]:
    """Name–value lines of a mapping."""
    return tuple(Item(SETTING_WORDS.get(key, key), note=written(value)) for key, value in values.items())
