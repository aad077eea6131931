"""Flips, resampled labels and what would change a finding are the same from a file and from a server, to the byte."""

from __future__ import annotations

import random
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bulian.queries.results import json_bytes
from bulian.queries.sensitivity import find_sensitivity, with_sensitivity
from bulian.queries.weak_links import find_weak_links

from ..queries.planted import HOMES, plant, write
from .conftest import Door, Servers, file_door


def told(door: Door, region: str) -> list[bytes]:
    """Every chain's report with its sensitivity."""
    with door.open() as view:
        found = []
        for chain in view.chains():
            report = find_weak_links(view, region, chain)
            sensitivity = find_sensitivity(view, region, chain, None, report, replicates=10, seed=7)
            found.append(json_bytes(with_sensitivity(report, sensitivity)))
        return found


def test_both_stores_are_as_sensitive(neo4j_pool: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = Servers(neo4j_pool, stack, monkeypatch)(tmp_path / "0")
        file = file_door(server.folder.parent)
        files = write(plant(20, 3, 40), file.folder, random.Random(20))
        answers = []
        for door in (file, server):
            door.ingest(*files)
            answers.append(told(door, sorted(HOMES)[1]))
    assert answers[0] == answers[1]
    assert any(b'"bounded"' in text for text in answers[0])
