"""The page model: what is shown, what is cut and said so, and what is never guessed."""

from __future__ import annotations

import pytest

from bulian.queries.results import NATIONAL_LABELS, REGIONAL_LABELS
from bulian.viz.palette import NATIONAL_STYLES, REGIONAL_STYLES
from bulian.viz.selection import choose
from bulian.viz.view import break_name


def texts(card):  # type: ignore[no-untyped-def]
    return {section.title: section for section in card.sections}


def test_every_label_has_a_look_of_its_own_even_without_colour() -> None:
    looks = {(s.glyph, s.border, s.width) for s in REGIONAL_STYLES}
    assert len(looks) == len(REGIONAL_LABELS)
    assert {s.label for s in REGIONAL_STYLES} == set(REGIONAL_LABELS)
    assert {s.label for s in NATIONAL_STYLES} == set(NATIONAL_LABELS)
    by = {s.label: s for s in REGIONAL_STYLES}
    assert by["未知"].glyph != by["断链"].glyph
    assert by["未知"].hue != by["断链"].hue
    assert by["未知"].border != by["断链"].border


def test_a_small_chain_is_shown_whole(sample) -> None:  # type: ignore[no-untyped-def]
    view = sample.view()
    assert view.cut == ""
    assert view.first == view.whole
    assert len(view.whole.points) == len(sample.chain)


def test_a_large_chain_opens_with_sixty_cards_and_says_so(wide_sample) -> None:  # type: ignore[no-untyped-def]
    view = wide_sample.view()
    assert len(view.first.points) == 60
    assert view.cut == f"显示 60 / {len(wide_sample.chain)} 个环节，其余见清单"
    assert len(view.whole.points) == len(wide_sample.chain) == len(view.cards)
    assert len(view.tables[0].rows) == len(wide_sample.chain)


@pytest.mark.parametrize("limit", [1, 5, 12, 59, 60, 500])
def test_finals_come_first_and_weak_links_before_normal_ones(wide_sample, limit: int) -> None:  # type: ignore[no-untyped-def]
    findings = {f.product: f for f in wide_sample.report.findings}
    chosen = choose(wide_sample.chain, findings, limit=limit)
    assert len(chosen) == min(limit, len(findings))
    assert {n for n in wide_sample.chain if wide_sample.chain.nodes[n]["final"]} <= chosen
    weak = {n for n, f in findings.items() if f.regional not in ("正常", "强链", "未知") or f.national == "卡脖子"}
    if limit >= 12:
        assert len(chosen & weak) >= min(len(weak), round(limit * 0.8) - 1)


def test_links_point_the_way_supply_flows(sample) -> None:  # type: ignore[no-untyped-def]
    ends = {(link.source, link.target, link.form) for link in sample.view().links}
    for a, b, data in sample.chain.edges(data=True):
        if data["relation"] == "IS_A":
            assert (a, b, "isa") in ends
        else:
            form = {"必需": "need", "非必需": "optional", None: "unstated"}[data["essentiality"]]
            assert (b, a, form) in ends
    assert sum(link.unsure for link in sample.view().links) == 1


def test_unstated_essentiality_and_unknowns_are_said_aloud(sample) -> None:  # type: ignore[no-untyped-def]
    notes = " ".join(sample.view().caveats)
    unstated = sum(
        1 for *_, d in sample.chain.edges(data=True) if d["relation"] == "REQUIRES" and d["essentiality"] is None
    )
    assert f"{unstated} 条没有说明是否必需" in notes
    assert "没查到不等于没有" in notes
    assert "断链”也无法认定" in notes


def test_the_card_counts_groups_and_never_turns_unknown_into_none(sample) -> None:  # type: ignore[no-untyped-def]
    by = {card.style: card for card in sample.view().cards}
    assert by["弱链"].second == "弱链 · 本地 3 家"
    assert by["断链"].second == "断链 · 本地 0 家"
    sample.report.findings[5].numbers["local_groups"] = 0
    assert {c.style: c for c in sample.view().cards}["未知"].second == "未知 · 本地无记录"
    sample.report.findings[5].numbers["local_groups"] = None
    assert {c.style: c for c in sample.view().cards}["未知"].second == "未知 · 本地家数不详"


def test_the_panel_holds_the_finding_the_makers_the_targets_and_the_evidence(sample) -> None:  # type: ignore[no-untyped-def]
    view = sample.view()
    finding = sample.report.findings[0]
    card = next(card for card in view.cards if card.id == finding.product)
    parts = texts(card)
    assert [item.badge for item in parts["判定"].items] == ["断链", "全国·卡脖子"]
    assert [item.text for item in parts["理由"].items] == list(finding.reasons)
    assert [item.text for item in parts["还不知道"].items] == list(finding.unknowns)
    assert parts["怎样会变"].items[0].text == finding.counterfactual
    assert len(parts["所用数字"].items) == len(finding.numbers) + 1
    assert "未计入" in parts["所在地不明生产者（1）"].items[0].note
    note = parts["招引对象（1）"].items[0].note
    assert all(part in note for part in ("名次 1–3", "地区不详", "基金+项目", "反面：", "还不知道：联系方式不知"))
    shown = [view.evidence[i].statement for i in parts["证据（2）"].evidence]
    assert shown == [finding.evidence[0].statement, "对象 的陈述"]


def test_a_product_without_finding_is_unrated_not_normal(sample) -> None:  # type: ignore[no-untyped-def]
    sample.chain.add_node("新环节", kind="Product", stage="上游", final=False, key_component=False, aliases=[])
    view = sample.view()
    card = next(card for card in view.cards if card.id == "新环节")
    assert (card.style, card.second) == ("未评", "未评 · 本地家数不详")
    assert any("1 个环节没有评估结果" in note for note in view.caveats)


def test_a_missing_stage_has_its_own_band_and_is_not_guessed(sample) -> None:  # type: ignore[no-untyped-def]
    assert [band.title for band in sample.view().whole.bands] == ["上游", "中游", "下游", "未标环节"]


def test_only_web_addresses_become_links(sample) -> None:  # type: ignore[no-untyped-def]
    hrefs = {line.href for line in sample.view().evidence}
    assert hrefs == {"", "https://example.org/a?b=1&c=2"}


def test_chips_count_the_whole_chain(wide_sample) -> None:  # type: ignore[no-untyped-def]
    facets = wide_sample.view().facets
    for group in ("kind", "label"):
        assert sum(f.count for f in facets if f.group == group) == len(wide_sample.chain)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("主轴", ("主轴",)),
        ("高速干切齿轮滚刀机", ("高速干切齿轮滚刀机",)),
        ("钢轨铣磨车用长寿命铣刀", ("钢轨铣磨车用长寿命", "铣刀")),
        ("一" * 30, ("一" * 9, "一" * 8 + "…")),
        ("a\x00b\nc", ("a b c",)),
        ("", ("",)),
    ],
)
def test_names_are_broken_to_fit_the_card(name: str, lines: tuple[str, ...]) -> None:
    assert break_name(name) == lines
