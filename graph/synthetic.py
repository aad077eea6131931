"""The mark of synthetic data: what every made-up row names as its source, so that no answer can hide it."""

from __future__ import annotations

from typing import Final

__all__ = ["SYNTHETIC_MARK", "synthetic_source"]

SYNTHETIC_MARK: Final = "合成数据（bulian synth"
"""How the source of every synthetic fact begins."""


def synthetic_source(seed: int) -> str:
    """The 来源 of every row of the synthetic population with that seed."""
    return f"{SYNTHETIC_MARK}，种子 {seed}）"
