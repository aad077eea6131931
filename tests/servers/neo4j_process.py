"""Processes and ports of a server: start one of no terminal, recognise it again, see whether Bolt answers."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PORTS = range(20_000, 32_000)
"""Below the ports that systems hand out for outgoing connections, so that a restart finds its port free."""
BOLT_HANDSHAKE = bytes.fromhex("6060b017" + "00040405" + "00000004" + "00000000" + "00000000")
"""Bolt 5.4 down to 5.0, else 4.0; the server answers with the version it takes."""


def spawn(command: Sequence[str], log: Path, env: dict[str, str] | None = None) -> int:
    """Start a process that has no terminal, no input and no open file of ours; what it says goes to ``log``.

    Its process group is its own, so an interrupt typed at the terminal does not reach it.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawnp(
        command[0], list(command), dict(os.environ) if env is None else env, file_actions=streams, setpgroup=0
    )


def has_argument(pid: int, argument: str) -> bool:
    """Whether this process runs with exactly this argument; never true of an ended one that nobody has waited for.

    It is also not true of a process in its first microseconds, while the system still puts its command line together.
    """
    if sys.platform == "linux":
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return os.fsencode(argument) in line.split(b"\0")
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return f" {argument} " in f" {shown.stdout.strip()} "


def child_ended(pid: int) -> bool:
    """Whether a child of ours has ended; without waiting, and true again when asked again."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def nobody_locks(file: Path) -> bool:
    """Whether no process has a record lock on a file; a killed one with many threads keeps its own for a moment."""
    import fcntl

    if not file.exists():
        return True
    with file.open("r+b") as opened:
        try:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


def all_stopped(pid: int) -> bool:
    """Whether no thread of a process runs any more; always true where the system does not tell."""
    if sys.platform != "linux":
        return True
    for status in Path(f"/proc/{pid}/task").glob("*/stat"):
        try:
            state = status.read_bytes().rpartition(b")")[2].split()[0]
        except OSError:  # it has ended
            continue
        if state not in (b"T", b"Z", b"X"):
            return False
    return True


def number_in(file: Path) -> int:
    """The number a file holds, 0 when there is none."""
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def port_is_free(port: int) -> bool:
    """Whether a server could listen here; connections of an ended one that linger do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    with socket.socket() as probe:  # one that listens on all addresses does not always keep us from binding one
        return probe.connect_ex(("127.0.0.1", port)) != 0


def free_port() -> int:
    """A port nobody listens on."""
    return next(port for port in random.sample(PORTS, len(PORTS)) if port_is_free(port))


def bolt_answers(port: int) -> bool:
    """Whether a server takes a Bolt handshake here."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            probe.sendall(BOLT_HANDSHAKE)
            answer = probe.recv(4)
    except OSError:
        return False
    return len(answer) == 4 and any(answer)
