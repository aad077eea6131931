"""Severity of a product: written once more from the rows, one removal at a time, and against what blocks."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.graph.errors import NotFoundError
from bulian.queries.chain_graph import ChainGraph, read_chain
from bulian.queries.feasibility import AndOrGraph, Requirement, finals
from bulian.queries.settings import Settings
from bulian.queries.severity import Severity, chain_severity

NAMES = "甲乙丙丁戊己"
WORDS = {"必需": True, "非必需": False, None: None}

Row = tuple[str, str, str | None, str, float | None]


def chain_of(rows: list[Row], kinds: list[tuple[str, str]], marked: tuple[str, ...] = ()) -> ChainGraph:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name="链")
    graph.add_nodes_from(NAMES)
    for number, (product, needed, word, group, share) in enumerate(rows):
        data = {"relation": "REQUIRES", "modality": "stated", "confidence": 0.9, "date": None, "cost_share": share}
        graph.add_edge(product, needed, key=f"{number}", fact=f"{number}", essentiality=word, alt_group=group, **data)
    needs = tuple(Requirement(a, b, WORDS[word], group) for a, b, word, group, _ in rows)
    rules = AndOrGraph(tuple(NAMES), needs, tuple(kinds))
    return ChainGraph("链", graph, rules, finals(rules, marked), {name: (name,) for name in NAMES})


def below(kinds: list[tuple[str, str]], name: str) -> list[str]:
    """A product and all its sub-types."""
    tree = nx.DiGraph([(parent, sub) for sub, parent in kinds if sub != parent])
    return sorted({name, *(nx.descendants(tree, name) if name in tree else ())})


def lost(chain: ChainGraph, kinds: list[tuple[str, str]], shares: dict[tuple[str, str], float], gone: str) -> Any:
    """What each product loses when ``gone`` is taken away, all products at once, again and again."""
    loss = dict.fromkeys(NAMES, 0.0) | {gone: 1.0}
    entries: dict[str, int] = defaultdict(int)
    for need in chain.rules.needs:
        entries[need.product] += len(need.members)

    def missing(name: str) -> float:
        serve = below(kinds, name)
        return sum(loss[one] for one in serve) / len(serve)

    for _ in range(20_000):
        fresh = dict(loss)
        bought: dict[str, float] = defaultdict(float)
        soft: dict[str, float] = defaultdict(float)
        for product, _, members in chain.rules.needs:
            rows = [(shares.get((product, one), 1 / entries[product]), missing(one)) for one in members]
            weight, part = sum(weight for weight, _ in rows), sum(weight * part for weight, part in rows)
            bought[product] += weight
            if True in members.values():
                fresh[product] = max(fresh[product], min(part / weight, 1.0))
            else:
                soft[product] += part
        for product, part in soft.items():
            fresh[product] = max(fresh[product], min(part / bought[product], 1.0))
        for parent in {parent for sub, parent in kinds if sub != parent}:
            subs = [one for one in below(kinds, parent) if one != parent]
            if not entries[parent] and subs:
                fresh[parent] = max(fresh[parent], sum(loss[one] for one in subs) / len(subs))
        if max(fresh[name] - loss[name] for name in NAMES) <= 1e-13:
            return fresh
        loss = fresh
    raise AssertionError("no end")


rows = st.lists(
    st.tuples(
        st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(["必需", "必需", "非必需", None]),
        st.sampled_from(["", "", "组"]), st.none() | st.sampled_from([0.05, 0.2, 0.6]),
    ), max_size=12, unique_by=lambda row: row[:2],
)  # fmt: skip
kinds = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=3)


@settings(max_examples=80)
@given(rows, kinds)
def test_severity_is_what_the_rows_say(rows: list[Row], kinds: list[tuple[str, str]]) -> None:
    chain = chain_of(rows, kinds)
    shares = {(a, b): share for a, b, _, _, share in rows if share is not None}
    found = chain_severity(chain)
    assert sorted(found) == sorted(NAMES)
    for name in NAMES:
        if not chain.finals:
            assert (found[name].esri_down, found[name].own_share) == (None, None)
            assert found[name].reason
            continue
        after = lost(chain, kinds, shares, name)
        wanted = sum(after[final] for final in chain.finals) / len(chain.finals)
        assert found[name].esri_down == pytest.approx(wanted, abs=2e-9)
        assert found[name].own_share == pytest.approx((name in chain.finals) / len(chain.finals), abs=1e-9)
        used = any(after[product] > 0 and product != name and product != needed for product, needed in shares)
        assert found[name].equal_weights is not used
    assert chain_severity(chain, ["丙", "甲", "丙"]) == {name: found[name] for name in ("丙", "甲")}


@settings(max_examples=60)
@given(rows, kinds)
def test_what_stops_a_final_loses_it_all(rows: list[Row], kinds: list[tuple[str, str]]) -> None:
    chain = chain_of(rows, kinds, ("甲", "丁"))
    found = chain_severity(chain)
    for name, stopped in chain.blocks.items():
        severity = found[name].esri_down
        assert severity is not None
        assert severity >= (len(stopped) + (name in chain.finals)) / 2 - 1e-8
        assert severity <= 1


def test_by_hand() -> None:
    rows: list[Row] = [
        ("甲", "乙", "必需", "", None), ("甲", "丙", None, "", None), ("甲", "丁", "必需", "组", None),
        ("甲", "戊", None, "组", None), ("己", "丙", "非必需", "", None),
    ]  # fmt: skip
    found = chain_severity(chain_of(rows, []))  # finals: 甲 and 己
    values = {name: (severity.esri_down, severity.own_share) for name, severity in found.items()}
    assert values == {
        "甲": (0.5, 0.5), "己": (0.5, 0.5),
        "乙": (0.5, 0),  # 甲 stops
        "丙": (0.625, 0),  # a quarter of the inputs of 甲, all of those of 己
        "丁": (0.25, 0), "戊": (0.25, 0),  # one of two alternatives of 甲
    }  # fmt: skip
    assert all(severity.equal_weights for severity in found.values())
    weighed = chain_severity(chain_of([*rows[:2], ("甲", "丁", "必需", "组", 0.3), *rows[3:]], []))
    assert weighed["丁"] == Severity(round(0.5 * 0.3 / 0.55, 9), 0.0, False)
    assert weighed["己"].equal_weights


def test_the_surest_share_is_taken_and_a_share_of_nothing_says_nothing(store_of) -> None:
    head = "产品,关系,对象,必要性,成本占比,产业链,置信度\n"
    table = "车床,需要,主轴,非必需,30%,链,0.8\n车床,需要,主轴,非必需,50%,链,0.6\n车床,需要,轴承,,10%,链,0.9\n"
    found = chain_severity(read_chain(store_of(链=head + table), "链", Settings()))
    assert found["主轴"] == Severity(0.75, 0.0, False)
    bare = "车床,需要,主轴,非必需,0,链,0.8\n车床,需要,轴承,,,链,0.9\n"
    assert chain_severity(read_chain(store_of(链=head + bare), "链", Settings()))["主轴"] == Severity(0.5, 0.0, True)


def test_many_products_go_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    import random

    from bulian.queries import severity

    rng = random.Random(4)
    names = [f"p{i:03}" for i in range(120)]
    needs = [(*rng.sample(names, 2), rng.choice((True, False, None)), rng.choice(("", "组"))) for _ in range(260)]
    rules = AndOrGraph(tuple(names), tuple(Requirement(*need) for need in needs), ())
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(names)
    chain = ChainGraph("链", graph, rules, tuple(names[:7]), {})
    whole = chain_severity(chain)
    monkeypatch.setattr(severity, "_CELLS", 1)
    assert chain_severity(chain) == whole
    assert len({one.esri_down for one in whole.values()}) > 10


@settings(max_examples=60)
@given(rows, kinds)
def test_sparse_and_dense_losses_are_the_same(rows: list[Row], kinds: list[tuple[str, str]]) -> None:
    from bulian.queries import severity

    chain = chain_of(rows, kinds)
    dense = chain_severity(chain)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(severity, "_DENSE", 0)
        for cells in (16_000_000, 1):
            patch.setattr(severity, "_SPARSE_WIDTH", cells)
            assert chain_severity(chain) == dense


def layered(size: int, seed: int = 4, back: int = 0) -> ChainGraph:
    """A chain whose products need later ones, and some that need earlier ones."""
    import random

    rng = random.Random(seed)
    names = [f"p{i:05}" for i in range(size)]
    ends = {tuple(sorted(rng.sample(range(size), 2))) for _ in range(2 * size)}
    ends |= {tuple(sorted(rng.sample(range(size // 2, size), 2), reverse=True)) for _ in range(back)}
    needs = [(names[a], names[b], rng.choice((True, False, None)), rng.choice(("", "组"))) for a, b in sorted(ends)]
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(names)
    rules = AndOrGraph(tuple(names), tuple(Requirement(*need) for need in needs), ())
    return ChainGraph("链", graph, rules, tuple(names[:9]), {})


def test_a_large_chain_is_done_sparse_with_the_same_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    from bulian.queries import severity

    chain = layered(2500, back=6)
    sparse = chain_severity(chain)
    monkeypatch.setattr(severity, "_DENSE", 10**9)
    dense = chain_severity(chain)
    for name, one in sparse.items():
        assert one.esri_down == pytest.approx(dense[name].esri_down, abs=1e-12)
        assert (one.own_share, one.equal_weights) == (dense[name].own_share, dense[name].equal_weights)
    assert len({one.esri_down for one in sparse.values()}) > 50


@pytest.mark.parametrize("limit", ["_IN_CYCLES", "_SHALLOW"])
def test_what_would_take_too_long_is_null_with_a_reason(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    from bulian.queries import severity

    chain = layered(120, back=6)
    monkeypatch.setattr(severity, "_DENSE", 100)
    monkeypatch.setattr(severity, "_STEPS", 0)
    assert chain_severity(chain, ["p00003"])["p00003"].reason is None
    monkeypatch.setattr(severity, limit, 0)
    told = chain_severity(chain, ["p00003"])["p00003"]
    assert (told.esri_down, told.own_share) == (None, None)
    assert told.reason


def test_an_unknown_product_is_said() -> None:
    with pytest.raises(NotFoundError):
        chain_severity(chain_of([], []), ["庚"])
