"""The chain map as a reader meets it: opened from disk, without a network, full of hostile names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import networkx as nx
import pytest

from bulian.queries.results import REGIONAL_LABELS, Evidence, Finding, MakerLine, RegionRef, SourceRef, WeakReport
from bulian.viz.network_view import network_view
from bulian.viz.page import render_chain_map, render_page
from bulian.viz.view import chain_view

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror=hit(1)>",
    "</script><script>hit(2)</script>",
    "href <svg onload=hit(3)>",
    "=cmd|'/C calc'!A0",
    "javascript:hit(4)",
    "控制\x01符%E4%",
    "__proto__",
    "constructor",
)
COUNT = 90


def hostile_page() -> str:
    names = [*HOSTILE, *(f"环节{n:02d}" for n in range(COUNT - len(HOSTILE)))]
    chain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    findings = []
    for n, name in enumerate(names):
        stage, kind = ("上游", "中游", "下游")[n % 3], ("Material", "Component", "Equipment")[n % 3]
        chain.add_node(name, kind=kind, stage=stage, final=n == 2, key_component=False, aliases=[f"别名{n}"])
        if n:
            chain.add_edge(names[n // 3], name, key="REQUIRES", relation="REQUIRES", essentiality="必需",
                           alt_group=None, modality="stated", confidence=0.9)  # fmt: skip
        uri = "javascript:hit(5)" if n % 2 else "https://example.org/x"
        proof = Evidence(f"f{n}", name, SourceRef(name, uri, None), name, name, "column", 0.5, "stated")
        findings.append(Finding(name, REGIONAL_LABELS[n % 8 if n < 8 else 5], "卡脖子" if n < 3 else "未知", n / COUNT,
                                {"local_groups": n}, (name,), name, (name,), (proof,)))  # fmt: skip
    region = RegionRef("331081", "温岭市")
    report = WeakReport(region, "机床", {"confidence": 0.5}, {}, tuple(findings))
    makers = {name: [MakerLine(HOSTILE[0], HOSTILE[1], "本地", 0.9, True)] for name in HOSTILE}
    view = chain_view(chain, report, targets=None, producers=makers, title=HOSTILE[1], data_date=None)
    return render_chain_map(view)


@pytest.fixture
def tab(opened: Callable[[str], Any]) -> Any:
    return opened(hostile_page())


def ink(page: Any) -> int:
    """How many different colours the canvas shows."""
    script = """() => { const c = document.querySelector('#map canvas');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, seen = new Set();
        for (let i = 0; i < d.length; i += 4) { seen.add(d[i] * 65536 + d[i + 1] * 256 + d[i + 2]); }
        return seen.size; }"""
    return int(page.evaluate(script))


def test_it_opens_offline_without_a_request_or_a_complaint(tab: Any) -> None:
    page = tab.go()
    page.wait_for_timeout(300)
    assert tab.requests == [tab.url]
    assert tab.complaints == []
    assert ink(page) > 50
    assert page.evaluate("map.view.length") == 60
    assert page.inner_text("#cut").startswith(f"显示 60 / {COUNT} 个环节")


def test_search_focuses_picks_and_clears_by_keyboard(tab: Any) -> None:
    page = tab.go()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("环节3")
    assert page.locator("#hits li").count() == 10
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.inner_text("#panel h2") == "环节31"
    assert page.evaluate("page.card(map.network.getSelectedNodes()[0]).name") == "环节31"
    page.keyboard.press("Escape")
    assert page.input_value("#search") == ""
    assert page.inner_text("#panel h2") == "概览"


def test_search_finds_aliases(tab: Any) -> None:
    page = tab.go()
    page.fill("#search", "别名77")
    page.press("#search", "Enter")
    assert page.inner_text("#panel h2") == f"环节{77 - len(HOSTILE)}"


def test_a_click_on_a_card_opens_its_panel_and_a_click_beside_closes_it(tab: Any) -> None:
    page = tab.go()
    name = page.evaluate("page.card(Object.keys(page.data.first.points)[20]).id")
    spot = tab.spot(name)
    page.mouse.click(spot["x"], spot["y"])
    page.wait_for_timeout(400)
    assert page.evaluate("page.card(page.selected).id") == name
    assert page.inner_text("#panel h2") == name
    assert "置信度" in page.inner_text("#panel")
    corner = page.locator("#map").bounding_box()
    page.mouse.click(corner["x"] + 4, corner["y"] + 4)
    page.wait_for_timeout(400)
    assert page.evaluate("page.selected") is None


def test_a_deep_link_opens_a_card_even_when_it_was_cut(tab: Any) -> None:
    page = tab.go()
    hidden = page.evaluate("page.card(Object.keys(page.data.cards).find(id => !page.data.first.points[id])).id")
    page.goto("about:blank")
    tab.go(f"#n={quote(hidden)}")
    assert page.inner_text("#panel h2") == hidden
    assert page.evaluate("map.view.length") == COUNT
    page.goto("about:blank")
    tab.go("#n=%E4%")
    assert page.inner_text("#panel h2") == "概览"
    assert tab.complaints == []


def test_hostile_names_run_nothing_anywhere(tab: Any) -> None:
    page = tab.go()
    for name in HOSTILE:
        page.evaluate("link => page.select(page.links.get(link), true)", name)
        shown = page.evaluate("document.querySelector('#panel h2').textContent")
        assert shown == name
        page.wait_for_timeout(320)
        spot = tab.spot(name)
        page.mouse.move(spot["x"], spot["y"])
        page.wait_for_timeout(300)
    page.fill("#search", "hit")
    page.click("#tab-board")
    page.click("#tab-list")
    page.wait_for_timeout(100)
    assert page.evaluate("window.hits") == []
    assert page.evaluate("document.querySelectorAll('#panel img, #panel svg, #panel script, main script').length") == 0
    links = page.evaluate("Array.from(document.querySelectorAll('a')).map(a => [a.protocol, a.rel])")
    assert all(link == ["https:", "noopener noreferrer"] for link in links)
    assert tab.requests == [tab.url]
    assert tab.complaints == []


def test_even_injected_markup_is_stopped_by_the_policy(tab: Any) -> None:
    page = tab.go()
    page.evaluate("""() => { const box = document.createElement('div');
        box.innerHTML = '<img src="https://example.org/x.png" onerror="hit(9)"><img src=x onerror="hit(8)">';
        document.body.appendChild(box); }""")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hits") == []
    assert any("Content Security Policy" in text for text in tab.complaints)


def test_chips_hide_cards_rows_and_tiles(tab: Any) -> None:
    page = tab.go()
    page.click('#chips button[value="kind:Material"]')
    left = page.evaluate("map.view.getIds()")
    assert left
    assert all(page.evaluate("id => page.card(id).facets[0]", name) != "kind:Material" for name in left[:5])
    page.click("#tab-list")
    assert page.locator("#pane-list tbody tr:visible").count() == COUNT - 30
    page.click('#chips button[value="kind:Material"]')
    assert page.locator("#pane-list tbody tr:visible").count() == COUNT
    page.click("#tab-board")
    assert page.locator("#pane-board li:visible").count() == COUNT


def test_everything_can_be_shown_and_folded_again(tab: Any) -> None:
    page = tab.go()
    page.click("#all")
    assert page.evaluate("map.view.length") == COUNT
    assert f"已显示全部 {COUNT} 个" in page.inner_text("#cut")
    page.click("#all")
    assert page.evaluate("map.view.length") == 60


def test_the_list_sorts_numbers_as_numbers_and_labels_in_their_order(tab: Any) -> None:
    page = tab.go()
    page.click("#tab-list")
    read = "n => Array.from(document.querySelectorAll('#pane-list tbody tr')).map(r => r.children[n].textContent)"
    page.click('#pane-list th button:text-is("本地家数")')
    assert page.evaluate(read, 6) == [str(n) for n in range(COUNT)]
    page.click('#pane-list th button:text-is("本地家数")')
    assert page.evaluate(read, 6)[0] == str(COUNT - 1)
    page.click('#pane-list th button:text-is("本地判定")')
    shown = [
        next(s for s in sorted(REGIONAL_LABELS, key=len, reverse=True) if s in cell) for cell in page.evaluate(read, 3)
    ]
    assert shown == sorted(shown, key=REGIONAL_LABELS.index)


def test_the_picture_carries_its_frame_and_the_map_stays_as_it_was(tab: Any, tmp_path: Path) -> None:
    page = tab.go()
    page.click("#theme")
    with page.expect_download() as download:
        page.click("#png")
    path = tmp_path / "a.png"
    download.value.save_as(path)
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (3508, 2480)
    assert page.evaluate("document.documentElement.getAttribute('data-theme')") == "dark"
    assert page.evaluate("document.querySelectorAll('.vis-network').length") == 1
    assert tab.complaints == []


def test_typing_in_the_search_box_does_not_move_the_map(tab: Any) -> None:
    page = tab.go()
    before = page.evaluate("map.network.getViewPosition()")
    page.focus("#search")
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "+", "-"):
        page.keyboard.press(key)
    assert page.evaluate("map.network.getViewPosition()") == before


def test_a_network_page_works_in_the_same_shell(opened: Callable[[str], Any]) -> None:
    nodes = [("p", "轴", "Product"), *((f"e{n}", f"{HOSTILE[n % 8]}{n}", "Enterprise") for n in range(20))]
    edges = [(f"e{n}", "PRODUCES", "p", "", "stated", 0.9, ()) for n in range(20)]
    tab = opened(render_page(network_view(nodes, edges, title=HOSTILE[0], centre=["p"])))
    page = tab.go()
    page.fill("#search", "轴")
    page.press("#search", "Enter")
    assert page.inner_text("#panel h2") == "轴"
    assert page.locator("#panel li .go").count() == 20
    page.click("#tab-list")
    assert page.locator("#pane-list tbody tr").count() == 20
    assert page.evaluate("window.hits") == []
    assert tab.requests == [tab.url]
    assert tab.complaints == []
