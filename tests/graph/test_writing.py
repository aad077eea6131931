"""Files are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bulian.graph.errors import RenderError
from bulian.graph.writing import write_text


def test_text_is_utf8_with_lf(tmp_path: Path) -> None:
    path = write_text(tmp_path / "甲.txt", ["补链\n", "二\n"])
    assert path.read_bytes() == "补链\n二\n".encode()


def test_an_error_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = write_text(tmp_path / "甲.txt", ["旧"])

    def pieces() -> Iterator[str]:
        yield "新"
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        write_text(path, pieces())
    assert path.read_text(encoding="utf-8") == "旧"
    assert [item.name for item in tmp_path.iterdir()] == ["甲.txt"]


def test_a_target_in_use_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("in use")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(RenderError, match=r"甲\.txt"):
        write_text(tmp_path / "甲.txt", ["新"])
    assert list(tmp_path.iterdir()) == []
