"""A real Neo4j Community server for tests and benchmarks, from the shell and from Python.

``python tests/servers/neo4j_server.py [--home DIR] [--port N] [--set NAME=VALUE]… COMMAND``, with the commands
``fetch``, ``start``, ``stop``, ``kill``, ``pause``, ``resume``, ``status``, ``wipe``, ``import ARGS…``, ``admin ARGS…``.

The server's main class is started, not its start script: that saves a second Java, and the process is known from
its first moment. It listens on 127.0.0.1 only, asks for the password, and reports to nobody. It belongs to no
terminal: whoever starts it stops it (in tests neo4j_pool.py does).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __package__:
    from .neo4j_fetch import Neo4jServerError, UnavailableError, distribution, fetch, java
    from .neo4j_home import PASSWORD, QUICK, STEADY, Neo4jHome
    from .neo4j_process import all_stopped, bolt_answers, nobody_locks, port_is_free, spawn
else:  # run as a script
    from neo4j_fetch import Neo4jServerError, UnavailableError, distribution, fetch, java
    from neo4j_home import PASSWORD, QUICK, STEADY, Neo4jHome
    from neo4j_process import all_stopped, bolt_answers, nobody_locks, port_is_free, spawn

__all__ = ["PASSWORD", "QUICK", "STEADY", "Neo4jServer", "Neo4jServerError", "UnavailableError"]

START_SECONDS = 300.0
"""Recovery after a kill under load takes 11–18 s; a busy machine takes longer."""
OPENED = tuple(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in ("java.nio", "java.io", "sun.nio.ch"))
EMPTY = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS"


class Neo4jServer(Neo4jHome):
    """One server in a folder of its own; as a context manager it is stopped at the end, whatever happened."""

    def __init__(
        self,
        home: Path,
        port: int = 0,
        password: str = PASSWORD,
        settings: Mapping[str, str] = {},
        jvm: Sequence[str] = QUICK,
    ) -> None:
        super().__init__(home, port, password, settings, jvm)
        self._driver: tuple[int, Any] | None = None

    @property
    def url(self) -> str:
        """The address of this one server."""
        return f"bolt://127.0.0.1:{self.port}"

    @property
    def neo4j_url(self) -> str:
        """The address by which a driver asks for routes first, as in a cluster."""
        return f"neo4j://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """The credentials as our program reads them."""
        return {"BULIAN_NEO4J_USER": self.user, "BULIAN_NEO4J_PASSWORD": self.password}

    def start(self) -> int:
        """Start and wait until Bolt answers; a running server is left as it is.

        Returns:
            The process id.

        Raises:
            UnavailableError: no Java or no jars.
            Neo4jServerError: the port is taken, or the server ended or did not answer; with the end of its log.
        """
        if pid := self.pid():
            return pid
        if not self._ended(10.0):
            raise Neo4jServerError(f"数据还被别的进程占着：{self.home}")
        self.configure()
        if not port_is_free(self.port):
            raise Neo4jServerError(f"端口 {self.port} 已被别的程序占用")
        self.set_password()
        pid = self._child = spawn(self._command(), self.home / "logs" / "console.log", self.java_env())
        self._pid_file.write_text(str(pid), encoding="ascii")
        try:
            while not self.pid() and self._child:  # it has no command line yet
                time.sleep(0.001)
            self._wait_for_bolt()
        except BaseException:
            self.kill()
            raise
        return pid

    def _command(self) -> list[str]:
        heap = self.settings["server.memory.heap.max_size"]
        least = self.settings.get("server.memory.heap.initial_size", heap)
        more = self.settings.get("server.jvm.additional", "").split()
        died = f"-XX:ErrorFile={self.home / 'logs' / 'hs_err.log'}"
        return [java(), f"-Xms{least}", f"-Xmx{heap}", *self.jvm, "-XX:+ExitOnOutOfMemoryError", died, *OPENED,
                "-Dlog4j2.disable.jmx=true", "-Dfile.encoding=UTF-8", *more, "-cp", f"{fetch()}/*",
                "org.neo4j.server.CommunityEntryPoint", f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}",
                ]  # fmt: skip

    def _wait_for_bolt(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not bolt_answers(self.port):
            if not self.pid() or time.monotonic() > end:
                raise Neo4jServerError(f"Neo4j 没有起来（端口 {self.port}）：\n{self.log()}")
            time.sleep(0.05)

    def stop(self, patience: float = 60.0) -> None:
        """End it in good order, and by force if that takes longer than ``patience`` seconds."""
        if self._signal(signal.SIGTERM):
            self.resume()
            if not self._ended(patience):
                self.kill()
        self.close()

    def kill(self) -> None:
        """End it as a power cut would; returns when the process is gone."""
        if self._signal(signal.SIGKILL) and not self._ended(60.0):
            raise Neo4jServerError(f"进程 {self.pid()} 杀不掉")
        self.close()

    def pause(self) -> None:
        """Let it answer nothing while its connections stay open; on a busy machine some threads go on for a moment."""
        if self._signal(signal.SIGSTOP):
            while not all_stopped(self.pid() or 0):
                time.sleep(0.01)

    def resume(self) -> None:
        """Let a paused server go on; nothing happens to another."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> bool:
        pid = self.pid()
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        return pid is not None

    def _ended(self, patience: float) -> bool:
        """Whether it is gone within this time, and with it its hold on the data."""
        end = time.monotonic() + patience
        while self.pid() or not nobody_locks(self.home / "data" / "databases" / "store_lock"):
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def driver(self) -> Any:
        """A driver with the right password, kept until the server ends or :meth:`close`."""
        import neo4j  # the script itself needs nothing but Python

        pid = self.pid() or 0
        if self._driver is None or self._driver[0] != pid:
            self.close()
            login = (self.user, self.password)
            self._driver = (pid, neo4j.GraphDatabase.driver(self.url, auth=login, notifications_min_severity="OFF"))
        return self._driver[1]

    def empty(self, *, schema: bool = False) -> None:
        """Delete every node, in milliseconds when there are few; ``schema``: also constraints and indexes (0.15 s)."""
        with self.driver().session() as session:
            session.run(EMPTY).consume()
            for kind, kinds in (("CONSTRAINT", "CONSTRAINTS"), ("INDEX", "INDEXES")) if schema else ():
                rows = list(session.run(f"SHOW {kinds} YIELD name, type WHERE type <> 'LOOKUP' RETURN name"))
                for row in rows:
                    session.run(f"DROP {kind} `{row['name']}`").consume()

    def close(self) -> None:
        """Close the kept driver."""
        if self._driver is not None:
            self._driver[1].close()
            self._driver = None

    def __enter__(self) -> Neo4jServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(patience=10.0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="测试和基准用的 Neo4j 服务器")
    parser.add_argument("--home", type=Path, help="服务器的文件夹，不说就在缓存里")
    parser.add_argument("--port", type=int, default=0, help="Bolt 端口，0 为自选空闲端口")
    parser.add_argument("--password", default=PASSWORD, help="用户 neo4j 的初始密码")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="neo4j.conf 里的一行")
    parser.add_argument("--steady", action="store_true", help="基准用：G1 和完整的编译器")
    names = ["fetch", "start", "stop", "kill", "pause", "resume", "status", "wipe", "import", "admin"]
    parser.add_argument("command", choices=names)
    parser.add_argument("args", nargs=argparse.REMAINDER, help="import 和 admin 的参数")
    return parser


def _do(server: Neo4jServer, command: str, args: list[str]) -> tuple[str, int]:
    """What to print and the exit code; 3 says that the server is stopped, as a service's status does."""
    if command in ("import", "admin"):
        return (server.import_full(args) if command == "import" else server.admin(args)).rstrip(), 0
    if command == "fetch":
        return str(server.fetch()), 0
    if command == "start":
        server.start()
    elif command in ("stop", "kill", "pause", "resume", "wipe"):
        getattr(server, command)()
    pid = server.pid()
    return (f"{server.url} 进程 {pid}", 0) if pid else ("已停", 3 if command == "status" else 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; errors go to stderr and end with 1."""
    asked = _parser().parse_args(arguments)
    settings = dict(line.split("=", 1) for line in asked.set)
    home = asked.home or distribution().parent / "home"
    server = Neo4jServer(home, asked.port, asked.password, settings, STEADY if asked.steady else QUICK)
    try:
        text, code = _do(server, asked.command, asked.args)
    except Neo4jServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{text}\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
