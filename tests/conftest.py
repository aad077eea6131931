"""The program as a user runs it, and a store of the bundled example built by it once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import settings

from bulian.examples import example_folder
from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.ingest.pipeline import ingest

from .servers.neo4j_pool import Pool, shared_server
from .servers.neo4j_server import Neo4jServer

# The same examples on every run, so that a change is judged by what it changes; BULIAN_EXPLORE=1 looks for new ones.
settings.register_profile("bulian", derandomize=not os.environ.get("BULIAN_EXPLORE"), deadline=None)
settings.load_profile("bulian")

_REQUIRED = os.environ.get("BULIAN_REQUIRE", "").replace(",", " ").split()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """BULIAN_REQUIRE=shared: a test that skips because the reference data (参考…) is not there has failed."""
    report = yield
    if report.skipped and "shared" in _REQUIRED and "参考" in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = f"BULIAN_REQUIRE 要求参考数据，但：{report.longrepr}"
    return report


PROGRAM = (sys.executable, "-m", "bulian.cli")
_INHERITED = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "HOME", "USERPROFILE", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


def environment(**changes: str) -> dict[str, str]:
    """What the program gets to see: nothing of the person who runs the tests."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ} | {"LANG": "C.UTF-8"} | changes


@dataclass(frozen=True)
class Ran:
    """How a run ended: exit code and both streams as bytes."""

    code: int
    raw: bytes
    raw_err: bytes

    @property
    def out(self) -> str:
        return self.raw.decode("utf-8")

    @property
    def err(self) -> str:
        return self.raw_err.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


class Program(Protocol):
    """Runs ``bulian ARGS`` and waits; a traceback on any stream fails the test."""

    def __call__(
        self, *args: str | Path, code: int | None = 0, env: Mapping[str, str] = {}, cwd: Path | None = None
    ) -> Ran: ...  # fmt: skip


def run(args: Sequence[str | Path], folder: Path, env: Mapping[str, str], code: int | None) -> Ran:
    done = subprocess.run(
        [*PROGRAM, *map(str, args)], cwd=folder, env=environment(**env), capture_output=True, check=False, timeout=120
    )
    ran = Ran(done.returncode, done.stdout.replace(b"\r\n", b"\n"), done.stderr.replace(b"\r\n", b"\n"))
    assert b"Traceback" not in done.stdout + done.stderr, ran.err
    assert code is None or ran.code == code, f"exit {ran.code} instead of {code}\n{ran.out}\n{ran.err}"
    return ran


@pytest.fixture
def bulian(tmp_path: Path) -> Program:
    def program(
        *args: str | Path, code: int | None = 0, env: Mapping[str, str] = {}, cwd: Path | None = None
    ) -> Ran:  # fmt: skip
        return run(args, cwd or tmp_path, env, code)

    return program


@pytest.fixture(scope="session")
def example_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the bundled example; only to be read."""
    folder = tmp_path_factory.mktemp("example")
    run(["ingest", example_folder(), "--store", "示例.duckdb"], folder, {}, 0)
    return folder / "示例.duckdb"


class Ask(Protocol):
    """The JSON answer of a query on the example store; asked once per session."""

    def __call__(self, *args: str) -> Any: ...


@pytest.fixture(scope="session")
def ask(example_store: Path) -> Ask:
    known: dict[tuple[str, ...], Any] = {}

    def answer(*args: str) -> Any:
        if args not in known:
            known[args] = run([*args, "--store", example_store.name, "--json"], example_store.parent, {}, 0).json
        return known[args]

    return answer


class Spawn(Protocol):
    """Starts the program and does not wait; whatever still runs at the end of the test is killed."""

    def __call__(self, *args: str | Path, env: Mapping[str, str] = {}, **options: Any) -> subprocess.Popen[bytes]: ...


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Spawn]:
    started: list[subprocess.Popen[bytes]] = []

    def start(*args: str | Path, env: Mapping[str, str] = {}, **options: Any) -> subprocess.Popen[bytes]:
        command = [*PROGRAM, *map(str, args)]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        process = subprocess.Popen(command, cwd=tmp_path, env=environment(**env), **streams)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


class StoreOf(Protocol):
    """A store that holds these tables: file name to CSV text."""

    def __call__(self, **tables: str) -> DuckDBStore: ...


@pytest.fixture
def store_of(tmp_path: Path) -> Iterator[StoreOf]:
    opened: list[DuckDBStore] = []

    def build(**tables: str) -> DuckDBStore:
        folder = tmp_path / f"tables{len(opened)}"
        folder.mkdir()
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        store = open_duckdb(str(tmp_path / f"{len(opened)}.duckdb"), write=True)
        opened.append(store)
        report = ingest(store, [folder], rejects=tmp_path / "退回.csv")
        assert report.exit_code == 0, [(file.path, file.reasons, file.error) for file in report.files]
        return store

    yield build
    for store in opened:
        store.close()


@pytest.fixture(scope="session")
def example(example_store: Path) -> Iterator[DuckDBStore]:
    """The example's store, open for reading."""
    with open_duckdb(str(example_store)) as store:
        yield store


@pytest.fixture(scope="session")
def neo4j_pool(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Pool]:
    """The Neo4j servers of this test run."""
    with shared_server(tmp_path_factory, worker_id) as pool:
        yield pool


@pytest.fixture
def neo4j_server(neo4j_pool: Pool) -> Iterator[Neo4jServer]:
    """A running, empty server for this test alone."""
    with neo4j_pool.lease() as server:
        yield server
