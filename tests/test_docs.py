"""The documents say what the program does: commands, options, thresholds, dependencies, links and examples."""

from __future__ import annotations

import doctest
import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer

from bulian.cli import app
from bulian.graph.export import FORMATS
from bulian.queries.settings import Settings
from bulian.viz.manual import MANUAL_COMMAND, commands_of, manual_page

ROOT = Path(__file__).resolve().parents[1]
if not (ROOT / "README.md").is_file():
    pytest.skip("the documents are not beside these tests", allow_module_level=True)

ROOMS = ("graph", "ingest", "queries", "viz", "commands", "examples")
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")),
         *sorted((ROOT / "examples").rglob("*.md")))  # fmt: skip
CHINESE = re.compile("[\u4e00-\u9fff]")
PROGRAM: Any = typer.main.get_command(app)
COMMANDS: dict[str, Any] = dict(commands_of(PROGRAM))
INSTALL = re.compile(r"python3 -m venv|pip install")


def blocks(page: Path, language: str) -> list[str]:
    """Fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def test_every_command_and_option_has_chinese_help() -> None:
    for name, command in COMMANDS.items():
        assert CHINESE.search(command.help or ""), name
        for param in command.params:
            assert CHINESE.search(param.help or ""), f"{name} {param.name}"


def test_every_export_format_is_in_the_help() -> None:
    (form,) = [param for param in PROGRAM.commands["export"].params if param.name == "form"]
    assert re.findall("[a-z0-9-]+", form.help) == ["xlsx", *FORMATS]


def test_the_manual_is_the_help_of_the_program() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert page == manual_page(PROGRAM), f"docs/cli.md is stale; run: {MANUAL_COMMAND}"


def test_the_manual_names_every_command_and_option() -> None:
    sections = re.split(r"^## ", manual_page(PROGRAM), flags=re.M)[1:]
    assert [section.split("\n", 1)[0] for section in sections] == list(COMMANDS)
    for section, command in zip(sections, COMMANDS.values(), strict=True):
        for param in command.params:
            for option in param.opts if param.param_type_name == "option" else ():
                assert option in ("-h", "--help") or f"`{option}`" in section


def test_the_manual_is_written_by_the_command_it_names(bulian) -> None:
    command = shlex.split(MANUAL_COMMAND.split(" > ")[0])
    assert command[0] == "bulian"
    assert bulian(*command[1:]).out == manual_page(PROGRAM)


def test_examples_in_the_help_are_commands_that_exist() -> None:
    for name, command in COMMANDS.items():
        for example in re.findall(r"例：(.*)", command.help or ""):
            words = shlex.split(example)
            assert words[: 1 + len(name.split())] == ["bulian", *name.split()]
            options = {option for param in command.params for option in param.opts}
            assert {word for word in words if word.startswith("-")} <= options


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What somebody who cloned the project has, in a place where writing does no harm."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.skipif(os.name == "nt", reason="sh blocks")
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "sh")], ids=name_of)
def test_shell_examples_run(copy, page) -> None:
    lines = [line for block in blocks(page, "sh") for line in block.splitlines() if line and not INSTALL.search(line)]
    script = 'set -e\nbulian() { "$PYTHON" -m bulian.cli "$@"; }\n' + "\n".join(lines)
    env = {key: value for key, value in os.environ.items() if key != "BULIAN_STORE"} | {"PYTHON": sys.executable}
    done = subprocess.run(["sh", "-c", script], cwd=copy, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{script}\n{done.stdout[-2000:]}\n{done.stderr}"
    assert "Traceback" not in done.stderr


def test_python_examples_run(copy) -> None:
    found = blocks(ROOT / "README.md", "python")
    assert found
    for block in found:
        done = subprocess.run(
            [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", block], cwd=copy, capture_output=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout.strip()


def test_the_readme_installs_in_one_line_and_ci_runs_that_very_line() -> None:
    lines = [line for block in blocks(ROOT / "README.md", "sh") for line in block.splitlines() if INSTALL.search(line)]
    assert len(lines) == 2
    assert lines[0].endswith("bulian demo")
    assert lines[1].endswith("pytest")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"grep -m1 -E '([^']+)' README\.md", script)
    assert pattern is not None, ".ci/run no longer takes its test command from README.md"
    taken = [
        line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if re.search(pattern[1], line)
    ]
    assert taken[0] == lines[1]
    assert 'bash -c "$command"' in script


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_relative_links_resolve(page) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target.split("#")[0]).exists(), f"{name_of(page)} → {target}"


def test_the_table_of_settings_is_the_settings() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| ([\d.]+) \| (.+) \|$", page, re.M)
    assert {name: float(value) for name, value, _ in rows} == Settings().as_json()
    assert [name for name, _, _ in rows] == list(Settings().as_json())
    assert all(CHINESE.search(meaning) for _, _, meaning in rows)


def test_the_settings_example_is_understood(bulian, tmp_path) -> None:
    (toml,) = blocks(ROOT / "docs" / "settings.md", "toml")
    folder = tmp_path / "数据"
    folder.mkdir()
    (folder / "bulian.toml").write_text(toml, encoding="utf-8")
    (folder / "企业产品.csv").write_text("单位,产品名称,角色\n一厂,刀塔,生产\n", encoding="utf-8")
    (folder / "产品.csv").write_text("产品名称\n刀塔\n", encoding="utf-8")
    assert bulian("ingest", folder, "--json").json["files"][0]["rejected"] == 0
    assert bulian("explain", "一厂 生产 刀塔", "--json").json["facts"][0]["source"]["uri"].startswith("example:demo")
    assert bulian("spof", "--chain", "数控机床", "--json").json["products"][0]["product"] == "刀塔"


def test_every_dependency_is_justified_and_no_other() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[<>=]", line)[0] for line in project["dependencies"]}
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    names = [name for row in re.findall(r"^\| ([\w, -]+) \|", page, re.M) for name in row.split(", ")]
    assert sorted(set(names) - {"package"}) == sorted(declared)
    for line in project["optional-dependencies"]["test"]:
        assert re.split(r"[<>=]", line)[0] in page


def test_the_changelog_has_an_unreleased_section() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## Unreleased\n\n- \S", text, re.M)


def test_no_file_names_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("no git here to list the files")
    place = re.compile(rb"(?<![\w.-])/(?:work|root|home/\w+)/|/tmp/\w|[A-Z]:\\\\Users\\\\")
    for name in filter(None, listed.stdout.decode("utf-8").split("\0")):
        path = ROOT / name
        if path.is_file() and path != Path(__file__).resolve():
            found = place.search(path.read_bytes())
            assert found is None, f"{name}: {found[0]!r}" if found else ""


MODULES = [f"bulian.{path.relative_to(ROOT).with_suffix('').as_posix().replace('/', '.')}"
           for room in ROOMS for path in sorted((ROOT / room).glob("*.py")) if path.stem != "__init__"]  # fmt: skip


@pytest.mark.parametrize("name", [*MODULES, "bulian.cli"])
def test_examples_in_docstrings_hold(name) -> None:
    module = importlib.import_module(name)
    assert (module.__doc__ or "").strip(), f"{name} has no docstring"
    assert doctest.testmod(module).failed == 0
