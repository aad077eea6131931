"""The servers of this test run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .neo4j_pool import Pool, shared_server
from .neo4j_server import Neo4jServer


@pytest.fixture(scope="session")
def neo4j_pool(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Pool]:
    with shared_server(tmp_path_factory, worker_id) as pool:
        yield pool


@pytest.fixture
def neo4j_server(neo4j_pool: Pool) -> Iterator[Neo4jServer]:
    with neo4j_pool.lease() as server:
        yield server
