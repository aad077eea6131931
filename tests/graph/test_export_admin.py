"""Files for neo4j-admin: what a real import makes of them is a store that answers as the one they came from."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bulian.examples import example_folder
from bulian.graph.content import content_of
from bulian.graph.copying import copy_store
from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.graph.errors import RenderError
from bulian.graph.export import export_json, write_export
from bulian.graph.export_admin import HOW_TO
from bulian.graph.facts import Source, facts_table
from bulian.graph.neo4j_schema import statements
from bulian.graph.opening import open_store
from bulian.graph.store import Document
from bulian.ingest.pipeline import ingest

from ..servers.neo4j_pool import Pool
from ..servers.neo4j_server import Neo4jServer

TEXTS = (
    " lead", "trail ", " ", 'q"q', '"', '""', "a\nb", "a\r\nb", "\r", "\n", "；|;,", "a\x1fb", "\\", 'a\\"b', "\\n",
    "007", "1e3", "NULL", "null", "true",
    "a\u2028b", "\ufeffbom", "a\x00b", "\t", "'", "😀", "{a:1}", ",", "\x7f", "\u0085",
    "e\u0301", "=1+1", "\ue000", "\ue001x", "长" * 3_000,
)  # fmt: skip
MARK = "MATCH (m:BulianStore) RETURN m.bare, m.stale"


def rows(uri: str) -> Iterator[dict[str, Any]]:
    common = {"method": "test", "confidence": 0.9, "modality": "stated", "file": uri}
    for number, text in enumerate(TEXTS):
        subject = {"subject_kind": "Product", "subject": text, "subject_key": f"{number}{text}"}
        said = {"quote": text, "note": text, "unit": text, "sheet": text, "source": text if number % 2 else None}
        yield subject | common | {"predicate": "codes", "value": text, "number": number / 7, "row": number} | said
        yield subject | common | {"predicate": "codes", "value": ""}
        yield (
            subject
            | common
            | {"predicate": f"用户{text[:50]}".translate(dict.fromkeys((0, 10, 13, 123, 125))), "value": "1"}
        )
        yield subject | common | {"predicate": "aliases", "value": text, "object": text, "object_key": text}
        made = {"object_kind": "Product", "object": text, "object_key": f"{number}{text}", "capacity": 0.1, "year": 2024}
        yield {"subject_kind": "Enterprise", "subject": text, "subject_key": text} | common | {
            "predicate": "PRODUCES"} | made | said  # fmt: skip
        yield subject | common | {"predicate": "IN_CHAIN", "object_kind": "Chain", "object": text, "object_key": text}
        yield subject | common | {"predicate": "output", "value": text, "region": "", "partner": "", "quote": ""}


def hostile(path: Path, more: Sequence[dict[str, Any]] = ()) -> DuckDBStore:
    """A store with every text in every place, and the example."""
    store = open_duckdb(str(path), write=True)
    ingest(store, [example_folder()])  # first: it reads kept documents again when it learns names
    table, text = Source('https://example.org/a"b\n；', TEXTS[6], "", " x", None, "f"), Source("text", "")
    with store.write(table) as writer:
        writer.add(facts_table([*rows(table.uri), *({**row, "file": table.uri} for row in more)]))
    with store.write(text, Document(text, TEXTS[7] * 9, TEXTS[4])):
        pass
    store.put_setting("settings", '{"a": "\\n\\"；"}')
    store.derive()
    assert store.count("Product") > len(TEXTS)
    return store


@pytest.fixture
def server(neo4j_pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Iterator[Neo4jServer]:
    with neo4j_pool.private() as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        yield server


def imported(server: Neo4jServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what the text in the folder says."""
    lines = (folder / HOW_TO).read_text(encoding="utf-8").splitlines()
    (command,) = [line for line in lines if line.startswith("neo4j-admin ")]
    monkeypatch.chdir(folder)
    server.import_full(command.split(" ")[4:])
    server.start()


def told(store: str) -> str:
    with closing(open_store(store)) as view:
        return "".join(export_json(view))


def test_any_text_comes_back_from_a_real_import(
    server: Neo4jServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile(tmp_path / "a.duckdb").close()
    with open_duckdb(str(tmp_path / "a.duckdb")) as view:
        made = write_export(view, "neo4j-admin", tmp_path / "out")
        content = content_of(view)
    assert made["rows"] >= content.nodes + content.edges + content.facts
    imported(server, tmp_path / "out", monkeypatch)
    with server.driver().session() as session:
        assert session.run(MARK).values() == [[True, None]], "nothing was left to be sent"
    assert told(server.url) == told(str(tmp_path / "a.duckdb"))
    with server.driver().session() as session:
        assert session.run(MARK).values() == [[None, None]]
        names = {row["name"] for row in session.run("SHOW INDEXES YIELD name, state WHERE state = 'ONLINE' RETURN name")}
    assert {statement.split(" ")[2] for statement in statements()} <= names
    with closing(open_store(server.url)) as view:
        assert content_of(view) == content
    with closing(open_store(server.url, write=True)) as store:  # and it can be written to
        store.forget("温岭数控机床示例：企业产品")
        store.derive()
    assert copy_store(str(tmp_path / "a.duckdb"), server.url).hash_b == content.hash


def test_what_a_csv_cannot_say_is_sent_at_the_first_opening(
    server: Neo4jServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = {
        "method": "t",
        "confidence": 0.9,
        "modality": "stated",
        "subject_kind": "Product",
        "subject": "甲",
        "subject_key": "甲",
    }
    more = [common | {"predicate": name, "value": "1"} for name in ("a{b}", "a(b)", "a\nb", "a")]
    with hostile(tmp_path / "a.duckdb", [*more, common | {"predicate": "empty", "value": ""}]) as store:
        write_export(store, "neo4j-admin", tmp_path / "out")
    imported(server, tmp_path / "out", monkeypatch)
    with server.driver().session() as session:
        assert session.run(MARK).values() == [[True, True]]
    assert told(server.url) == told(str(tmp_path / "a.duckdb"))
    with server.driver().session() as session:
        assert session.run(MARK).values() == [[None, None]]


class Other:
    """A view that is no DuckDB store."""

    def __init__(self, view: DuckDBStore) -> None:
        for name in ("settings", "files", "raw_documents", "raw_facts"):
            setattr(self, name, getattr(view, name))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_bytes_every_time_and_from_every_kind_of_store(tmp_path: Path) -> None:
    with hostile(tmp_path / "a.duckdb") as store:
        write_export(store, "neo4j-admin", tmp_path / "one")
        once = files(tmp_path / "one")
        write_export(store, "neo4j-admin", tmp_path / "one")
        write_export(Other(store), "neo4j-admin", tmp_path / "other")  # type: ignore[arg-type]
        assert files(tmp_path / "one") == once
        one, other = (rows_of(files(tmp_path / name)) for name in ("one", "other"))
        assert one == other
        assert not list(tmp_path.rglob(".*"))
        assert store.tables() == open_tables(tmp_path), "nothing is left in the store"


def rows_of(written: dict[str, bytes]) -> dict[str, list[list[str]]]:
    """The rows of every file, in one order."""
    return {name: sorted(csv.reader(StringIO(data.decode(), newline=""))) for name, data in written.items()}


def open_tables(folder: Path) -> set[str]:
    with open_duckdb(str(folder / "empty.duckdb"), write=True) as store:
        return store.tables()


def test_the_separator_is_in_no_value_and_the_buffer_holds_the_longest(tmp_path: Path) -> None:
    with hostile(tmp_path / "a.duckdb") as store:
        write_export(store, "neo4j-admin", tmp_path / "out")
        text = (tmp_path / "out" / HOW_TO).read_text(encoding="utf-8")
        assert "--array-delimiter=U+E002 " in text
        assert "--read-buffer-size=4194304 " in text
        uri = "long"
        with store.write(Source(uri, "长文"), Document(Source(uri, "长文"), "长" * 1_000_000, "")):
            pass
        store.derive()
        write_export(store, "neo4j-admin", tmp_path / "out")
    text = (tmp_path / "out" / HOW_TO).read_text(encoding="utf-8")
    (size,) = [int(word.split("=")[1]) for word in text.split() if word.startswith("--read-buffer-size")]
    assert size > 2 * 3_000_000
    with (tmp_path / "out" / "nodes_header.csv").open(encoding="utf-8", newline="") as stream:
        (header,) = csv.reader(stream)
    assert "codes:string[]" in header
    assert "said_用户null:string[]" in header


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile(tmp_path / "a.duckdb") as store:
        write_export(store, "neo4j-admin", tmp_path / "out")
        before = files(tmp_path / "out")
        ingest_more(store)
        monkeypatch.setattr("bulian.graph.export_admin.HOW_TO", "no such folder/x.txt")
        with pytest.raises(RenderError):
            write_export(store, "neo4j-admin", tmp_path / "out")
    assert files(tmp_path / "out") == before
    (tmp_path / "file").write_text("here")
    with open_duckdb(str(tmp_path / "a.duckdb")) as store, pytest.raises(RenderError):
        write_export(store, "neo4j-admin", tmp_path / "file" / "below")


def ingest_more(store: DuckDBStore) -> None:
    with store.write(Source("more", "more")):
        pass
    store.derive()
