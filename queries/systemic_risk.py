"""ESRI, the economic systemic risk index: how much of all output is lost when a firm stops.

A firm that stops takes its customers' inputs away (downstream) and its suppliers' sales (upstream); both spread
until nothing changes. Method and symbols: Diem, Borsos, Reisch, Kertész, Thurner 2022, Sci. Rep. 12:7719; Diem et
al. 2024, PNAS Nexus 3(3) pgae064. Definitions and limits: ``docs/severity.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bulian.graph.errors import UsageError

from .firm_network import SupplyNetwork, supply_network
from .loss_rows import Floats, Ints

__all__ = ["Cascade", "Direction", "SupplyNetwork", "SystemicRisk", "firm_risk", "shock", "supply_network"]

Direction = Literal["both", "down", "up"]

_NOTHING_LEFT = 1e-10  # a market that still sells no more than this has nobody who could step in
_BATCH = 24  # closures side by side: as many as stay in the cache


@dataclass(frozen=True, slots=True)
class Cascade:
    """Where shocks end: what each firm still makes (firms × shocks, 0 to 1), None for a direction not asked for.

    ``rounds`` counts the rounds of each shock, in the last of which nothing changed by more than ε; ``converged`` is
    False where the bound on rounds ended it, the loss is then a lower bound.
    """

    down: Floats | None
    up: Floats | None
    rounds: Ints
    converged: npt.NDArray[np.bool_]

    @property
    def both(self) -> Floats | None:
        """What each firm still makes in the worse direction; None unless both were asked for."""
        return None if self.down is None or self.up is None else np.minimum(self.down, self.up)


@dataclass(frozen=True, slots=True)
class SystemicRisk:
    """ESRI of closures, each 0 to 1 of the output of all firms.

    ``both`` counts for each firm the worse direction, ``down`` only missing inputs, ``up`` only missing customers;
    None for what was not asked for.
    """

    firms: Ints
    both: Floats | None
    down: Floats | None
    up: Floats | None
    rounds: Ints
    converged: npt.NDArray[np.bool_]


def firm_risk(
    network: SupplyNetwork,
    firms: Sequence[int] | None = None,
    *,
    loss: float = 1.0,
    direction: Direction = "both",
    replaceable: bool = True,
    epsilon: float = 1e-6,
    weights: Literal["sold", "larger"] | Floats = "sold",
    without_own: bool = False,
    rounds: int = 100_000,
) -> SystemicRisk:
    """ESRI of firms closed one at a time; of every firm where ``firms`` is None.

    Args:
        network: the firms.
        firms: numbers of the firms to close, each alone.
        loss: ψ, the part of its output a closed firm loses (1 is a closure; a *loss*, not what remains).
        direction: "down" or "up" computes one direction only; customers make "both" and "up" large, so 断链 asks "down".
        replaceable: whether others of a market can step in (σ); without, every lost supplier is irreplaceable.
        epsilon: a cascade ends when no firm loses more than this in one round.
        weights: what a firm counts: its sales; the larger of sales and purchases, so that a final assembler without
            sales in the data counts; or an amount per firm, such as value added.
        without_own: leave out the share the closed firm loses by itself, to compare positions rather than sizes.
        rounds: bound on the rounds of one cascade.

    Raises:
        UsageError: ψ, ε, a bound, a firm or a weight outside its range.
    """
    size = len(network.sold)
    chosen = np.arange(size) if firms is None else np.asarray(firms, np.int64)
    if chosen.size and not (0 <= int(chosen.min()) and int(chosen.max()) < size):
        raise UsageError("没有这个编号的企业", where=f"0 … {size - 1}", code="bad_firm")
    share = _weights(network, weights)
    own = loss * share[chosen] if without_own else np.zeros(len(chosen))
    found: dict[str, list[Floats]] = {"both": [], "down": [], "up": []}
    turns, done = np.zeros(len(chosen), np.int64), np.ones(len(chosen), np.bool_)
    for low in range(0, len(chosen), _BATCH):
        part = slice(low, low + _BATCH)
        start = np.zeros((size, len(chosen[part])))
        start[chosen[part], np.arange(start.shape[1])] = loss
        end = shock(network, start, direction=direction, replaceable=replaceable, epsilon=epsilon, rounds=rounds)
        for way, left in (("both", end.both), ("down", end.down), ("up", end.up)):
            if left is not None:
                found[way].append(np.maximum(share @ (1.0 - left) - own[part], 0.0))
        turns[part], done[part] = end.rounds, end.converged
    both, down, up = (np.concatenate(parts) if parts else None for parts in found.values())
    return SystemicRisk(chosen, both, down, up, turns, done)


def shock(
    network: SupplyNetwork,
    loss: npt.ArrayLike,
    *,
    direction: Direction = "both",
    replaceable: bool = True,
    epsilon: float = 1e-6,
    rounds: int = 100_000,
) -> Cascade:
    """Let shocks spread until they end.

    Losses only grow and none exceeds 1, so every cascade ends; each shock and each direction ends by itself.

    Args:
        network: the firms.
        loss: ψ, firms (× shocks): the part of its output each firm loses at the start, 0 to 1.
        direction: which directions to compute.
        replaceable: whether others of a market can step in (σ).
        epsilon: a cascade ends when no firm loses more than this in one round; 0 ends it when nothing changes at all.
        rounds: bound on the rounds of one cascade.

    Raises:
        UsageError: a loss outside 0 to 1, of another shape, a negative ε or a bound below 1.
    """
    start = _started(network, loss)
    if not epsilon >= 0 or rounds < 1:
        raise UsageError("收敛阈值不能为负，轮数至少为一", where=f"{epsilon}, {rounds}", code="bad_bound")

    def fewer_inputs(lost: Floats) -> Floats:
        missing = lost * _irreplaceable(network, lost) if replaceable else lost
        more = lost.copy()
        more[network.down.buyers] = np.maximum(lost[network.down.buyers], network.down.losses(missing))
        return more

    def fewer_customers(lost: Floats) -> Floats:
        more: Floats = np.asarray(network.up @ lost)
        return np.maximum(lost, more, out=more)  # shares sum to 1 and so do losses, but for rounding

    ends = {
        way: _settled(step, start, epsilon, rounds)
        for way, step in (("down", fewer_inputs), ("up", fewer_customers))
        if direction in (way, "both")
    }
    turns = np.max([turn for _, turn, _ in ends.values()], axis=0)
    done = np.all([end for _, _, end in ends.values()], axis=0)
    down, up = (1.0 - ends[way][0] if way in ends else None for way in ("down", "up"))
    return Cascade(down, up, turns, done)


def _started(network: SupplyNetwork, loss: npt.ArrayLike) -> Floats:
    """Losses at the start, firms × shocks."""
    start = np.asarray(loss, np.float64)
    start = start[:, None] if start.ndim == 1 else start
    if start.ndim != 2 or len(start) != len(network.sold) or not ((start >= 0) & (start <= 1)).all():
        raise UsageError("初始损失应为每家企业一个 0 到 1 之间的数", where=f"{start.shape}", code="bad_loss")
    return start


def _settled(
    step: Callable[[Floats], Floats], start: Floats, epsilon: float, rounds: int
) -> tuple[Floats, Ints, npt.NDArray[np.bool_]]:
    """Losses after the last round, the number of rounds, and whether it was the last, of each shock.

    Of each shock a firm that still moved is remembered: while it moves on, nobody else need be looked at.
    """
    count = start.shape[1]
    ends, turns, done = start.copy(), np.zeros(count, np.int64), np.zeros(count, np.bool_)
    open_, lost, witness = np.arange(count), start, np.zeros(count, np.int64)
    for turn in range(1, rounds + 1):
        if not len(open_):
            break
        turns[open_] = turn
        more = step(lost)
        moved = _moved(lost, more, witness, epsilon)
        lost = more
        if not moved.all():
            ends[:, open_[~moved]], done[open_[~moved]] = lost[:, ~moved], True
            open_, lost, witness = open_[moved], np.ascontiguousarray(lost[:, moved]), witness[moved]
    ends[:, open_] = lost
    return np.minimum(ends, 1.0, out=ends), turns, done


def _moved(lost: Floats, more: Floats, witness: Ints, epsilon: float) -> npt.NDArray[np.bool_]:
    """Whether any firm lost more than ε in a round, by shock; ``witness`` holds a firm of each that did, if one did."""
    shocks = np.arange(len(witness))
    moved: npt.NDArray[np.bool_] = more[witness, shocks] - lost[witness, shocks] > epsilon
    unsure = np.flatnonzero(~moved)
    if len(unsure):
        growth = more[:, unsure] - lost[:, unsure]
        witness[unsure] = growth.argmax(axis=0)
        moved[unsure] = growth[witness[unsure], np.arange(len(unsure))] > epsilon
    return moved


def _irreplaceable(network: SupplyNetwork, down: Floats) -> Floats:
    """σ, firms × shocks: what of a firm's loss the rest of its market cannot make up for."""
    left = np.asarray(network.markets @ (1.0 - down))[network.market]
    return np.where(left > _NOTHING_LEFT, np.minimum(1.0, network.sold[:, None] / np.maximum(left, _NOTHING_LEFT)), 1.0)


def _weights(network: SupplyNetwork, weights: Literal["sold", "larger"] | Floats) -> Floats:
    """What each firm counts, summing to 1."""
    if isinstance(weights, str):
        amounts = network.sold if weights == "sold" else np.maximum(network.sold, network.bought)
    else:
        amounts = np.asarray(weights, np.float64)
    good = amounts.shape == network.sold.shape and np.isfinite(amounts).all() and (amounts >= 0).all()
    if not good or not amounts.sum() > 0:
        raise UsageError("权重应为每家企业一个不小于零的数，且不全为零", where=f"{amounts.shape}", code="bad_weights")
    return amounts / float(amounts.sum())
