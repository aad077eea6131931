"""The bundled example data, read by ``bulian demo``."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["example_folder"]


def example_folder() -> Path:
    """The folder of the machine-tool chain of 温岭, in the contract's tables."""
    return Path(str(files("bulian.examples").joinpath("wenling_machine_tools")))
