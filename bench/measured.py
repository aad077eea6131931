"""Measured commands: whole processes with their time and memory, and results that say which machine made them."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["Clock", "Run", "bulian", "command", "machine", "write_result"]

_PACKAGES = ("bulian", "duckdb", "pyarrow", "numpy", "networkx", "neo4j", "neo4j-rust-ext", "msgspec")


@dataclass(frozen=True, slots=True)
class Run:
    """A finished process: wall and processor seconds, the most memory it held (GB), what it printed."""

    wall: float
    cpu: float
    peak: float
    out: bytes

    def figures(self) -> dict[str, float]:
        """The numbers, rounded for reading."""
        return {"wall s": round(self.wall, 2), "cpu s": round(self.cpu, 2), "peak GB": round(self.peak, 2)}


# The system counts what a process held before it became the command, so a small one in between starts it.
_BETWEEN = """
import os, subprocess, sys, time
begun = time.perf_counter()
process = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(process.pid, 0)
figures = time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss, os.waitstatus_to_exitcode(status)
open(sys.argv[1], "w").write(" ".join(map(str, figures)))
"""


def command(*arguments: str) -> Run:
    """Run a process to its end.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "figures"
        done = subprocess.run(
            [sys.executable, "-S", "-c", _BETWEEN, str(told), *arguments], capture_output=True, check=True
        )
        wall, cpu, held, code = told.read_text().split()
    if code != "0":
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.decode()}")
    return Run(float(wall), float(cpu), int(held) / (1 << 30 if sys.platform == "darwin" else 1 << 20), done.stdout)


def bulian(*arguments: str, runs: int = 1) -> Run:
    """Run a command of the program as a user does, its start included; the quickest of several runs."""
    done = [command(sys.executable, "-m", "bulian.cli", *arguments) for _ in range(runs)]
    return min(done, key=lambda run: run.wall)


class Clock:
    """Seconds by name; a name that comes again adds up."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Time a block and print it."""
        begun = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
        print(f"{name:<32}{self.seconds[name]:9.2f} s", flush=True)


def machine() -> dict[str, str]:
    """What the figures depend on: day, machine, versions."""
    found = {
        "date": date.today().isoformat(), "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }  # fmt: skip
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "-"
    return found


def write_result(name: str, result: Mapping[str, Any]) -> None:
    """Print a result and keep it in ``bench/results/NAME.json``, with what it depends on."""
    text = json.dumps({"measured on": machine(), **result}, ensure_ascii=False, indent=1)
    print(text)
    target = Path(__file__).parent / "results" / f"{name}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text + "\n", encoding="utf-8")
