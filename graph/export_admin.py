"""A store as files for ``neo4j-admin database import full``: the offline way to a server, for millions of firms.

The rows are the very ones that are sent to a server (:mod:`bulian.graph.neo4j_rows`), written by DuckDB. What the
import reads is exactly what was written:

- every text is quoted, quotes inside are doubled, line ends inside are allowed: an empty text stays one, and nothing
  unquoted is null;
- lists (what is said of a node) are separated by a character that occurs in none of their values;
- the longest value sets the size of the reading buffer.

Two things cannot be written: a property whose name holds brackets or a line end, and a list of one empty text. Where
there are any, the store's mark says that its derived part is unfinished, and whoever opens it first sends them.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from . import neo4j_rows
from .content import Sums
from .copying import carry_over
from .duckdb_memory import thriftily
from .duckdb_raw import SYSTEM_SETTINGS
from .duckdb_store import open_duckdb
from .duckdb_view import DuckDBView
from .errors import RenderError
from .facts import FACT_SCHEMA
from .kinds import SCHEMA
from .neo4j_schema import LAYOUT, NODE, SLOT_MACRO, labels_of
from .store import GraphView

__all__ = ["HOW_TO", "export_admin"]

HOW_TO: Final = "导入说明.txt"
_TYPES: Final = {"VARCHAR": "string", "BIGINT": "long", "INTEGER": "long", "DOUBLE": "double", "BOOLEAN": "boolean"}
_UNWRITABLE: Final = re.compile(r"[(){}\r\n]")
_PRIVATE: Final = range(0xE000, 0xF900)
_BUFFER: Final = 4 << 20
_OPTIONS: Final = (
    "--id-type=string --bad-tolerance=0 --multiline-fields=true --ignore-empty-strings=false --trim-strings=false"
)
_SYSTEM: Final = ", ".join(f"'{name}'" for name in SYSTEM_SETTINGS)
_TEXT: Final = """把补链的图导入 Neo4j

1. 停下 Neo4j。下面的 neo4j 是数据库名（社区版只有这一个），它必须是空的；
   加上 --overwrite-destination=true 就覆盖它，里面原有的内容会全部丢掉。
2. 在本文件夹里运行这一行（neo4j-admin 在 Neo4j 的 bin 文件夹里，服务器上用运行 Neo4j 的那个用户）：

{command}

3. 启动 Neo4j，设好环境变量 BULIAN_NEO4J_USER 与 BULIAN_NEO4J_PASSWORD，用有写权限的用户打开一次：

bulian export --format json --store neo4j://主机:7687 --output 核对.json

   第一次打开会建约束和索引（百万家企业要几分钟），以后就不用了。核对.json 应与原来的存储导出的一模一样。
"""


@dataclass(frozen=True, slots=True)
class _Part:
    """A file of rows: its name, the label of its nodes (none where a column holds it), and SQL of its rows.

    ``fields`` are the header fields that do not follow from name and type of a column; ``sort`` asks for the order of
    the first column.
    """

    name: str
    label: str
    select: str
    fields: Mapping[str, str] = field(default_factory=dict)
    sort: bool = False

    def option(self) -> str:
        """How the import is told of it."""
        kind = "relationships" if self.name == "edges" else "nodes"
        label = f"={self.label}" if self.label else ""
        return f"--{kind}{label}={self.name}_header.csv,{self.name}.csv"


def export_admin(view: GraphView, folder: Path) -> tuple[list[Path], int]:
    """Write header files, CSV files and a text that says how to import them.

    Args:
        view: the store; one that is no DuckDB file is laid down in a temporary one first.
        folder: where to.

    Returns:
        The files, and how many nodes, edges and facts (with every file that carries it) they hold.

    Raises:
        RenderError: a file cannot be written; what was there before stays.
    """
    if not isinstance(view, DuckDBView):
        with tempfile.TemporaryDirectory() as scratch:
            with open_duckdb(str(Path(scratch) / "store.duckdb"), write=True) as store, closing(Sums()) as sums:
                carry_over(view, store, sums, lambda doing, done, total: None)
                return export_admin(store, folder)
    rows: list[int] = []

    def work() -> None:
        with _prepared(view.database) as db:
            rows.append(_write(db, place))

    with _all_or_nothing(Path(folder)) as place:
        thriftily(view.database, work)
        names = sorted(path.name for path in place.iterdir())
    return [Path(folder) / name for name in names], rows[-1]


@contextmanager
def _all_or_nothing(folder: Path) -> Iterator[Path]:
    """A temporary folder whose files move to ``folder`` when the block ends without an error."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(dir=folder, prefix="."))
        try:
            yield place
            for path in sorted(place.iterdir()):
                path.replace(folder / path.name)
        finally:
            shutil.rmtree(place, ignore_errors=True)
    except (OSError, duckdb.IOException) as error:
        hint = "请检查文件夹是否存在、是否可写，磁盘是否已满。"
        raise RenderError("文件写不出去", where=str(folder), hint=hint) from error


@contextmanager
def _prepared(db: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """What the selects need, beside the store: nothing of it stays, and the file may be open only to be read."""
    try:
        db.execute("SET preserve_insertion_order = true")
        db.execute(SLOT_MACRO)
        db.execute(neo4j_rows.NUMBERED.format("TEMP TABLE"))
        neo4j_rows.number_sources(db)
        db.execute(f"CREATE OR REPLACE TEMP TABLE admin_node AS {neo4j_rows.selects()['node']}")
        yield db
    finally:
        with suppress(duckdb.Error):
            db.execute("SET preserve_insertion_order = false")
            for table in ("numbered", "admin_node"):
                db.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _write(db: duckdb.DuckDBPyConnection, place: Path) -> int:
    separator = _separator(db)
    found = db.execute("SELECT DISTINCT unnest(map_keys(properties)) FROM admin_node ORDER BY 1").fetchall()
    names = [name for (name,) in found]
    writable = [name for name in names if not _UNWRITABLE.search(name)]
    whole = len(writable) == len(names) and not _lonely_empty(db)
    parts = [_nodes(writable, separator), *_others(whole=whole)]
    rows = {part.name: _copy(db, part, place) for part in parts}
    chosen = (f"--array-delimiter=U+{ord(separator):04X}", f"--read-buffer-size={_buffer(db)}")
    options = " ".join((_OPTIONS, *chosen, *(part.option() for part in parts)))
    command = f"neo4j-admin database import full neo4j {options}"
    (place / HOW_TO).write_text(_TEXT.format(command=command), encoding="utf-8", newline="")
    return rows["nodes"] + rows["edges"] + rows["facts"]


def _separator(db: duckdb.DuckDBPyConnection) -> str:
    """A character that no value in a list holds: the import knows no way to write it as one."""
    for code in _PRIVATE:
        found = db.execute(
            "SELECT (SELECT count(*) FROM fact WHERE contains(value, $1))"
            " + (SELECT count(*) FROM mention_entity WHERE kind = 'Chain' AND contains(key, $1))", [chr(code)],
        ).fetchall()  # fmt: skip
        if found == [(0,)]:
            return chr(code)
    raise RenderError("没有一个字符可以分隔多个值：所有备用字符都在数据里用过", hint="请改用 bulian copy 复制到服务器。")


def _lonely_empty(db: duckdb.DuckDBPyConnection) -> bool:
    """Whether a list holds one empty text and nothing else, which reads as an empty list."""
    lonely = "SELECT 1 FROM admin_node WHERE list_contains(map_values(properties), ['']) LIMIT 1"
    return bool(db.execute(lonely).fetchall())


def _buffer(db: duckdb.DuckDBPyConnection) -> int:
    """Characters the import must be able to hold: a value with every quote doubled."""
    texts = [field.name for field in FACT_SCHEMA if pa.types.is_string(field.type) and field.name != "id"]
    facts = " + ".join(f"coalesce(strlen({name}), 0)" for name in texts)
    ((longest,),) = db.execute(
        f"SELECT greatest((SELECT coalesce(max({facts}), 0) FROM fact),"
        " (SELECT coalesce(max(strlen(text) + strlen(lexicon)), 0) FROM document),"
        " (SELECT coalesce(max(strlen(CAST(properties AS VARCHAR))), 0) FROM admin_node))"
    ).fetchall()
    return max(_BUFFER, 2 * int(longest) + 1024)


def _nodes(names: Sequence[str], separator: str) -> _Part:
    joined = f"array_to_string({{}}, '{separator}')"
    lists = [
        joined.format(f"map_extract(properties, {_text(name)})[1]") + f" AS list{place}"
        for place, name in enumerate(names)
    ]
    labels = " ".join(f"WHEN '{kind.name}' THEN '{labels_of(kind.name)}'" for kind in SCHEMA.kinds)
    select = (
        f"SELECT id, long_id, kind, name, lowered, region, places, group_id, active, {joined.format('keys')} AS keys,"
        f" replace(CASE kind {labels} END, ':', '{separator}') AS labels{''.join(f', {column}' for column in lists)}"
        " FROM admin_node"
    )
    fields = {"id": f"id:ID({NODE})", "keys": "keys:string[]", "labels": ":LABEL"}
    fields |= {f"list{place}": f"{name}:string[]" for place, name in enumerate(names)}
    return _Part("nodes", "", select, fields, sort=True)


def _others(*, whole: bool) -> Iterator[_Part]:
    selects = neo4j_rows.selects()
    ends = {"relation": ":TYPE", "source": f":START_ID({NODE})", "target": f":END_ID({NODE})"}
    yield _Part("edges", "", selects["edge"], ends)
    yield _Part("facts", "BulianFact", selects["fact"])
    yield _Part("sources", "BulianSource", selects["source"], sort=True)
    yield _Part("documents", "BulianDocument", selects["document"])
    yield _Part("aliases", "BulianAlias", selects["alias"], sort=True)
    yield _Part("settings", "BulianSetting", f"SELECT name, value FROM setting WHERE name NOT IN ({_SYSTEM})")
    mark = f"SELECT CAST(1 AS BIGINT) AS one, '{LAYOUT}' AS layout, CAST(0 AS BIGINT) AS revision, true AS bare"
    yield _Part("store", "BulianStore", mark if whole else f"{mark}, true AS stale")


def _copy(db: duckdb.DuckDBPyConnection, part: _Part, place: Path) -> int:
    """Write header and rows; how many. Facts and edges stay in the order of the file: sorting takes twice as long."""
    columns = [(str(row[0]), str(row[1])) for row in db.execute(f"DESCRIBE {part.select}").fetchall()]
    header = ",".join(_quoted(part.fields.get(name) or f"{name}:{_TYPES[kind]}") for name, kind in columns)
    (place / f"{part.name}_header.csv").write_text(f"{header}\n", encoding="utf-8", newline="")
    texts = ", ".join(_quoted(name) for name, kind in columns if kind == "VARCHAR")
    quoted = f", FORCE_QUOTE ({texts})" if texts else ""
    ((rows,),) = db.execute(
        f"COPY ({part.select}{' ORDER BY 1' if part.sort else ''}) TO {_text(str(place / f'{part.name}.csv'))}"
        f" (FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR ''{quoted})"
    ).fetchall()
    return int(rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
