"""Input–output tables: Leontief and Ghosh inverses, upstreamness, linkages, hypothetical extraction.

Sources: Miller and Blair, *Input–Output Analysis*, chapters 2, 7 and 12; upstreamness of Antràs, Chor, Fally and
Hillberry 2012 (closed economy: exports and imports are inside the final demand as given). Definitions and limits:
``docs/severity.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bulian.graph.errors import InputError, NotFoundError

__all__ = ["Extraction", "InputOutput", "input_output"]

Floats = npt.NDArray[np.float64]

_HUGE = 1e12  # a multiplier beyond this is rounding, not economics


@dataclass(frozen=True, slots=True)
class Extraction:
    """What the economy loses without one sector, in the currency of the table.

    ``total_loss``: its row, column and final demand are gone; ``total_loss_excl_own`` leaves out its own output.
    ``backward_loss`` (per sector): it buys nothing more. ``forward_loss`` (per sector): it sells nothing more to others.
    """

    total_loss: float
    total_loss_excl_own: float
    backward_loss: Floats
    forward_loss: Floats


@dataclass(frozen=True)
class InputOutput:
    """A table: ``flows[i, j]`` is what sector i sells to sector j, ``final`` its final demand, in one currency."""

    flows: Floats
    final: Floats

    @cached_property
    def output(self) -> Floats:
        """Gross output x of each sector: all it sells."""
        total: Floats = self.flows.sum(axis=1) + self.final
        return total

    @cached_property
    def input_coefficients(self) -> Floats:
        """A: ``A[i, j] = Z[i, j] / x[j]``; a column of zeros for a sector without output."""
        return self.flows * _inverted(self.output)[None, :]

    @cached_property
    def output_coefficients(self) -> Floats:
        """B: ``B[i, j] = Z[i, j] / x[i]``; a row of zeros for a sector without output."""
        return self.flows * _inverted(self.output)[:, None]

    @cached_property
    def leontief(self) -> Floats:
        """L = (I − A)⁻¹: output of i needed for one unit of final demand for j."""
        return _solved(self.input_coefficients, np.eye(len(self.final)))

    @cached_property
    def ghosh(self) -> Floats:
        """G = (I − B)⁻¹."""
        return _solved(self.output_coefficients, np.eye(len(self.final)))

    @cached_property
    def upstreamness(self) -> Floats:
        """U = (I − Δ)⁻¹ 1 with Δ = B: 1 plus the mean number of steps to final use; row sums of G."""
        return _solved(self.output_coefficients, np.ones(len(self.final)))

    @cached_property
    def downstreamness(self) -> Floats:
        """(I − Aᵀ)⁻¹ 1: 1 plus the mean number of steps from primary inputs; column sums of L."""
        return _solved(self.input_coefficients.T, np.ones(len(self.final)))

    @property
    def backward_linkage(self) -> Floats:
        """Column sums of L: output of all per unit of final demand for the sector."""
        return self.downstreamness

    @property
    def forward_linkage(self) -> Floats:
        """Row sums of G: output of all per unit of primary input of the sector."""
        return self.upstreamness

    @property
    def norm_backward(self) -> Floats:
        """Backward linkage over its mean; above 1 pulls more than the average sector."""
        return self.backward_linkage / float(self.backward_linkage.mean())

    @property
    def norm_forward(self) -> Floats:
        """Forward linkage over its mean; above 1 pushes more than the average sector."""
        return self.forward_linkage / float(self.forward_linkage.mean())

    def output_for(self, final: npt.ArrayLike) -> Floats:
        """The output that another final demand needs: L f.

        Raises:
            InputError: not one finite number per sector.
        """
        demand = np.asarray(final, np.float64)
        if demand.shape != self.final.shape or not np.isfinite(demand).all():
            raise InputError("最终需求应为每个部门一个数", where=f"{demand.shape}", code="bad_table")
        return _solved(self.input_coefficients, demand)

    def extraction(self, sector: int) -> Extraction:
        """Hypothetical extraction of one sector, numbered from 0.

        Raises:
            NotFoundError: there is no such sector.
        """
        if not 0 <= sector < len(self.final):
            raise NotFoundError("没有这个部门", where=f"{sector}", hint=f"部门编号为 0 到 {len(self.final) - 1}。")
        left, demand = self.input_coefficients.copy(), self.final.copy()
        left[sector, :] = left[:, sector] = demand[sector] = 0.0
        total = float(self.output.sum() - _solved(left, demand).sum())
        unbought = self.input_coefficients.copy()
        unbought[:, sector] = 0.0
        unsold = self.output_coefficients.copy()
        unsold[sector, :] = 0.0
        added: Floats = self.output - self.flows.sum(axis=0)
        return Extraction(
            total,
            total - float(self.output[sector]),
            self.output - _solved(unbought, self.final),
            self.output - _solved(unsold.T, added),
        )


def input_output(flows: npt.ArrayLike, final: npt.ArrayLike) -> InputOutput:
    """A table, checked.

    Args:
        flows: n × n, what sector i sells to sector j, ≥ 0.
        final: final demand per sector; may be negative (stocks run down), the output may not.

    Raises:
        InputError: shapes that do not fit, numbers that are not finite, a negative flow or output.
    """
    sold, demand = np.asarray(flows, np.float64), np.asarray(final, np.float64)
    if demand.ndim != 1 or sold.shape != (len(demand), len(demand)) or not len(demand):
        raise InputError(
            "投入产出表应为方阵，最终需求每个部门一个数", where=f"{sold.shape}, {demand.shape}", code="bad_table"
        )
    if not (np.isfinite(sold).all() and np.isfinite(demand).all() and (sold >= 0).all()):
        raise InputError("投入产出表里有负数或不是数", hint="中间使用不小于零。", code="bad_table")
    table = InputOutput(sold, demand)
    if (table.output < 0).any():
        raise InputError(
            "有部门的总产出为负", where=f"{int(table.output.argmin())}", hint="请核对最终需求。", code="bad_table"
        )
    return table


def _inverted(amounts: Floats) -> Floats:
    """1 over each amount, 0 where there is none."""
    return np.divide(1.0, amounts, out=np.zeros_like(amounts), where=amounts > 0)


def _solved(coefficients: Floats, right: Floats) -> Floats:
    """``(I − coefficients)⁻¹ right``; refused where it is as good as singular."""
    try:
        found = np.asarray(np.linalg.solve(np.eye(len(coefficients)) - coefficients, right), np.float64)
    except np.linalg.LinAlgError:
        found = np.full_like(right, np.inf)
    if not (np.abs(found) <= _HUGE * max(1.0, float(np.abs(right).max()))).all():
        hint = "有部门只在内部循环，没有最终需求或增加值。"
        raise InputError("投入产出表解不出来", hint=hint, code="singular_table")
    return found
