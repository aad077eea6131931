"""What a Neo4j server should hold, computed as tables beside the derived tables of the mirror it is written from.

Every ``want_…`` table has a key and a digest of its row; what the server holds is remembered in ``held_…`` tables of
keys and digests. So what has to be sent and what has to go are two anti-joins, and a change of one row of a large
register sends one row.
"""

from __future__ import annotations

from typing import Final

import duckdb

from .kinds import SCHEMA
from .modality import VOID_SQL
from .neo4j_schema import EDGE_QUALIFIERS, FACT_COLUMNS_STORED, SLOT_MACRO

__all__ = [
    "CARRIED",
    "KEYS",
    "NUMBERED",
    "REPLACED",
    "changed",
    "forget_changes",
    "hold",
    "make_wanted",
    "number_sources",
    "prepare",
    "selects",
]

KEYS: Final = {"source": "number", "document": "number", "fact": "key", "node": "id", "edge": "id", "alias": "pair"}
"""What the server holds, in the order it is written, and the column that identifies a row."""

CARRIED: Final = {"edge": ", relation"}
"""What is needed beside the key to find a row on the server."""

REPLACED: Final = ("source", "document", "fact")
"""What is said; the rest is derived from it."""

NUMBERED: Final = "CREATE OR REPLACE {} numbered (uri VARCHAR, number BIGINT)"
"""Makes the empty table of numbers of sources; to be filled in TABLE, or TEMP TABLE beside a file that is only read."""

_DIGEST: Final = "CAST(hash(w) >> 1 AS BIGINT)"  # Neo4j's whole numbers are signed
_DECLARED = ", ".join(
    f"'{name}'" for name in sorted({prop.name for kind in SCHEMA.kinds for prop in kind.properties} - {"name"})
)
_END = (
    "slot({e}.id) AS {side}_id, CASE WHEN slot({e}.id) <> f.{side}_kind || ':' || f.{side}_key THEN f.{side}_kind END"
    " AS {side}_kind"
)
_EDGE_END = "replace(replace({0}, '\\', '\\\\'), '|', '\\|')"


def prepare(db: duckdb.DuckDBPyConnection) -> None:
    """Make the macro and the empty tables of what the server holds."""
    db.execute(SLOT_MACRO)
    db.execute(NUMBERED.format("TABLE"))
    for table, key in KEYS.items():
        kind = "BIGINT" if key == "number" else "VARCHAR"
        carried = f"{CARRIED[table]} VARCHAR" if table in CARRIED else ""
        db.execute(f"CREATE OR REPLACE TABLE held_{table} ({key} {kind}{carried}, digest BIGINT)")


def number_sources(db: duckdb.DuckDBPyConnection) -> None:
    """Give every file and cited page a number of its own, those that have one keep it."""
    db.execute(
        "INSERT INTO numbered SELECT uri, (SELECT coalesce(max(number), 0) FROM numbered)"
        " + row_number() OVER (ORDER BY uri) FROM (SELECT uri FROM source UNION SELECT file FROM fact UNION"
        " SELECT source FROM fact WHERE source IS NOT NULL) ANTI JOIN numbered USING (uri)"
    )


def selects() -> dict[str, str]:
    """SQL per table of :data:`KEYS`: the rows the server should hold, from derived tables and ``numbered``."""
    return {
        "source": _source(), "document": _document(), "fact": _fact(), "node": _node(), "edge": _edge(),
        "alias": "SELECT DISTINCT md5(alias_key || chr(31) || id) AS pair, slot(alias_key) AS key, slot(id) AS id"
        " FROM alias",
    }  # fmt: skip


def make_wanted(db: duckdb.DuckDBPyConnection) -> None:
    """Compute every ``want_…`` table from the derived ones."""
    number_sources(db)
    for table, select in selects().items():
        db.execute(f"CREATE OR REPLACE TABLE want_{table} AS SELECT *, {_DIGEST} AS digest FROM ({select}) w")


def _source() -> str:
    return (
        "SELECT n.number, n.uri, coalesce(s.title, n.uri) AS title, s.publisher, coalesce(s.date, c.date) AS date,"
        " s.sha256, s.fingerprint, s.uri IS NOT NULL AS file FROM numbered n LEFT JOIN source s USING (uri)"
        " LEFT JOIN (SELECT source AS uri, max(source_date) AS date FROM fact WHERE source IS NOT NULL GROUP BY ALL) c"
        " USING (uri) WHERE s.uri IS NOT NULL OR c.uri IS NOT NULL"
    )


def _document() -> str:
    return "SELECT n.number, d.text, d.lexicon FROM document d JOIN numbered n USING (uri)"


def _fact() -> str:
    made = {
        "subject_id": _END.format(e="s", side="subject"),
        "subject_kind": "CASE WHEN slot(s.id) <> f.subject_kind || ':' || f.subject_key THEN f.subject_key END"
        " AS subject_key",
        "subject_key": "CASE WHEN f.subject <> f.subject_key THEN f.subject END AS subject",
        "object_id": _END.format(e="t", side="object"),
        "object_kind": "CASE WHEN t.id IS NULL OR slot(t.id) <> f.object_kind || ':' || f.object_key"
        " THEN f.object_key END AS object_key",
        "object_key": "CASE WHEN t.id IS NULL OR f.object <> f.object_key THEN f.object END AS object",
        "file": "n.number AS file",
        "source": "c.number AS source",
    }
    made |= {"subject": "", "object": ""}
    columns = ", ".join(text for name in FACT_COLUMNS_STORED if (text := made.get(name, f"f.{name}")))
    return (
        f"SELECT replace(CAST(f.id AS VARCHAR), '-', '') || ':' || n.number AS key, {columns}"
        " FROM fact f JOIN numbered n ON n.uri = f.file LEFT JOIN numbered c ON c.uri = f.source"
        " JOIN mention_entity s ON s.kind = f.subject_kind AND s.key = f.subject_key"
        " LEFT JOIN mention_entity t ON t.kind = f.object_kind AND t.key = f.object_key"
    )


def _node() -> str:
    """Values as the embedded store orders them: surest first, then by value."""
    return (
        "WITH said AS (SELECT e.id, f.predicate, f.value, max(f.confidence) AS c FROM fact f JOIN mention_entity e"
        " ON e.kind = f.subject_kind AND e.key = f.subject_key"
        " WHERE f.object_kind IS NULL AND f.value IS NOT NULL AND f.year IS NULL AND f.region IS NULL"
        f" AND f.partner IS NULL AND f.modality NOT IN {VOID_SQL} GROUP BY ALL), listed AS (SELECT id,"
        f" CASE WHEN predicate IN ({_DECLARED}) THEN predicate ELSE 'said_' || predicate END AS name,"
        " list(value ORDER BY c DESC, value) AS texts FROM said GROUP BY id, predicate),"
        " properties AS (SELECT id, map(list(name ORDER BY name), list(texts ORDER BY name)) AS properties"
        " FROM listed GROUP BY id), keys AS (SELECT id, list(key ORDER BY key) AS keys FROM mention_entity"
        " WHERE kind = 'Chain' GROUP BY id)"
        " SELECT slot(n.id) AS id, CASE WHEN slot(n.id) <> n.id THEN n.id END AS long_id, n.kind, n.name,"
        " slot(lower(n.name)) AS lowered, f.region, f.places, CASE WHEN f.group_id <> n.id THEN slot(f.group_id) END"
        " AS group_id, f.active, k.keys,"
        " coalesce(p.properties, map([]::VARCHAR[], []::VARCHAR[][])) AS properties"
        " FROM entity n LEFT JOIN firm f USING (id)"
        " LEFT JOIN keys k USING (id) LEFT JOIN properties p USING (id)"
    )


def _edge() -> str:
    qualifiers = ", ".join(f"e.{name}" for name in EDGE_QUALIFIERS)
    whole = f"concat_ws('|', {_EDGE_END.format('e.source')}, e.relation, {_EDGE_END.format('e.target')}, e.modality)"
    return (
        f"SELECT slot(whole) AS id, CASE WHEN slot(whole) <> whole THEN whole END AS long_id, * EXCLUDE (whole)"
        f" FROM (SELECT {whole} AS whole, e.relation, slot(e.source) AS source, slot(e.target) AS target, e.modality,"
        " e.confidence, e.facts, e.sources, replace(CAST(e.fact AS VARCHAR), '-', '') AS fact,"
        f" {qualifiers} FROM edge e)"
    )


def changed(db: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Make ``send_…`` (rows to write) and ``drop_…`` (keys to take away) of every table; how many rows each has.

    What is replaced whole (sources, documents, facts) is dropped before it is sent again; derived rows are
    overwritten, so only those whose key is gone are dropped.
    """
    counts = {}
    for table, key in KEYS.items():
        same = f"{key}, digest" if table in REPLACED else key
        db.execute(
            f"CREATE OR REPLACE TABLE send_{table} AS"
            f" SELECT w.* FROM want_{table} w ANTI JOIN held_{table} h USING ({key}, digest)"
        )
        db.execute(
            f"CREATE OR REPLACE TABLE drop_{table} AS"
            f" SELECT h.{key}{CARRIED.get(table, '')} FROM held_{table} h ANTI JOIN want_{table} w USING ({same})"
        )
        row = db.execute(f"SELECT (SELECT count(*) FROM send_{table}), (SELECT count(*) FROM drop_{table})").fetchone()
        counts[table] = (row[0], row[1]) if row else (0, 0)
    return counts


def hold(db: duckdb.DuckDBPyConnection) -> None:
    """Remember that the server holds what was wanted."""
    for table, key in KEYS.items():
        db.execute(
            f"CREATE OR REPLACE TABLE held_{table} AS SELECT {key}{CARRIED.get(table, '')}, digest FROM want_{table}"
        )
    db.execute("DELETE FROM numbered WHERE number NOT IN (SELECT number FROM want_source)")
    forget_changes(db)


def forget_changes(db: duckdb.DuckDBPyConnection) -> None:
    """Let go of the tables of wanted and changed rows: they are as large as the store."""
    for table in KEYS:
        for kind in ("want", "send", "drop"):
            db.execute(f"DROP TABLE IF EXISTS {kind}_{table}")
