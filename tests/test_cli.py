"""The program as a whole: quick to start, one name for every module, help for every command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer

import bulian as package
from bulian.cli import app

HEAVY = ("duckdb", "pyarrow", "networkx", "numpy", "scipy", "rich", "jieba", "pyvis", "jinja2", "neo4j", "xlsxwriter",
         "python_calamine", "ahocorasick_rs", "charset_normalizer")  # fmt: skip
ROOMS = ("graph", "ingest", "queries", "viz", "commands", "examples", "cli", "bench", "tests")
ROOT = Path(__file__).resolve().parents[1]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def python(code: str, *args: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *args], cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("args", [("--help",), ("--version",), ("weak", "--help"), ("nosuch",)], ids=" ".join)
def test_start_loads_nothing_heavy(tmp_path, args) -> None:
    code = (
        "import sys\nfrom bulian.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    loaded = python(code, *args, folder=tmp_path).rsplit("LOADED", 1)[1].split()
    assert "typer" in loaded
    assert sorted(set(loaded) & set(HEAVY)) == []


def test_no_room_is_known_by_its_bare_name(tmp_path) -> None:
    code = (
        "import importlib, pkgutil, sys, bulian\n"
        "for room in ('graph', 'ingest', 'queries', 'viz', 'examples'):\n"
        "    package = importlib.import_module(f'bulian.{room}')\n"
        "    for found in pkgutil.iter_modules(package.__path__):\n"
        "        importlib.import_module(f'bulian.{room}.{found.name}')\n"
        "import bulian.cli\n"
        "print(*sorted(name for name in sys.modules if name.split('.')[0] in set(sys.argv[1:])))\n"
    )
    assert python(code, *ROOMS, folder=tmp_path).split() == []
    assert [name for name in sys.modules if name in ("graph", "ingest", "queries", "viz")] == []


def test_importing_any_module_is_silent(tmp_path) -> None:
    modules = [
        ".".join(("bulian", *path.relative_to(ROOT).with_suffix("").parts))
        for room in ("graph", "ingest", "queries", "viz", "examples")
        for path in sorted((ROOT / room).glob("*.py"))
    ]
    assert len(modules) > 50
    code = (
        "import importlib, os, sys\n"
        "for name in sys.argv[1:]:\n    importlib.import_module(name)\n"
        "sys.stdout.write('|'.join(os.listdir('.')))"
    )
    done = subprocess.run([sys.executable, "-c", code, *modules], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_without_arguments_it_shows_its_help(bulian) -> None:
    shown = bulian()
    assert shown.out == bulian("--help").out == bulian("-h").out
    for name in COMMANDS:
        assert f"  {name} " in shown.out


def test_help_is_chinese_throughout(bulian) -> None:
    for args in ((), *((name,) for name in COMMANDS)):
        text = bulian(*args, "--help").out
        for english in ("Usage", "Options", "Arguments", "Commands", "Show this", "required", "default", "env var"):
            assert english not in text, args


def test_version_is_that_of_the_package(bulian) -> None:
    assert bulian("--version").out == f"bulian {package.__version__}\n"


def test_the_installed_script_is_this_program(bulian, tmp_path) -> None:
    script = Path(sys.executable).with_name("bulian.exe" if sys.platform == "win32" else "bulian")
    if not script.exists():
        pytest.skip("bulian is not installed beside this Python")
    done = subprocess.run([script, "--version"], cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout.decode() == bulian("--version").out
