"""Neo4j servers shared by all workers of a test run.

Community has one database, so a test has a whole server to itself, for as long as it runs: workers lease one of a few
servers, test by test, and find it empty. A server is started when the first test wants it. Nothing is left running:
see neo4j_guard.py.

In a conftest::

    @pytest.fixture(scope="session")
    def neo4j_pool(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Pool]:
        with shared_server(tmp_path_factory, worker_id) as pool:
            yield pool

    @pytest.fixture
    def neo4j_server(neo4j_pool: Pool) -> Iterator[Neo4jServer]:
        with neo4j_pool.lease() as server:
            yield server
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest

from . import neo4j_guard
from .neo4j_fetch import UnavailableError, distribution, fetch, java, locked
from .neo4j_process import spawn
from .neo4j_server import QUICK, Neo4jServer

MOST = 8
SERVER_BYTES = 2 << 30
"""Of the machine's memory per server: one takes 0.3–0.5 GB, and the rest is for the tests themselves."""


def slots() -> int:
    """How many servers this machine should run at once."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(os.cpu_count() or 1, memory // SERVER_BYTES, MOST))


class Pool:
    """The servers of a test run, in one folder; every worker has a pool of its own over the same folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self._servers: dict[int, Neo4jServer] = {}
        self._held: set[int] = set()

    @contextmanager
    def lease(self) -> Iterator[Neo4jServer]:
        """A running server with an empty database and the default settings, for nobody else until the block ends.

        It may be killed, paused, stopped and started in the block. Who already has one gets another, so that two
        who hold one each never wait for each other. Constraints and indexes of earlier tests are still
        there: making them is what takes time (``server.empty(schema=True)`` drops them).
        """
        with ExitStack() as stack:
            number = self._take(stack)
            self._held.add(number)
            stack.callback(self._held.discard, number)
            server = self._servers.setdefault(number, Neo4jServer(self.folder / f"shared{number}"))
            _make_empty(server)
            stack.callback(server.resume)
            yield server

    def _take(self, stack: ExitStack) -> int:
        """The number of a server nobody else has; its lock is let go when the stack ends."""
        while True:  # who has one already goes on to numbers beyond, where there is always a free one
            for number in count() if self._held else range(slots()):
                with suppress(BlockingIOError):
                    if number not in self._held:
                        stack.enter_context(locked(self.folder / f"shared{number}.lock", wait=False))
                        return number
            time.sleep(0.02)

    @contextmanager
    def private(self, settings: Mapping[str, str] = {}, jvm: Sequence[str] = QUICK) -> Iterator[Neo4jServer]:
        """A server with settings of its own, not started yet; killed when the block ends."""
        home = Path(tempfile.mkdtemp(prefix="private-", dir=self.folder))
        server = Neo4jServer(home, settings=settings, jvm=jvm)
        try:
            yield server
        finally:
            server.kill()
            shutil.rmtree(home / "data", ignore_errors=True)

    def close(self) -> None:
        """Let go of what this worker keeps open; the servers themselves go on."""
        for server in self._servers.values():
            server.close()


def _make_empty(server: Neo4jServer) -> None:
    """Whatever the last test left: a server that does not get empty is replaced."""
    from neo4j.exceptions import DriverError, Neo4jError

    server.resume()  # a worker that was killed may have left it paused
    server.start()
    try:
        server.empty()
    except (DriverError, Neo4jError):
        server.kill()
        server.wipe()
        server.start()
        server.empty()


@contextmanager
def shared_server(factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Pool]:
    """The pool of this test run, for a fixture of scope session; skips when there can be no server here.

    With ``BULIAN_REQUIRE=neo4j`` that is a failure, and a server that was never fetched is fetched; without it nobody
    who only runs the tests is made to download 120 MB.

    Args:
        factory: pytest's; all workers of a run have its parent folder in common.
        worker_id: of xdist, ``master`` when there are no workers.
    """
    try:
        java()
        if not required() and not (distribution() / ".complete").exists():
            missing("还没有取来服务器：python tests/servers/neo4j_server.py fetch")
        fetch()
    except UnavailableError as error:
        missing(str(error))
    base = factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "neo4j"
    with locked(folder / neo4j_guard.ALIVE, shared=True):
        spawn([sys.executable, neo4j_guard.__file__, str(folder)], folder / "guard.log")
        pool = Pool(folder)
        try:
            yield pool
        finally:
            pool.close()
    with suppress(BlockingIOError), locked(folder / neo4j_guard.ALIVE, wait=False):  # the last one out
        neo4j_guard.kill_all(folder)


def required() -> bool:
    """Whether this run is meant to have a server."""
    return "neo4j" in os.environ.get("BULIAN_REQUIRE", "").replace(",", " ").split()


def missing(reason: str) -> NoReturn:
    """Skip, or fail where the run is meant to have a server."""
    if required():
        pytest.fail(f"BULIAN_REQUIRE 要求 Neo4j，但：{reason}")
    pytest.skip(f"没有 Neo4j：{reason}")
