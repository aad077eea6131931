"""The same data gives the same answers from a file and from a server, to the byte."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulian.examples import example_folder
from bulian.graph.store import GraphView
from bulian.queries.assumption import Assumption
from bulian.queries.check import check_chain
from bulian.queries.coverage import find_coverage
from bulian.queries.explain import explain
from bulian.queries.results import as_json
from bulian.queries.spof import find_single_points
from bulian.queries.targets import find_targets
from bulian.queries.weak_links import find_weak_links

from ..queries.planted import HOMES, plant, write
from .conftest import Door, Servers, file_door
from .populations import Population, populations
from .test_aggregates import filled

Pair = tuple[Door, Door]


@pytest.fixture
def pairs(neo4j_pool: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[], Pair]]:
    """At every call a file and a server, both empty, over one folder of files to hand in."""
    numbers = count()
    with ExitStack() as stack:
        servers = Servers(neo4j_pool, stack, monkeypatch)

        def pair() -> Pair:
            server = servers(tmp_path / str(next(numbers)))
            file = file_door(server.folder.parent)
            return file, server

        yield pair


def answers(view: GraphView, region: str) -> str:
    """Every query of every chain, as the command line would print it."""
    told: list[Any] = []
    for chain in view.chains():
        report = find_weak_links(view, region, chain)
        told += [report, find_targets(view, region, chain, top=3, report=report), find_single_points(view, chain)]
        told += [check_chain(view, chain), view.links(chain)]
        told.append(find_coverage(view, region, chain, None, [Assumption(None, 0.7), Assumption("中国", 0.9)]))
    told += [explain(view, node.id) for node in list(view.nodes())[::7]]
    told += [explain(view, f"{e.source} {e.relation} {e.target}") for e in list(view.edges())[::29]]
    return json.dumps(as_json(told), ensure_ascii=False, indent=1)


def equal(pair: Pair, region: str | None = None) -> None:
    """Exports, and the answers for a region, are the same; the message shows where they part."""
    texts = [door.export() for door in pair]
    if region is not None:
        for number, door in enumerate(pair):
            with door.open() as view:
                texts[number] += answers(view, region)
    one, other = (text.split("\n") for text in texts)
    differing = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    assert not differing, differing[0]
    assert len(one) == len(other)


@pytest.mark.parametrize("seed", range(3))
def test_planted_worlds(pairs: Callable[[], Pair], seed: int) -> None:
    pair = pairs()
    files = write(plant(seed, 4), pair[0].folder, random.Random(seed))
    for door in pair:
        door.ingest(*files)
    equal(pair, sorted(HOMES)[seed % 4])


def test_the_example(pairs: Callable[[], Pair]) -> None:
    pair = pairs()
    for door in pair:
        door.ingest(example_folder())
    equal(pair, "温岭市")


@settings(
    max_examples=4, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(many=st.lists(populations(), min_size=2, max_size=6), gone=st.integers(0, 2))
def test_graphs_made_at_random_and_changed(pairs: Callable[[], Pair], many: list[Population], gone: int) -> None:
    pair = pairs()
    many = [population.renamed(mark) for mark, population in enumerate(many)]
    for part in (many, many[:-1], many[1:]):  # rows come, go and come back
        for door in pair:
            filled(door, part)
        equal(pair)
    name = ("企业.csv", "企业产品.csv", "甲网")[gone]
    if gone < 2 or "甲网" in pair[0].export():
        assert len({door.forget(str(door.folder / name) if gone < 2 else name) for door in pair}) == 1
        equal(pair)
