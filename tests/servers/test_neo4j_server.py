"""The server for tests does what it is told, and nothing of it is left when a test run ends, however it ends."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import neo4j
import pytest
from neo4j.exceptions import AuthError, ClientError

from . import neo4j_process
from . import neo4j_server as script
from .neo4j_pool import Pool
from .neo4j_process import bolt_answers, has_argument, port_is_free
from .neo4j_server import Neo4jServer, Neo4jServerError


def command(server: Neo4jServer, *args: str) -> subprocess.CompletedProcess[str]:
    """The script on the folder of a server."""
    line = [sys.executable, str(script.__file__), "--home", str(server.home), *args]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)


def names(server: Neo4jServer) -> list[str]:
    found = server.driver().execute_query("MATCH (n) RETURN n.name AS name ORDER BY name").records
    return [row["name"] for row in found]


def test_what_was_committed_outlives_a_kill(neo4j_pool: Pool) -> None:
    with neo4j_pool.private() as server:
        pid = server.start()
        assert server.start() == pid == server.pid()
        server.driver().execute_query("CREATE (:Firm {name: '三和数控'})")
        shown = command(server, "status")
        assert (shown.returncode, shown.stdout) == (0, f"{server.url} 进程 {pid}\n")
        assert command(server, "wipe").returncode == 1, "the data of a running server is not removed"
        url = server.url
        assert command(server, "kill").returncode == 0
        assert server.pid() is None
        assert not bolt_answers(server.port)
        stopped = command(server, "status")
        assert (stopped.returncode, stopped.stdout) == (3, "已停\n")
        assert server.start() != pid
        assert server.url == url
        assert names(server) == ["三和数控"]
        server.stop()
        assert server.pid() is None
        server.wipe()
        assert not (server.home / "data").exists()


def test_a_bulk_import_then_read_only(neo4j_pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text("id:ID,name,:LABEL\n1,三和数控,Firm\n2,电主轴厂,Firm\n", encoding="utf-8")
    (tmp_path / "links.csv").write_text(":START_ID,:END_ID,:TYPE\n1,2,需要\n", encoding="utf-8")
    files = [f"--nodes={tmp_path / 'firms.csv'}", f"--relationships={tmp_path / 'links.csv'}"]
    with neo4j_pool.private({"server.databases.default_to_read_only": "true"}) as server:
        server.import_full(["neo4j", *files])
        server.start()
        with pytest.raises(Neo4jServerError, match="还在运行"):
            server.import_full(["neo4j", "--overwrite-destination", *files])
        assert names(server) == ["三和数控", "电主轴厂"]
        with pytest.raises(ClientError) as refused:
            server.driver().execute_query("CREATE (:Firm)")
        assert "ReadOnly" in refused.value.code


def test_a_bulk_import_that_fails_says_why(neo4j_pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "links.csv").write_text(":START_ID,:TYPE\n1,需要\n", encoding="utf-8")
    with neo4j_pool.private() as server, pytest.raises(Neo4jServerError, match="START_ID"):
        server.import_full(["neo4j", f"--nodes={tmp_path / 'links.csv'}", f"--relationships={tmp_path / 'links.csv'}"])


def test_a_setting_the_server_does_not_know_is_its_own_complaint(neo4j_pool: Pool) -> None:
    with neo4j_pool.private({"server.no.such.setting": "1"}) as server:
        with pytest.raises(Neo4jServerError, match=r"server\.no\.such\.setting"):
            server.start()
        assert server.pid() is None


def test_wrong_passwords_are_refused_and_lock_nobody_out(neo4j_server: Neo4jServer) -> None:
    for _ in range(4):
        with neo4j.GraphDatabase.driver(neo4j_server.url, auth=("neo4j", "wrong-one")) as driver:
            with pytest.raises(AuthError):
                driver.verify_connectivity()
    for url in (neo4j_server.url, neo4j_server.neo4j_url):
        with neo4j.GraphDatabase.driver(url, auth=(neo4j_server.user, neo4j_server.password)) as driver:
            driver.verify_connectivity()


def test_a_taken_port_is_said(neo4j_server: Neo4jServer, tmp_path: Path) -> None:
    second = Neo4jServer(tmp_path / "second", port=neo4j_server.port)
    with pytest.raises(Neo4jServerError, match=f"端口 {neo4j_server.port} 已被"):
        second.start()
    assert second.pid() is None
    assert neo4j_server.pid() is not None


def test_a_paused_server_holds_its_connections(neo4j_server: Neo4jServer) -> None:
    neo4j_server.pause()
    with socket.create_connection(("127.0.0.1", neo4j_server.port), timeout=0.5) as waiting:
        waiting.sendall(neo4j_process.BOLT_HANDSHAKE)
        with pytest.raises(TimeoutError):
            waiting.recv(4)
        neo4j_server.resume()
        waiting.settimeout(30)
        assert len(waiting.recv(4)) == 4


def test_empty_takes_the_nodes_and_on_request_the_schema(neo4j_server: Neo4jServer) -> None:
    run = neo4j_server.driver().execute_query
    run("CREATE CONSTRAINT one IF NOT EXISTS FOR (n:Firm) REQUIRE n.id IS UNIQUE")
    run("UNWIND range(1, 2500) AS i CREATE (:Firm {id: i})-[:SELLS]->(:Product)")
    neo4j_server.empty()
    assert names(neo4j_server) == []
    assert [row["name"] for row in run("SHOW CONSTRAINTS").records if row["name"] == "one"] == ["one"]
    neo4j_server.empty(schema=True)
    assert run("SHOW CONSTRAINTS").records == []


def test_a_lease_is_an_empty_server_whatever_was_done_to_it_before(neo4j_pool: Pool) -> None:
    for harm in (Neo4jServer.kill, Neo4jServer.pause):
        with neo4j_pool.lease() as server:
            server.driver().execute_query("CREATE (:Firm {name: '别的测试的'})")
            harm(server)
    with neo4j_pool.lease() as server:
        assert names(server) == []


def test_two_leases_of_one_worker_are_two_servers(neo4j_pool: Pool) -> None:
    with neo4j_pool.lease() as first, neo4j_pool.lease() as second:
        first.driver().execute_query("CREATE (:Firm {name: '甲'})")
        assert names(second) == []
        assert first.url != second.url


def test_a_number_that_passed_to_another_program_is_not_the_server(tmp_path: Path) -> None:
    server = Neo4jServer(tmp_path)
    other = subprocess.Popen([sys.executable, "-c", "input()", f"--home-dir={tmp_path}-2"], stdin=subprocess.PIPE)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "neo4j.pid").write_text(str(other.pid), encoding="ascii")
    server.kill()
    assert server.pid() is None
    assert other.poll() is None
    other.communicate(b"\n")


def test_a_port_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert not port_is_free(listening.getsockname()[1])


WORKER = """
import sys, pathlib, pytest
from servers.neo4j_pool import shared_server
class Factory:
    def getbasetemp(self): return pathlib.Path(sys.argv[1])
with shared_server(Factory(), "master") as pool, pool.lease() as server:
    print(server.pid(), server.home, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["killed", "finished"])
def test_nothing_outlives_the_worker(end: str, neo4j_pool: Pool, tmp_path: Path) -> None:
    tests = Path(__file__).resolve().parents[1]
    line = [sys.executable, "-c", WORKER, str(tmp_path)]
    worker = subprocess.Popen(line, cwd=tests, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    pid, home = worker.stdout.readline().split()
    running = f"--home-dir={home}"
    assert has_argument(int(pid), running)
    if end == "killed":
        worker.kill()
    worker.communicate()
    until = time.monotonic() + 60  # the guard's; a worker that finishes ends the server itself
    while end == "killed" and has_argument(int(pid), running) and time.monotonic() < until:
        time.sleep(0.05)
    assert not has_argument(int(pid), running)
    assert (Path(home) / "logs" / "neo4j.log").exists() or (Path(home) / "logs" / "console.log").exists()
