"""What gets installed: every room with its data, nothing else, one version, the licence."""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import bulian

ROOT = Path(__file__).resolve().parents[1]
if not (ROOT / "pyproject.toml").is_file():
    pytest.skip("the sources are not beside these tests", allow_module_level=True)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = ("graph", "ingest", "queries", "viz", "commands", "examples")
LEFT_OUT = ("tests", "bench", "docs", ".ci", ".typing", "build", "dist")
DATA = {"graph/data", "ingest/data", "viz/templates", "examples/wenling_machine_tools"}


def source_files(folder: Path) -> set[str]:
    """Files that ought to be installed, found by looking at the folders, as paths under ``bulian/``."""
    found = {path.name for path in folder.glob("*.py")} | {"py.typed"}
    for room in ROOMS:
        for path in (folder / room).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
                found.add(path.relative_to(folder).as_posix())
    return found


def setuptools_version() -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in importlib.metadata.version("setuptools").split(".")[:1])
    except importlib.metadata.PackageNotFoundError:
        return (0,)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel built from a copy of the checkout, by the tools that are here, without a network."""
    if setuptools_version() < (77,):
        pytest.skip("setuptools >= 77 is not installed; .ci/run builds and checks the wheel in any case")
    folder = tmp_path_factory.mktemp("source")
    wanted = ("pyproject.toml", "README.md", "LICENSE", "NOTICE", "__init__.py", "cli.py", "py.typed", *ROOMS)
    for name in (*wanted, "tests", "bench", "docs"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", "made", "."],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    (made,) = (folder / "made").glob("*.whl")
    return zipfile.ZipFile(made)


def test_the_wheel_holds_every_file_of_the_rooms_and_no_other(wheel) -> None:
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name and not name.endswith("/")}
    assert inside == {f"bulian/{name}" for name in source_files(ROOT)}


def test_the_wheel_leaves_out_what_is_for_developers(wheel) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"bulian", f"bulian-{bulian.__version__}.dist-info"}
    assert not [name for name in wheel.namelist() if set(name.split("/")) & set(LEFT_OUT)]


def test_the_wheel_carries_licence_version_and_program(wheel) -> None:
    folder = f"bulian-{bulian.__version__}.dist-info"
    for name in ("LICENSE", "NOTICE"):
        assert wheel.read(f"{folder}/licenses/{name}") == (ROOT / name).read_bytes()
    metadata = wheel.read(f"{folder}/METADATA").decode("utf-8")
    assert f"\nVersion: {bulian.__version__}\n" in metadata
    assert "\nLicense-Expression: Apache-2.0\n" in metadata
    assert wheel.read(f"{folder}/entry_points.txt").decode().split("\n")[:2] == [
        "[console_scripts]",
        "bulian = bulian.cli:main",
    ]


def test_data_files_lie_where_the_packaging_looks_for_them() -> None:
    """A file in a folder that no pattern names would be missing after installation, without any error."""
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    listed = {"/".join((*package.split(".")[1:], pattern)) for package, found in patterns.items() for pattern in found}
    assert listed == {"py.typed", *(f"{folder}/*" for folder in DATA)}
    for name in source_files(ROOT):
        folder, _, file = name.rpartition("/")
        if not file.endswith(".py") and name != "py.typed":
            assert folder in DATA, f"{name} would not be installed"


def test_every_room_is_a_listed_package() -> None:
    listed = PROJECT["tool"]["setuptools"]["packages"]
    folders = {path.parent.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    assert listed == ["bulian", *(f"bulian.{folder.replace('/', '.')}" for folder in listed_order(folders))]
    assert all((ROOT / folder / "__init__.py").is_file() for folder in folders)


def listed_order(folders: set[str]) -> list[str]:
    return sorted(folders, key=lambda folder: (ROOMS.index(folder.split("/")[0]), folder))


def test_versions_agree() -> None:
    assert importlib.metadata.version("bulian") == bulian.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", bulian.__version__)


def test_the_package_says_that_it_is_typed() -> None:
    assert importlib.resources.files("bulian").joinpath("py.typed").is_file()


def test_every_import_is_a_declared_dependency() -> None:
    """Something installed by chance here would be missing elsewhere."""
    declared = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["pdf"]]
    names = {re.split(r"[<>=]", line)[0].lower() for line in declared}
    modules = {"python-calamine": "python_calamine", "charset-normalizer": "charset_normalizer"}
    allowed = {modules.get(name, name) for name in names} | set(sys.stdlib_module_names) | {"bulian"}
    for path in (ROOT / name for name in source_files(ROOT) if name.endswith(".py")):
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r"^\s*(?:from|import) (\w+)", re.sub(r'""".*?"""', "", text, flags=re.S), re.M))
        assert used <= allowed, f"{path.name}: {used - allowed}"
