"""Forgetting a source takes back exactly what only that source said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bulian.graph.errors import AmbiguousNameError, NotFoundError

from .sample import ALL


@pytest.fixture
def files(door: Any) -> list[Path]:
    return [write(door) for write in ALL]


def test_forgetting_takes_back_exactly_what_only_that_source_said(door: Any, files: list[Path]) -> None:
    door.ingest(*files)
    whole = {fact["id"]: fact for fact in json.loads(door.export())["facts"]}
    for source in ("https://example.org/b", str(files[1]), "报道.txt"):
        before = json.loads(door.export())["facts"]
        gone = door.forget(source)
        after = json.loads(door.export())["facts"]
        lost = {fact["id"] for fact in before} - {fact["id"] for fact in after}
        assert len(lost) == gone > 0
        assert all(whole[fact]["source"]["uri"].endswith(source) for fact in lost)
    with pytest.raises(NotFoundError):
        door.forget("报道.txt")


def test_forgetting_one_file_is_never_having_read_it(door: Any, files: list[Path]) -> None:
    for position, file in enumerate(files[:: 2 if door.slow else 1]):
        store, other = door.another(f"with{position}"), door.another(f"without{position}")
        store.ingest(*files)
        store.forget(str(file))
        other.ingest(*(item for item in files if item != file))
        assert store.export() == other.export(), file.name


def test_forgetting_everything_leaves_nothing(door: Any, files: list[Path]) -> None:
    door.ingest(*files)
    for file in files:
        door.forget(file.as_posix())
    assert json.loads(door.export()) == {"nodes": [], "edges": [], "facts": []}
    with door.open() as view:
        assert list(view.sources()) == []
        assert view.chains() == []


def test_a_forgotten_page_comes_back_when_its_file_is_handed_in_again(door: Any, files: list[Path]) -> None:
    door.ingest(*files)
    before = door.export()
    gone = door.forget("https://example.org/a")
    assert door.ingest(*files).facts.new == gone
    assert door.export() == before


def test_an_unknown_source_is_not_found(door: Any, files: list[Path]) -> None:
    door.ingest(*files)
    before = door.export()
    with pytest.raises(NotFoundError):
        door.forget("https://example.org/never")
    assert door.export() == before


def test_a_title_of_two_files_is_not_guessed(door: Any) -> None:
    first, second = door.folder / "a", door.folder / "b"
    for folder, name in ((first, "主轴"), (second, "刀塔")):
        folder.mkdir()
        door.file(f"{folder.name}/名录.csv", "产品名称", (name,))
        door.ingest(folder / "名录.csv")
    before = door.export()
    with pytest.raises(AmbiguousNameError) as caught:
        door.forget("名录.csv")
    assert str(first / "名录.csv") in str(caught.value)
    assert door.export() == before
    assert door.forget(str(first / "名录.csv")) > 0
