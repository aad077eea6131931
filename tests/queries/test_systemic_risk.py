"""ESRI: the reference cases, the formulas written once more as loops, and what must hold for all networks."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from bulian.graph.errors import InputError, UsageError
from bulian.queries.systemic_risk import SystemicRisk, firm_risk, shock, supply_network

CASES = Path(__file__).resolve().parents[2] / ".." / "shared" / "reference" / "cases" / "esri"
ONE = [[0, 1], [0, 0]]


def reference(name: str) -> Any:
    if not CASES.is_dir():
        pytest.skip("参考数据不在旁边")
    return json.loads((CASES / name).read_text(encoding="utf-8"))


def table(risk: SystemicRisk) -> np.ndarray:
    assert risk.both is not None
    assert risk.down is not None
    assert risk.up is not None
    return np.stack([risk.both, risk.down, risk.up], axis=1)


@pytest.mark.shared
@pytest.mark.parametrize("replaceable", [True, False])
def test_the_mixed_network(replaceable: bool) -> None:
    case = reference("case_mixed6.json")
    network = supply_network(np.array(case["W"]), case["sector"], case["classification"])
    values = case[f"extra_all_firms_sigma_{'on' if replaceable else 'off'}"]["values"]
    for epsilon, agreement in ((1e-12, 5e-12), (1e-13, 1e-13)):  # the values were iterated to about 1e-13
        found = table(firm_risk(network, replaceable=replaceable, epsilon=epsilon))
        np.testing.assert_allclose(found, values, rtol=0, atol=agreement)
    if replaceable:
        end = shock(network, np.eye(6)[case["closed_firm"]], direction="down", epsilon=1e-12)
        assert end.up is None
        assert end.both is None
        np.testing.assert_allclose(end.down[:, 0], case["expected_h_down"], rtol=0, atol=1e-12)
        one = firm_risk(network, [case["closed_firm"]], direction="down", epsilon=1e-12)
        np.testing.assert_allclose(one.down, case["expected_ESRI_downstream"], rtol=0, atol=1e-12)


@pytest.mark.shared
def test_the_networks_by_hand() -> None:
    for case in reference("case_hand.json"):
        network = supply_network(np.array(case["W"]), case["sector"], case["classification"], case["market"])
        risk = firm_risk(network, replaceable=case["market"] is not None, epsilon=1e-12)
        np.testing.assert_allclose(table(risk), case["all_values"], rtol=0, atol=1e-12, err_msg=case["name"])


@pytest.mark.shared
@pytest.mark.parametrize(("key", "word"), [("sigma_off", 1), ("sigma_on", 1), ("all_essential_sigma_off", 2)])
def test_the_figure_of_the_paper(key: str, word: int) -> None:
    case = reference("case_fig1_11firms.json")
    ends = np.array(case["edges_supplier_buyer_0based"])
    links = csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(11, 11))
    network = supply_network(links, case["sector_0based"], np.full((5, 5), word))
    expected = case["expected"][key]
    for epsilon in (case["eps"], 1e-12):
        risk = firm_risk(network, replaceable=key == "sigma_on", epsilon=epsilon)
        wanted = np.stack([expected["ESRI"], expected["ESRI_d"], expected["ESRI_u"]], axis=1)
        np.testing.assert_allclose(table(risk), wanted, rtol=0, atol=1e-12)
        assert risk.rounds.tolist() == expected["iterations"]
        assert risk.converged.all()


def by_the_book(links: np.ndarray, sector: list[int], need: np.ndarray, loss: np.ndarray, sigma: bool) -> Any:
    """The formulas as they stand, on what remains, until nothing changes by more than rounding."""
    size = len(links)
    sold, bought = links.sum(axis=1), links.sum(axis=0)
    kind: dict[tuple[int, int], float] = defaultdict(float)
    for i in range(size):
        for j in range(size):
            kind[j, sector[i]] += links[i, j]
    down, up = 1 - loss, 1 - loss
    for _ in range(100_000):
        lower, higher = down.copy(), up.copy()
        rest = [sum(sold[m] * down[m] for m in range(size) if sector[m] == sector[i]) for i in range(size)]
        for j in range(size):
            lost: dict[int, float] = defaultdict(float)
            for i in range(size):
                word = need[sector[i], sector[j]]
                if links[i, j] and word:
                    factor = 1.0 if not sigma or rest[i] <= 1e-10 else min(1.0, sold[i] / rest[i])
                    share = links[i, j] / (kind[j, sector[i]] if word == 2 else bought[j])
                    lost[sector[i] if word == 2 else -1] += factor * share * (1 - down[i])
            lower[j] = max(0.0, min([1 - loss[j], *(1 - value for value in lost.values())]))
            if sold[j]:
                higher[j] = max(0.0, min(1 - loss[j], 1 - sum(links[j] * (1 - up)) / sold[j]))
        if max((down - lower).max(), (up - higher).max()) <= 1e-13:
            return lower, higher
        down, up = lower, higher
    raise AssertionError("no end")


@st.composite
def networks(draw: st.DrawFn) -> tuple[np.ndarray, list[int], np.ndarray]:
    size = draw(st.integers(2, 7))
    amounts = st.sampled_from([0, 0, 0, 1, 2, 5])
    links = np.array(draw(st.lists(amounts, min_size=size**2, max_size=size**2)), float).reshape(size, size)
    links[0, 1] += 1
    sector = draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
    need = np.array(draw(st.lists(st.integers(0, 2), min_size=9, max_size=9))).reshape(3, 3)
    return links, sector, need


@settings(max_examples=40)
@given(networks(), st.booleans(), st.data())
def test_any_shock_is_what_the_formulas_say(network: Any, sigma: bool, data: st.DataObject) -> None:
    links, sector, need = network
    parts = st.lists(st.sampled_from([0.0, 0.0, 0.3, 1.0]), min_size=len(links), max_size=len(links))
    losses = np.array([data.draw(parts), data.draw(parts)]).T
    end = shock(supply_network(links, sector, need), losses, replaceable=sigma, epsilon=1e-13)
    assert end.converged.all()
    for column in range(2):
        down, up = by_the_book(links, sector, need, losses[:, column], sigma)
        np.testing.assert_allclose(end.down[:, column], down, rtol=0, atol=1e-9)
        np.testing.assert_allclose(end.up[:, column], up, rtol=0, atol=1e-9)


@settings(max_examples=15)
@given(networks(), st.booleans())
def test_what_must_hold(network: Any, sigma: bool) -> None:
    links, sector, need = network
    known = supply_network(links, sector, need)
    risk, half = (firm_risk(known, loss=loss, replaceable=sigma, epsilon=1e-12) for loss in (1.0, 0.5))
    own = links.sum(axis=1) / links.sum()
    found = table(risk)
    assert (found >= own[:, None] - 1e-12).all()
    assert (found <= 1 + 1e-12).all()
    assert (found[:, 0] >= found[:, 1:].max(axis=1) - 1e-12).all()
    assert (table(half) <= found + 1e-9).all()
    net = table(firm_risk(known, replaceable=sigma, epsilon=1e-12, without_own=True))
    np.testing.assert_allclose(net, np.maximum(found - own[:, None], 0), rtol=0, atol=1e-12)
    scaled = firm_risk(supply_network(csr_array(links * 1000), sector, need), replaceable=sigma, epsilon=1e-12)
    np.testing.assert_allclose(table(scaled), found, rtol=0, atol=1e-9)
    alone = [table(firm_risk(known, [firm], replaceable=sigma, epsilon=1e-12))[0] for firm in range(len(links))]
    np.testing.assert_allclose(np.array(alone), found, rtol=0, atol=1e-12)
    worse = firm_risk(supply_network(links, sector, np.where(need == 1, 2, need)), replaceable=sigma, epsilon=1e-12)
    assert (table(worse)[:, 1] >= found[:, 1] - 1e-9).all()


def test_many_closures_go_in_batches() -> None:
    rng = np.random.default_rng(3)
    links = np.where(rng.random((60, 60)) < 0.1, rng.random((60, 60)), 0)
    network = supply_network(links, rng.integers(0, 5, 60), rng.integers(0, 3, (5, 5)))
    every, chosen = firm_risk(network), firm_risk(network, [40, 3, 40])
    np.testing.assert_allclose(table(every)[[40, 3, 40]], table(chosen), rtol=0, atol=1e-12)
    assert firm_risk(network, []).both is None


def test_weights_count_a_final_assembler() -> None:
    network = supply_network(ONE, [0, 1], np.full((2, 2), 2))
    assert table(firm_risk(network))[0].tolist() == [1, 1, 1]
    assert table(firm_risk(network, direction="both", weights="larger"))[0].tolist() == [1, 1, 0.5]
    assert table(firm_risk(network, weights=np.array([1.0, 3.0])))[0].tolist() == [1, 1, 0.25]


def test_a_bound_on_rounds_is_told() -> None:
    ring = [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    risk = firm_risk(supply_network(ring, [0, 1, 2], np.full((3, 3), 2)), [0], rounds=1)
    assert not risk.converged[0]
    assert risk.rounds.tolist() == [1]


@pytest.mark.parametrize(
    ("links", "sector", "need"),
    [
        ([[0, -1], [0, 0]], [0, 0], [[1]]),
        ([[0, np.nan], [0, 0]], [0, 0], [[1]]),
        ([[0, 1, 0], [0, 0, 0]], [0, 0], [[1]]),
        (ONE, [0], [[1]]),
        (ONE, [0, 1], [[1]]),
        (ONE, [0, 0], [[3]]),
        ([[0, 0], [0, 0]], [0, 0], [[1]]),
    ],
)
def test_a_network_that_cannot_be_is_refused(links: Any, sector: Any, need: Any) -> None:
    with pytest.raises(InputError):
        supply_network(links, sector, need)


@pytest.mark.parametrize(
    "options",
    [
        {"loss": 1.5},
        {"loss": -0.1},
        {"epsilon": -1},
        {"firms": [2]},
        {"firms": [-1]},
        {"weights": np.zeros(2)},
        {"rounds": 0},
    ],
)
def test_a_question_that_cannot_be_is_refused(options: Any) -> None:
    with pytest.raises(UsageError):
        firm_risk(supply_network(ONE, [0, 0], [[1]]), **options)
