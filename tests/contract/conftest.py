"""The public door of every store: files in through ingest, answers and exports out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from bulian.graph.export import export_json
from bulian.graph.opening import open_store
from bulian.graph.store import Store
from bulian.ingest.pipeline import forget, ingest
from bulian.ingest.report import IngestReport

from ..servers.neo4j_pool import Pool
from ..servers.neo4j_server import Neo4jServer


@dataclass
class Door:
    """One store and a folder of files to hand in."""

    folder: Path
    url: str
    more: Callable[[Door, str], Door]
    slow: bool = False

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
        store = open_store(self.url, write=write)
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
        """A second, empty store over the same files."""
        return self.more(self, name)


def file_door(folder: Path) -> Door:
    """A DuckDB file."""
    files = folder / "files"
    files.mkdir(parents=True, exist_ok=True)

    def more(door: Door, name: str) -> Door:
        return Door(door.folder, str(folder / f"{name}.duckdb"), more)

    return Door(files, str(folder / "store.duckdb"), more)


class Servers:
    """Neo4j servers a test has to itself: one for its store, two that its further stores take in turn.

    Community has one database, so a further store empties the server that the last but one used.
    """

    def __init__(self, pool: Pool, stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
        self._pool = pool
        self._monkeypatch = monkeypatch
        self._stack = stack
        self._leased: list[Neo4jServer] = []
        self._turn = count()

    def _empty(self, number: int) -> Neo4jServer:
        if number == len(self._leased):
            server = self._stack.enter_context(self._pool.lease())
            for name, value in server.env.items():
                self._monkeypatch.setenv(name, value)
            self._leased.append(server)
        else:
            self._leased[number].empty()
        return self._leased[number]

    def __call__(self, folder: Path) -> Door:
        files = folder / "files"
        files.mkdir(parents=True)
        return Door(files, self._empty(0).url, self._more, slow=True)

    def _more(self, door: Door, name: str) -> Door:
        return Door(door.folder, self._empty(1 + next(self._turn) % 2).neo4j_url, self._more, slow=True)


@pytest.fixture(params=["duckdb", "neo4j"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Door]]:
    """Makes a store of each kind, with a folder of files to hand in."""
    if request.param == "duckdb":
        yield file_door
        return
    pool: Pool = request.getfixturevalue("neo4j_pool")
    with ExitStack() as stack:
        yield Servers(pool, stack, monkeypatch)


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
    return file_door(tmp_path)
