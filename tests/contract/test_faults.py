"""What goes wrong with a server: a clear message, exit 5, and a store that is as before or after, or is mended."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bulian.graph.duckdb_store import open_duckdb
from bulian.graph.export import export_json
from bulian.ingest.pipeline import ingest

from ..servers.neo4j_pool import Pool
from ..servers.neo4j_server import Neo4jServer

FIRMS = 12_000
HEADER = "企业名称,产品名称,角色,产能,单位\n"


@pytest.fixture
def server(neo4j_pool: Pool) -> Iterator[Neo4jServer]:
    with neo4j_pool.lease() as leased:
        yield leased


def made(folder: Path, name: str, rows: int) -> Path:
    path = folder / name
    lines = (f"第{n}厂,产品{n % 97},生产,{n % 50 + 1},台\n" for n in range(rows))
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path


def reference(folder: Path, *files: Path) -> str:
    """What the embedded store exports of the same files."""
    with open_duckdb(str(folder / "reference.duckdb"), write=True) as store:
        ingest(store, list(files))
        return "".join(export_json(store))


def failed(ran: Any, code: str) -> Mapping[str, Any]:
    """The error a script reads; people read the same sentence."""
    assert ran.code == 5, (ran.code, ran.out, ran.err)
    error: Mapping[str, Any] = ran.json["error"]
    assert error["code"] == code, error
    assert error["message"] in ran.err
    assert error["hint"]
    return error


def test_wrong_password(bulian: Any, server: Neo4jServer) -> None:
    env = server.env | {"BULIAN_NEO4J_PASSWORD": "错的-secret-42"}
    ran = bulian("weak", "--region", "温岭市", "--store", server.url, "--json", env=env, code=None)
    failed(ran, "store_auth")
    assert "secret-42" not in ran.out + ran.err


def test_no_password_and_a_password_in_the_address(bulian: Any, server: Neo4jServer) -> None:
    assert bulian("check", "--store", server.url, "--json", code=2).json["error"]["hint"]
    ran = bulian("check", "--store", server.url.replace("//", "//neo4j:secret-42@"), code=2, env=server.env)
    assert "secret-42" not in ran.out + ran.err


def test_a_password_from_a_file(bulian: Any, server: Neo4jServer, tmp_path: Path) -> None:
    (tmp_path / "密码").write_text(f"{server.password}\n", encoding="utf-8")
    env = {"BULIAN_NEO4J_PASSWORD_FILE": "密码"}
    bulian("ingest", made(tmp_path, "企业产品.csv", 3), "--store", server.url, env=env)
    assert "第0厂" in bulian("export", "--format", "json", "--store", server.url, env=env).out


def test_wrong_database(bulian: Any, server: Neo4jServer) -> None:
    for url in (f"{server.url}/nosuch", f"{server.neo4j_url}/nosuch"):
        failed(bulian("check", "--store", url, "--json", env=server.env, code=None), "no_database")


def test_nobody_there(bulian: Any, server: Neo4jServer) -> None:
    server.stop()
    failed(bulian("check", "--store", server.url, "--json", env=server.env, code=None), "store_unreachable")


def test_an_empty_server_has_no_data(bulian: Any, server: Neo4jServer) -> None:
    ran = bulian("check", "--store", server.url, "--json", env=server.env, code=3)
    assert ran.json["error"]["code"] == "no_store"
    with server.driver().session() as session:
        assert session.run("MATCH (n) RETURN count(n)").single()[0] == 0, "reading lays nothing out"


def test_a_read_only_server_is_read_and_not_written(bulian: Any, neo4j_pool: Pool, tmp_path: Path) -> None:
    first, second = made(tmp_path, "一.csv", 5), made(tmp_path, "二.csv", 9)
    with neo4j_pool.private() as server:
        server.start()
        bulian("ingest", first, "--store", server.url, env=server.env)
        before = bulian("export", "--format", "json", "--store", server.url, env=server.env).out
        server.stop()
        server.settings = {**server.settings, "server.databases.default_to_read_only": "true"}
        server.start()
        failed(bulian("ingest", second, "--store", server.url, "--json", env=server.env, code=None), "store_read_only")
        assert bulian("export", "--format", "json", "--store", server.url, env=server.env).out == before


def test_little_transaction_memory_makes_smaller_batches(bulian: Any, neo4j_pool: Pool, tmp_path: Path) -> None:
    file = made(tmp_path, "企业产品.csv", FIRMS // 4)
    huge = tmp_path / "指标.csv"
    huge.write_text("对象,指标,数值,原文\n产品1,国产化率,35%," + "长" * 2_000_000 + "\n", encoding="utf-8")
    with neo4j_pool.private({"db.memory.transaction.max": "3m"}) as server:
        server.start()
        env = server.env | {"BULIAN_NEO4J_TIMEOUT": "4"}  # a short time of trying again before a batch is halved
        bulian("ingest", file, "--store", server.url, env=env)
        before = bulian("export", "--format", "json", "--store", server.url, env=env).out
        assert before == reference(tmp_path, file)
        failed(bulian("ingest", huge, "--store", server.url, "--json", env=env, code=None), "store_memory")
        assert bulian("export", "--format", "json", "--store", server.url, env=env).out == before
        server.stop()
        server.settings = {**server.settings, "db.memory.transaction.max": "0"}
        server.start()
        bulian("ingest", huge, "--store", server.url, env=env)
        assert "国产化率" not in before
        assert "35%" in bulian("export", "--format", "json", "--store", server.url, env=env).out


def test_a_server_that_stops_answering_is_not_waited_for_for_ever(
    bulian: Any, server: Neo4jServer, tmp_path: Path
) -> None:
    file = made(tmp_path, "企业产品.csv", 3)
    env = server.env | {"BULIAN_NEO4J_TIMEOUT": "2"}
    bulian("ingest", file, "--store", server.url, env=server.env)
    before = bulian("export", "--format", "json", "--store", server.url, env=server.env).out
    server.pause()
    try:
        for command in (("check",), ("ingest", str(made(tmp_path, "二.csv", 5)))):
            failed(bulian(*command, "--store", server.url, "--json", env=env, code=None), "store_timeout")
    finally:
        server.resume()
    assert bulian("export", "--format", "json", "--store", server.url, env=server.env).out == before


STAGING = "MATCH (f:BulianPendingFact) WITH count(f) AS n RETURN n > 2000"
APPLYING = "MATCH (m:BulianStore {stale: true}) MATCH (n:BulianNode) WITH count(n) AS n RETURN n > 3000"


def load(spawn: Any, server: Neo4jServer, *files: Path, **env: str) -> subprocess.Popen[bytes]:
    process: subprocess.Popen[bytes] = spawn(
        "ingest", *files, "--store", server.url, "--json", env=server.env | {"BULIAN_NEO4J_TIMEOUT": "16"} | env
    )
    return process


def wait_for(server: Neo4jServer, state: str, process: subprocess.Popen[bytes]) -> None:
    """Until a load is at a point; a load that is through before that fails the test."""
    with server.driver().session() as session:
        while not any(row[0] for row in session.run(state)):
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)


@pytest.mark.parametrize(
    ("victim", "state"),
    [("server", STAGING), ("server", APPLYING), ("program", APPLYING), ("paused server", STAGING)],
    ids=["server-staging", "server-applying", "program-applying", "paused server-staging"],
)
def test_ended_in_mid_load(
    bulian: Any, spawn: Callable[..., Any], server: Neo4jServer, tmp_path: Path, state: str, victim: str
) -> None:
    first, second = made(tmp_path, "一.csv", 20), made(tmp_path, "二.csv", FIRMS)
    bulian("ingest", first, "--store", server.url, env=server.env)
    before = bulian("export", "--format", "json", "--store", server.url, env=server.env).out
    process = load(spawn, server, second, BULIAN_NEO4J_TIMEOUT="5" if victim == "paused server" else "16")
    wait_for(server, state, process)
    if victim == "program":
        process.kill()
    elif victim == "server":
        server.kill()
    else:
        server.pause()
    out, _ = process.communicate(timeout=120)
    if victim != "program":
        assert process.returncode == 5
        assert json.loads(out)["error"]["code"] in ("store_unreachable", "store_timeout")
    server.resume()
    server.start()
    with server.driver().session() as session:  # its writer is long gone
        session.run("MATCH (m:BulianStore) WHERE m.beat IS NOT NULL SET m.beat = 0").consume()
    after = reference(tmp_path, first, second)
    found = bulian("export", "--format", "json", "--store", server.url, env=server.env).out
    assert found == (before if state == STAGING else after), "half of a load is seen"
    bulian("ingest", first, second, "--store", server.url, env=server.env)
    assert bulian("export", "--format", "json", "--store", server.url, env=server.env).out == after
    with server.driver().session() as session:
        rest = session.run("MATCH (n) WHERE n:BulianPendingFact OR n:BulianPendingSource OR n:BulianLeaving RETURN n")
        assert list(rest) == []


def test_readers_wait_while_a_load_is_applied_and_writers_do_not_mix(
    bulian: Any, spawn: Callable[..., Any], server: Neo4jServer, tmp_path: Path
) -> None:
    first, second, third = (
        made(tmp_path, name, rows) for name, rows in (("一.csv", 20), ("二.csv", FIRMS), ("三.csv", 9))
    )
    bulian("ingest", first, "--store", server.url, env=server.env)
    process = load(spawn, server, second)
    wait_for(server, STAGING, process)
    process.send_signal(signal.SIGSTOP)  # so that it is still there when the others have started
    failed(bulian("ingest", third, "--store", server.url, "--json", env=server.env, code=None), "store_locked")
    bulian("explain", "第3厂", "--store", server.url, env=server.env)  # what is staged is no concern of readers
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, (out, err)
    bulian("ingest", third, "--store", server.url, env=server.env)
    exported = bulian("export", "--format", "json", "--store", server.url, env=server.env).out
    assert exported == reference(tmp_path, first, second, third)
