"""What a store holds, as counts and a hash that knows no order of rows and no kind of store.

Every row of what is said and of what is derived from it is hashed with all its columns, and the hashes are added up,
in a database and batch by batch: no object per fact, and a store twice as large takes no more memory.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from .store import GraphView

__all__ = ["Content", "Sums", "content_hash", "content_of"]

_MODULUS: Final = 1 << 64
_MEMORY: Final = "500 MB"  # of the hashing; the rest waits on disk
_DOCUMENTS: Final = 100


@dataclass(frozen=True, slots=True)
class Content:
    """Counts (a fact that several files carry counts once), and a digest of each part.

    The parts are facts, sources, documents, settings, nodes and edges.
    """

    nodes: int
    edges: int
    facts: int
    parts: Mapping[str, str]

    @property
    def hash(self) -> str:
        """32 hexadecimal digits over all parts."""
        text = "\n".join(f"{name} {self.parts[name]}" for name in sorted(self.parts))
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class Sums:
    """Row counts and added-up row hashes per group, and how many different facts were among the rows.

    A row is hashed as the texts of its columns that are not null, each with its place and length before it: no two
    different rows are the same text, and a column that is null throughout costs nothing.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._db = duckdb.connect(str(Path(self._folder.name) / "sums.duckdb"))
        self._db.execute(f"SET preserve_insertion_order = false; SET memory_limit = '{_MEMORY}'")
        self._db.execute("CREATE TABLE cited (part VARCHAR, id UUID)")
        self._alone: dict[str, int] = {}
        self.groups: dict[str, tuple[int, int, int]] = {}

    def add(self, table: pa.Table, group: str = "") -> None:
        """Add rows to a group; columns are known by their place."""
        texts = [
            _text(place, field) for place, field in enumerate(table.schema)
            if table.column(place).null_count < table.num_rows
        ]  # fmt: skip
        self._db.register("given", table)
        ((count, high, low),) = self._db.execute(
            "SELECT count(*), sum(CAST(h >> 64 AS UBIGINT)), sum(CAST(h & 18446744073709551615 AS UBIGINT))"
            f" FROM (SELECT md5_number(concat('', {', '.join(texts) or 'NULL'})) AS h FROM given)"
        ).fetchall()
        self._db.unregister("given")
        if count:
            known = self.groups.get(group, (0, 0, 0))
            self.groups[group] = (known[0] + count, (known[1] + high) % _MODULUS, (known[2] + low) % _MODULUS)

    def add_facts(self, facts: pa.Table, group: str = "") -> None:
        """Add facts to a group and count the different ones."""
        self.add(facts, group)
        alone = facts["source"].null_count  # the id of such a fact holds its file: no other file carries it
        self._alone[group] = self._alone.get(group, 0) + alone
        if alone < facts.num_rows:
            self._db.register("given", facts.select(["id", "source"]))
            self._db.execute("INSERT INTO cited SELECT ?, CAST(id AS UUID) FROM given WHERE source IS NOT NULL", [group])
            self._db.unregister("given")

    def take_back(self, group: str) -> None:
        """Forget what was added to a group."""
        self.groups.pop(group, None)
        self._alone.pop(group, None)
        self._db.execute("DELETE FROM cited WHERE part = ?", [group])

    def different_facts(self) -> int:
        """How many different facts were added."""
        ((cited,),) = self._db.execute("SELECT count(*) FROM (SELECT DISTINCT id FROM cited)").fetchall()
        return sum(self._alone.values()) + int(cited)

    def rows(self) -> int:
        """How many rows were added."""
        return sum(count for count, _, _ in self.groups.values())

    def digest(self) -> str:
        """Count and sums over all groups."""
        high, low = (sum(group[place] for group in self.groups.values()) % _MODULUS for place in (1, 2))
        return f"{self.rows()}:{high:016x}{low:016x}"

    def close(self) -> None:
        """Let go of the scratch file."""
        self._db.close()
        self._folder.cleanup()


def _text(place: int, field: pa.Field) -> str:
    name = f'"{field.name}"'
    if pa.types.is_list(field.type):
        name = f"array_to_string(list_transform({name}, lambda v: strlen(v) || ':' || v), '')"
    elif not pa.types.is_string(field.type):
        name = f"CAST({name} AS VARCHAR)"
    return f"'{place}.' || strlen({name}) || ':' || {name}"


def content_of(view: GraphView, facts: Sums | None = None) -> Content:
    """Everything a store holds, counted and hashed.

    Args:
        view: the store.
        facts: its facts, where they have been read already.
    """
    if facts is None:
        with closing(Sums()) as sums:
            for table in view.raw_facts():
                sums.add_facts(table)
            return content_of(view, sums)
    streams: Mapping[str, Iterable[pa.Table]] = {
        "sources": [_sources(view)], "documents": _documents(view), "settings": [_table(view.settings().items(), 2)],
        "nodes": view.raw_nodes(), "edges": view.raw_edges(),
    }  # fmt: skip
    digests, rows = {"facts": facts.digest()}, {}
    for name, stream in streams.items():
        with closing(Sums()) as sums:
            for table in stream:
                sums.add(table)
            digests[name], rows[name] = sums.digest(), sums.rows()
    return Content(rows["nodes"], rows["edges"], facts.different_facts(), digests)


def content_hash(view: GraphView) -> str:
    """The hash of everything a store holds: the same for equal stores of every kind, 32 hexadecimal digits."""
    return content_of(view).hash


def _sources(view: GraphView) -> pa.Table:
    files = {source.uri for source in view.files()}
    return _table(((*astuple(source), str(source.uri in files)) for source in view.sources()), 7)


def _documents(view: GraphView) -> Iterator[pa.Table]:
    stream = view.raw_documents()
    while part := list(islice(stream, _DOCUMENTS)):
        yield _table(((d.source.uri, d.text, d.lexicon) for d in part), 3)


def _table(rows: Iterable[tuple[str | None, ...]], width: int) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * width
    return pa.table({f"c{place}": pa.array(column, pa.string()) for place, column in enumerate(columns)})
