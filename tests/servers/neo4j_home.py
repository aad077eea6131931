"""The folder of a Neo4j server: its configuration, password and data, and the admin commands that work on it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from .neo4j_fetch import Neo4jServerError, distribution, fetch, java
    from .neo4j_process import child_ended, free_port, has_argument, number_in
else:  # run as a script
    from neo4j_fetch import Neo4jServerError, distribution, fetch, java
    from neo4j_process import child_ended, free_port, has_argument, number_in

PASSWORD = "bulian-test-123"
QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""For many short tests: up in two thirds of the time, with half the memory and processor time."""
STEADY = ("-XX:+UseG1GC",)
"""For benchmarks: the collector and compiler a real server has."""
DEFAULTS = {
    "server.default_listen_address": "127.0.0.1",
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "server.directories.import": "import",
    "server.memory.heap.max_size": "512m",
    "server.memory.pagecache.size": "128m",
    "dbms.security.auth_enabled": "true",
    "dbms.security.auth_max_failed_attempts": "0",  # else three wrong passwords lock out the right one for 5 s
    "dbms.usage_report.enabled": "false",
    "db.checkpoint.interval.time": "1m",  # with the default of 15 minutes a restart after a kill takes minutes
    "db.tx_log.rotation.size": "64m",
    "db.tx_log.rotation.retention_policy": "256m size",
    "db.tx_log.preallocate": "false",
    "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
}


class Neo4jHome:
    """A folder that holds or will hold a server.

    Args:
        home: the folder; data, logs and configuration are in it.
        port: the Bolt port; 0 takes a free one when it is first needed and keeps it.
        password: of the user ``neo4j``; set before the first start, so it only counts for a folder without data.
        settings: lines of neo4j.conf beside or instead of :data:`DEFAULTS`; written anew at every start.
        jvm: options of the Java machine, :data:`QUICK` or :data:`STEADY`.
    """

    user = "neo4j"

    def __init__(
        self,
        home: Path,
        port: int = 0,
        password: str = PASSWORD,
        settings: Mapping[str, str] = {},
        jvm: Sequence[str] = QUICK,
    ) -> None:
        self.home = home.resolve()
        self.password, self.jvm, self.settings = password, tuple(jvm), {**DEFAULTS, **settings}
        self._port_file, self._pid_file = self.home / "conf" / "port", self.home / "run" / "neo4j.pid"
        self.port = port or number_in(self._port_file)
        self._child = 0

    def fetch(self) -> Path:
        """Get the server's jars into the cache, unless they are there."""
        return fetch()

    def pid(self) -> int | None:
        """The server's process, None when it is not running; a number that passed to another program does not count."""
        if self._child and child_ended(self._child):
            self._child = 0
        pid = number_in(self._pid_file)
        return pid if pid and has_argument(pid, f"--home-dir={self.home}") else None

    def configure(self) -> None:
        """Write what the server and the admin commands read."""
        for name in ("conf", "logs", "run", "import", "plugins"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        jars = self.home / "lib"
        jars.unlink(missing_ok=True)
        jars.symlink_to(fetch())  # the admin commands look for them there
        if not self.port:
            self.port = free_port()
            self._port_file.write_text(str(self.port), encoding="ascii")
        address = f"127.0.0.1:{self.port}"
        lines = {"server.bolt.listen_address": address, "server.bolt.advertised_address": address, **self.settings}
        text = "".join(f"{name}={value}\n" for name, value in lines.items())
        (self.home / "conf" / "neo4j.conf").write_text(text, encoding="utf-8")

    def set_password(self) -> None:
        """Set the initial password of a folder without data.

        The admin command takes 1.5 s, and what it writes depends on the password alone: it is kept beside the jars.
        """
        target = self.home / "data" / "dbms" / "auth.ini"
        if target.exists() or (self.home / "data" / "databases" / "system").exists():
            return
        kept = distribution() / f"auth-{hashlib.sha256(self.password.encode()).hexdigest()[:16]}.ini"
        if kept.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept, target)
            return
        self.admin(["dbms", "set-initial-password", self.password])
        part = kept.with_suffix(f".{os.getpid()}")
        shutil.copyfile(target, part)
        part.replace(kept)

    def admin(self, args: Sequence[str]) -> str:
        """Run ``neo4j-admin ARGS`` and return what it printed.

        Raises:
            Neo4jServerError: it failed; the message is what it printed.
        """
        self.configure()
        command = [java(), "-Xmx256m", *QUICK, "-cp", f"{fetch()}/*", f"-Dbasedir={self.home}",
                   "org.neo4j.server.startup.Neo4jAdminCommand", *args]  # fmt: skip
        ran = subprocess.run(command, env=self.java_env(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", check=False)  # fmt: skip
        if ran.returncode:
            raise Neo4jServerError(f"neo4j-admin {' '.join(args[:3])} 失败（{ran.returncode}）：\n{ran.stdout[-4000:]}")
        return ran.stdout

    def import_full(self, args: Sequence[str]) -> str:
        """Run ``neo4j-admin database import full ARGS`` on a stopped server and return what it printed.

        Args:
            args: as at the shell, the name of the database before ``--nodes``. ``--verbose`` is added: without it the
                reason of a failure is not shown.
        """
        self.must_be_stopped()
        self.set_password()
        report = f"--report-file={self.home / 'logs' / 'import.report'}"
        return self.admin(["database", "import", "full", "--verbose", report, *args])

    def wipe(self) -> None:
        """Remove data and logs of a stopped server; the next start is a first one, on the same port."""
        self.must_be_stopped()
        for name in ("data", "logs", "run"):
            shutil.rmtree(self.home / name, ignore_errors=True)

    def must_be_stopped(self) -> None:
        """Refuse to touch the data under a running server."""
        if pid := self.pid():
            raise Neo4jServerError(f"服务器还在运行（进程 {pid}）：先停下")

    def java_env(self) -> dict[str, str]:
        """Our environment without what would lead the server to another folder or other options."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "JAVA_OPTS"))}
        return ours | {"NEO4J_HOME": str(self.home), "HEAP_SIZE": self.settings["server.memory.heap.max_size"]}

    def log(self, characters: int = 3000) -> str:
        """The end of what the server said."""
        files = [self.home / "logs" / name for name in ("console.log", "neo4j.log")]
        texts = (file.read_text(encoding="utf-8", errors="replace") for file in files if file.exists())
        return "\n".join(text[-characters:] for text in texts)
