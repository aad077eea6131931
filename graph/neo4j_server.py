"""Talking to a Neo4j server: its address, who we are, a limit on every wait, its errors told as ours.

Credentials come from the environment (``BULIAN_NEO4J_USER``, ``BULIAN_NEO4J_PASSWORD``, or
``BULIAN_NEO4J_PASSWORD_FILE``), never from the address, which stands in logs and messages. The driver waits as
long as a stopped server keeps the connection open; so every call runs in a thread of its own that is waited for
at most ``BULIAN_NEO4J_TIMEOUT`` seconds.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import neo4j
from neo4j.exceptions import ConfigurationError, DriverError, Neo4jError

from .errors import BulianError, UsageError
from .neo4j_errors import no_answer, translated

__all__ = ["SCHEMES", "Address", "Server"]

T = TypeVar("T")
SCHEMES: Final = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
_PATIENCE: Final = 120.0
_CONNECT: Final = 10.0
_RETRY: Final = 15.0
logging.getLogger("neo4j").addHandler(logging.NullHandler())  # what it retries is no message to our users


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is: ``uri`` without a database, ``database`` or None for the server's default one."""

    uri: str
    database: str | None

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``neo4j://host:7687`` or ``bolt+s://host/database``; ``BULIAN_NEO4J_DATABASE`` names one as well.

        Raises:
            UsageError: another scheme, no host, or a password in the address.
        """
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError as error:
            raise UsageError(
                "服务器地址读不懂", where=text.split("@")[-1], hint=f"如 neo4j://主机:7687。（{error}）"
            ) from None
        if parts.username is not None or parts.password is not None:
            hint = "请用环境变量 BULIAN_NEO4J_USER 与 BULIAN_NEO4J_PASSWORD，地址里只写主机与端口。"
            raise UsageError("地址里不能写用户名和密码", where=f"{parts.scheme}://…@{parts.hostname}", hint=hint)
        if parts.scheme not in SCHEMES or not parts.hostname or parts.query or parts.fragment:
            hint = f"请写 neo4j://主机:7687 或 bolt://主机:7687/数据库；可用：{'、'.join(SCHEMES)}。"
            raise UsageError("不认识这种服务器地址", where=text, hint=hint)
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        database = parts.path.strip("/") or os.environ.get("BULIAN_NEO4J_DATABASE") or None
        return cls(f"{parts.scheme}://{host}:{port or 7687}", database)

    def __str__(self) -> str:
        return f"{self.uri}/{self.database}" if self.database else self.uri


def _credentials(address: Address) -> tuple[str, str]:
    user = os.environ.get("BULIAN_NEO4J_USER") or "neo4j"
    password = os.environ.get("BULIAN_NEO4J_PASSWORD")
    file = os.environ.get("BULIAN_NEO4J_PASSWORD_FILE")
    if password is None and file:
        try:
            password = Path(file).read_text(encoding="utf-8").splitlines()[0].strip()
        except (OSError, IndexError, UnicodeDecodeError) as error:
            hint = "文件的第一行应是密码。"
            raise UsageError("读不出密码文件（BULIAN_NEO4J_PASSWORD_FILE）", where=file, hint=hint) from error
    if password is None:
        hint = "请设环境变量 BULIAN_NEO4J_USER 与 BULIAN_NEO4J_PASSWORD（或 BULIAN_NEO4J_PASSWORD_FILE）。"
        raise UsageError("没有给出 Neo4j 的密码", where=str(address), hint=hint)
    return user, password


def _seconds(name: str, default: float) -> float:
    text = os.environ.get(name)
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if seconds <= 0:
        raise UsageError(f"{name} 应是大于 0 的秒数", where=text)
    return seconds


class Server:
    """A connection to one database of a server.

    Every call is one managed transaction: retried by the driver on transient errors, and given up with
    StoreUnavailable when no answer comes in time.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self.patience = _seconds("BULIAN_NEO4J_TIMEOUT", _PATIENCE)
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()  # questions may be asked side by side; they are answered one by one
        self._closed = False
        try:
            self._driver = neo4j.GraphDatabase.driver(
                address.uri, auth=_credentials(address), connection_timeout=min(_CONNECT, self.patience),
                connection_acquisition_timeout=min(2 * _CONNECT, self.patience),
                max_transaction_retry_time=min(_RETRY, self.patience / 4), keep_alive=True,
                notifications_min_severity="OFF", user_agent="bulian",
            )  # fmt: skip
        except (ConfigurationError, ValueError) as error:
            raise UsageError("服务器地址或设置不对", where=str(address), hint=str(error)) from error
        self._greet()

    def _greet(self) -> None:
        """Fail at once, not after retries, when nobody answers or we are not let in."""
        try:
            with translated(str(self.address), self.patience):
                self._waited(lambda: self._in_session(lambda session: session.run("RETURN 1").consume()))
        except BulianError:
            self.close()
            raise

    def rows(self, statement: str, **parameters: Any) -> list[list[Any]]:
        """The rows of a reading statement."""
        return self.reading(lambda transaction: _values(transaction, statement, parameters))

    def change(self, statement: str, **parameters: Any) -> list[list[Any]]:
        """Run one writing statement; its rows."""
        return self.writing(lambda transaction: _values(transaction, statement, parameters))

    def reading(self, work: Callable[[neo4j.ManagedTransaction], T]) -> T:
        """Run ``work`` in a reading transaction."""
        return self._call(lambda session: session.execute_read(work))

    def writing(self, work: Callable[[neo4j.ManagedTransaction], T]) -> T:
        """Run ``work`` in a writing transaction."""
        return self._call(lambda session: session.execute_write(work))

    def command(self, statements: Sequence[str]) -> None:
        """Run statements on the schema, each in a transaction of its own."""
        for statement in statements:
            self._call(lambda session, text=statement: session.run(text).consume())  # type: ignore[misc]

    def _call(self, function: Callable[[neo4j.Session], T]) -> T:
        with translated(str(self.address), self.patience):
            return self._waited(lambda: self._in_session(function))

    def _in_session(self, function: Callable[[neo4j.Session], T]) -> T:
        # Every answer is read whole; asked for in parts, the server would wait while we unpack, and we while it reads.
        with self._driver.session(database=self.address.database, fetch_size=-1) as session:
            return function(session)

    def _waited(self, function: Callable[[], T]) -> T:
        """Run in the worker thread; a server that does not answer leaves the thread behind, not us."""
        if self._closed:
            raise no_answer(str(self.address), self.patience)
        outcome: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

        def call() -> None:
            try:
                outcome.put((function(), None))
            except BaseException as error:
                outcome.put((None, error))

        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True, name="bulian-neo4j")
                self._thread.start()
        self._calls.put(call)
        try:
            value, error = outcome.get(timeout=self.patience)
        except queue.Empty:
            self._closed = True  # the thread hangs in the call; a new connection is needed
            raise no_answer(str(self.address), self.patience) from None
        if error is not None:
            raise error
        return value  # type: ignore[return-value]

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()

    def close(self) -> None:
        """Let go of the connection; not waited for when the server hangs."""
        if self._closed:
            return
        try:
            self._waited(self._driver.close)
        except (BulianError, DriverError, Neo4jError, OSError):
            pass
        self._closed = True
        self._calls.put(None)


def _values(transaction: neo4j.ManagedTransaction, statement: str, parameters: Mapping[str, Any]) -> list[list[Any]]:
    return transaction.run(statement, dict(parameters)).values()
