"""The public door of every store: files in through ingest, answers and exports out."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bulian.graph.duckdb_store import open_duckdb
from bulian.graph.export import export_json
from bulian.graph.store import Store
from bulian.ingest.pipeline import forget, ingest
from bulian.ingest.report import IngestReport

Opener = Callable[..., Any]


@dataclass
class Door:
    """One store and a folder of files to hand in."""

    folder: Path
    url: str
    opener: Opener

    def file(self, name: str, header: str, *rows: Sequence[object], encoding: str = "utf-8") -> Path:
        """Write a CSV; the header is a line of names, every row its cells."""
        path = self.folder / name
        with path.open("w", encoding=encoding, newline="") as out:
            writer = csv.writer(out)
            writer.writerow(header.split(","))
            writer.writerows(["" if cell is None else str(cell) for cell in row] for row in rows)
        return path

    def text(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return path

    @contextmanager
    def open(self, *, write: bool = False) -> Iterator[Store]:
        store = self.opener(self.url, write=write)
        try:
            yield store
        finally:
            store.close()

    def ingest(self, *paths: Path, chain: str | None = None) -> IngestReport:
        with self.open(write=True) as store:
            return ingest(store, list(paths), chain=chain, rejects=self.folder / "rejects.out")

    def forget(self, source: str) -> int:
        with self.open(write=True) as store:
            return forget(store, source)

    def export(self) -> str:
        with self.open() as view:
            return "".join(export_json(view))

    def another(self, name: str) -> Door:
        """A second store over the same files."""
        return Door(self.folder, str(Path(self.url).with_name(f"{name}.duckdb")), self.opener)


def _duckdb(tmp_path: Path) -> Door:
    folder = tmp_path / "files"
    folder.mkdir(parents=True)
    return Door(folder, str(tmp_path / "store.duckdb"), open_duckdb)


BACKENDS: dict[str, Callable[[Path], Door] | str] = {"duckdb": _duckdb}
"""How to get a store of each backend, or why there is none here."""


@pytest.fixture(params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest) -> Callable[[Path], Door]:
    made = BACKENDS[request.param]
    if isinstance(made, str):
        if request.param in os.environ.get("BULIAN_REQUIRE", "").replace(",", " ").split():
            pytest.fail(f"{request.param} is required but missing: {made}")
        pytest.skip(made)
    return made


@pytest.fixture
def door(backend: Callable[[Path], Door], tmp_path: Path) -> Door:
    return backend(tmp_path)


@pytest.fixture
def new_door(backend: Callable[[Path], Door], tmp_path: Path) -> Callable[[], Door]:
    """A fresh store and folder at every call, for properties over many populations."""
    numbers = count()
    return lambda: backend(tmp_path / str(next(numbers)))


@pytest.fixture
def duckdb_door(tmp_path: Path) -> Door:
    """For tests of what only the embedded file can do: crash, be locked, be of another version."""
    return _duckdb(tmp_path)
