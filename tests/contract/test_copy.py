"""A copy holds what the original holds, whatever either lies in, and says so only when it is true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bulian.graph import content
from bulian.graph.content import content_hash, content_of
from bulian.graph.copying import copy_store
from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.graph.errors import NotFoundError, StoreError, UsageError
from bulian.graph.export import export_json
from bulian.graph.facts import FACT_SCHEMA, Source, facts_table
from bulian.graph.opening import open_store
from bulian.graph.store import Document

from ..conftest import Program
from ..servers.neo4j_pool import Pool
from .conftest import Door, file_door
from .sample import ALL, firms, made, products


def filled(door: Any) -> Door:
    door.ingest(*(make(door) for make in ALL), chain="机床")
    with door.open(write=True) as store:
        store.put_setting("settings", '{"阈值": 1}')
    return door


def told(store: str) -> str:
    with closing(open_store(store)) as view:
        return "".join(export_json(view))


@pytest.fixture
def target(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty store of the other test parameter: a file, or a server of its own."""
    if request.param == "duckdb":
        yield str(tmp_path / "target.duckdb")
        return
    pool: Pool = request.getfixturevalue("neo4j_pool")
    with pool.lease() as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        yield server.url


BOTH = pytest.mark.parametrize("target", ["duckdb", "neo4j"], indirect=True)


@BOTH
def test_from_every_kind_of_store_to_every_kind(door: Any, target: str) -> None:
    source = filled(door)
    steps: list[tuple[str, int, int]] = []
    copied = copy_store(source.url, target, lambda *step: steps.append(step))
    assert told(target) == source.export()
    with source.open() as view, closing(open_store(target)) as written:
        assert copied.hash_a == copied.hash_b == content_hash(view) == content_hash(written)
        assert (copied.nodes, copied.edges) == (view.count(), len(list(view.edges())))
        assert copied.facts == len(list(view.all_facts()))
        assert written.settings() == view.settings() == {"settings": '{"阈值": 1}'}
        assert list(written.raw_documents()) == list(view.raw_documents()) != []
        assert written.files() == view.files()
        assert written.sources() == view.sources()
    assert [step[1] for step in steps] == [0, 1, 2, 3, 4, 5, 5]
    assert {step[2] for step in steps} == {5}


@BOTH
def test_a_copy_that_died_goes_on_where_it_stopped(
    duckdb_door: Any, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = filled(duckdb_door)

    def dies(doing: str, done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_store(source.url, target, dies)
    written = spied(monkeypatch)
    copied = copy_store(source.url, target)
    whole = [entry.uri for entry in open_files(source.url)]
    # A server takes nothing of a file by itself: what its mirror held is gone with the writer.
    assert written == (whole if "://" in target else whole[3:])
    assert told(target) == source.export()
    written.clear()
    assert copy_store(source.url, target) == copied
    assert written == []


def spied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files written from now on."""
    written: list[str] = []
    write = DuckDBStore.write

    def spy(self: DuckDBStore, source: Source, document: Document | None = None) -> Any:
        written.append(source.uri)
        return write(self, source, document)

    monkeypatch.setattr(DuckDBStore, "write", spy)
    return written


def open_files(store: str) -> list[Source]:
    with closing(open_store(store)) as view:
        return view.files()


@BOTH
def test_only_what_changed_is_written_again(duckdb_door: Any, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = filled(duckdb_door)
    copy_store(source.url, target)
    source.ingest(source.file("产品.csv", "产品名称,产业链", ("主轴", "机床"), ("轴承", "机床")), chain="机床")
    with source.open(write=True) as store:
        store.put_setting("settings", None)
        store.put_setting("more", "2")
    before = source.export()
    written = spied(monkeypatch)
    copy_store(source.url, target)
    assert str(source.folder / "产品.csv") in written
    assert str(source.folder / "企业.csv") not in written
    assert told(target) == before
    with closing(open_store(target)) as view:
        assert view.settings() == {"more": "2"}


@BOTH
def test_other_sources_in_the_target_are_neither_mixed_nor_lost(duckdb_door: Any, target: str) -> None:
    source = filled(duckdb_door)
    copy_store(source.url, target)
    source.forget("企业.csv")
    before = told(target)
    with pytest.raises(UsageError, match="企业") as caught:
        copy_store(source.url, target)
    assert caught.value.code == "target_not_empty"
    assert "forget" in caught.value.hint
    assert told(target) == before


def test_a_target_that_comes_to_hold_something_else_is_an_error(
    duckdb_door: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = filled(duckdb_door)
    derive = DuckDBStore.derive

    def loses_an_edge(self: DuckDBStore) -> None:
        derive(self)
        self.database.execute("DELETE FROM plain_edge WHERE rowid = 0")

    monkeypatch.setattr(DuckDBStore, "derive", loses_an_edge)
    with pytest.raises(StoreError, match="不同") as caught:
        copy_store(source.url, str(tmp_path / "t.duckdb"))
    assert caught.value.exit_code == 1
    assert "不同的是关系。" in caught.value.hint


def test_a_store_is_not_copied_onto_itself_nor_from_nowhere(duckdb_door: Any, tmp_path: Path) -> None:
    source = filled(duckdb_door)
    link = tmp_path / "link.duckdb"
    link.symlink_to(source.url)
    for same in (source.url, str(link)):
        with pytest.raises(UsageError, match="同一个"):
            copy_store(source.url, same)
    with pytest.raises(NotFoundError):
        copy_store(str(tmp_path / "none.duckdb"), str(tmp_path / "new.duckdb"))
    assert not (tmp_path / "new.duckdb").exists()


def test_an_empty_store_is_copied(duckdb_door: Any, tmp_path: Path) -> None:
    with duckdb_door.open(write=True):
        pass
    copied = copy_store(duckdb_door.url, str(tmp_path / "t.duckdb"))
    assert (copied.nodes, copied.edges, copied.facts) == (0, 0, 0)


def test_the_hash_knows_no_order(new_file_door: Callable[[], Any]) -> None:
    hashes = set()
    for order in (ALL, ALL[::-1]):
        door = new_file_door()
        for make in order:
            door.ingest(make(door), chain="机床")
        with door.open() as view:
            hashes.add(content_hash(view))
    assert len(hashes) == 1


@pytest.fixture
def new_file_door(tmp_path: Path) -> Callable[[], Any]:
    """Stores over one folder of files, so that the same file has the same address."""
    numbers = count()
    return lambda: Door(file_door(tmp_path / "same").folder, str(tmp_path / f"{next(numbers)}.duckdb"), lambda d, n: d)


CHANGES = [
    *(f"UPDATE fact SET {field.name} = {{}} WHERE rowid = 7" for field in FACT_SCHEMA),
    "UPDATE source SET title = 'x' WHERE rowid = 1", "UPDATE source SET sha256 = NULL WHERE rowid = 1",
    "UPDATE document SET text = text || ' '", "UPDATE document SET lexicon = 'x'", "DELETE FROM document",
    "INSERT INTO setting VALUES ('x', '')", "DELETE FROM fact WHERE rowid = 7",
    "INSERT INTO fact SELECT * FROM fact WHERE rowid = 7", "UPDATE entity SET name = name || ' ' WHERE rowid = 1",
    "UPDATE full_edge SET facts = facts + 1 WHERE rowid = 0", "UPDATE plain_edge SET capacity = 1 WHERE capacity IS NULL",
]  # fmt: skip
NEW = {"string": "'新'", "double": "0.123", "int32": "77"}


@pytest.mark.parametrize("change", range(len(CHANGES)))
def test_every_change_is_seen(duckdb_door: Any, change: int) -> None:
    with filled(duckdb_door).open(write=True) as store:
        assert isinstance(store, DuckDBStore)
        before = content_of(store)
        assert content_of(store) == before
        value = NEW[str(FACT_SCHEMA.field(change).type)] if 0 < change < len(FACT_SCHEMA) else "uuid()"
        ((changed,),) = store.database.execute(CHANGES[change].format(value)).fetchall()
        assert changed > 0
        assert content_of(store).hash != before.hash


def test_values_that_run_into_each_other_are_told_apart(tmp_path: Path) -> None:
    """Null and empty text, and the same characters divided differently between two columns."""
    hashes = set()
    common = {"subject_kind": "Product", "subject": "甲", "subject_key": "甲", "predicate": "codes", "value": "1",
              "file": "u", "method": "m", "confidence": 0.9, "modality": "stated"}  # fmt: skip
    pairs = [("a", "b"), ("ab", ""), ("", "ab"), ("ab", None), (None, "ab"), (None, None), ("", ""), ("", None),
             ("a\x1f", "b"), ("a", "\x1fb"), ("1:a", "b"), ("a31.1:b", None)]  # fmt: skip
    for number, (quote, note) in enumerate(pairs):
        with open_duckdb(str(tmp_path / f"{number}.duckdb"), write=True) as store:
            with store.write(Source("u", "u")) as writer:
                writer.add(facts_table([common | {"quote": quote, "note": note}]))
            hashes.add(content_hash(store))
    assert len(hashes) == len(pairs)


@BOTH
def test_a_fact_two_files_carry_counts_once(target: str, duckdb_door: Any) -> None:
    rows = ("温岭甲机床有限公司", "https://example.org/a")
    duckdb_door.ingest(*(duckdb_door.file(name, "企业名称,来源", rows) for name in ("一.csv", "二.csv")))
    with duckdb_door.open() as view:
        assert sum(table.num_rows for table in view.raw_facts()) == 2 * len(list(view.all_facts()))
        copied = copy_store(duckdb_door.url, target)
        assert copied.facts == len(list(view.all_facts()))


def test_raw_facts_come_file_by_file(door: Any) -> None:
    source = filled(door)
    with source.open() as view:
        uris = [entry.uri for entry in view.files()][::-1]
        seen = []
        for table in view.raw_facts(uris[:3]):
            assert table.schema == FACT_SCHEMA
            assert len(table["file"].unique()) <= 1
            seen += table["file"].to_pylist()
        assert list(dict.fromkeys(seen)) == uris[:3]
        assert list(view.raw_facts([])) == []


def test_small_batches_change_nothing(duckdb_door: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = filled(duckdb_door)
    with source.open() as view:
        whole = content_of(view)
    monkeypatch.setattr("bulian.graph.duckdb_raw._BATCH", 3)
    monkeypatch.setattr(content, "_DOCUMENTS", 1)
    with source.open() as view:
        assert content_of(view) == whole
    assert copy_store(source.url, str(tmp_path / "t.duckdb")).hash_b == whole.hash


def test_the_command(duckdb_door: Any, bulian: Program, tmp_path: Path) -> None:
    source = filled(duckdb_door)
    ran = bulian("copy", source.url, "副本.duckdb", "--json")
    assert set(ran.json) == {"nodes", "edges", "facts", "hash_a", "hash_b"}
    assert ran.json["hash_a"] == ran.json["hash_b"]
    assert ran.err == ""
    assert "内容一致" in bulian("copy", source.url, "副本.duckdb").out
    assert told(str(tmp_path / "副本.duckdb")) == source.export()
    door = file_door(tmp_path / "other")
    door.ingest(products(door), firms(door), made(door))
    ran = bulian("copy", source.url, door.url, "--json", code=2)
    assert ran.json["error"]["code"] == "target_not_empty"
    bulian("copy", "没有.duckdb", "新.duckdb", code=3)
