"""What people decided, applied while deriving: denied facts marked, names united or kept apart.

Verdicts are facts like others (:mod:`bulian.graph.verdicts`), so that they come and go with their sheet. They are
applied anew at every derivation: what is denied is marked in the table of facts itself (``stated`` becomes ``denied``)
and unmarked when no verdict says so any more, so no question has to know of verdicts.
"""

from __future__ import annotations

import re
from typing import Final

import duckdb

from .kinds import SAME_AS
from .verdicts import REVIEW

__all__ = ["keep_apart", "mark_denied", "unite", "unmark_denied"]

_CODE: Final = re.compile(r"[0-9A-Z]{18}\Z")
_End = tuple[str, str]
_DENIALS: Final = (
    "SELECT DISTINCT split_part(f.method, ':', 4) AS speaker, TRY_CAST(split_part(f.method, ':', 5) AS DOUBLE) AS surely,"
    " f.predicate, s.number AS source, t.number AS target, f.value, f.year, f.region, f.partner"
    " FROM said f JOIN numbered s ON s.kind = f.subject_kind AND s.key = f.subject_key"
    " LEFT JOIN numbered t ON t.kind = f.object_kind AND t.key = f.object_key"
    f" WHERE f.modality = 'negated' AND (starts_with(f.method, '{REVIEW}deny:') OR"
    f" starts_with(f.method, '{REVIEW}redirect:'))"
)
# First the few facts of the judged sources and subjects: only their ends are looked up.
_MARKED: Final = (
    "WITH speaker AS MATERIALIZED (SELECT uri FROM (SELECT uri FROM source UNION SELECT source FROM fact"
    " WHERE source IS NOT NULL) WHERE md5(uri) IN (SELECT speaker FROM denial)),"
    " subject AS MATERIALIZED (SELECT kind, key, number FROM numbered WHERE number IN (SELECT source FROM denial)),"
    " near AS MATERIALIZED (SELECT f.rowid AS line, f.*, s.number AS entity FROM fact f"
    " JOIN subject s ON s.kind = f.subject_kind AND s.key = f.subject_key"
    " WHERE f.modality = 'stated' AND coalesce(f.source, f.file) IN (SELECT uri FROM speaker))"
    " SELECT n.line FROM near n LEFT JOIN numbered t ON t.kind = n.object_kind AND t.key = n.object_key"
    " JOIN denial d ON d.speaker = md5(coalesce(n.source, n.file)) AND d.predicate = n.predicate"
    " AND d.source = n.entity AND n.confidence <= d.surely + 1e-6 AND (d.target = t.number OR (d.target IS NULL"
    " AND n.object_kind IS NULL AND d.value = n.value AND d.year IS NOT DISTINCT FROM n.year"
    " AND d.region IS NOT DISTINCT FROM n.region AND d.partner IS NOT DISTINCT FROM n.partner))"
)


def unmark_denied(db: duckdb.DuckDBPyConnection) -> None:
    """Before anything else: every fact as its source said it."""
    db.execute("UPDATE fact SET modality = 'stated' WHERE modality = 'denied'")


def mark_denied(db: duckdb.DuckDBPyConnection) -> None:
    """Mark what a standing verdict denies, now that names are resolved (``said``, ``numbered``)."""
    db.execute(f"CREATE OR REPLACE TEMP TABLE denial AS {_DENIALS}")
    if db.execute("SELECT count(*) FROM denial").fetchall() != [(0,)]:
        db.execute(f"UPDATE fact SET modality = 'denied' WHERE rowid IN ({_MARKED})")
    db.execute("DROP TABLE temp.denial")


def keep_apart(db: duckdb.DuckDBPyConnection) -> None:
    """Take away aliases by which names would be united that a person said are two; a registered name stays."""
    db.execute(
        "CREATE OR REPLACE TEMP TABLE apart AS SELECT subject_kind AS kind, subject_key AS one, object_key AS other"
        f" FROM said WHERE predicate = '{SAME_AS}' AND modality = 'negated'"
    )
    db.execute(  # a name may since have become that of a credit code
        "INSERT INTO apart SELECT p.kind, p.one, a.key FROM apart p JOIN alias_of a"
        " ON a.kind = p.kind AND a.alias_key = p.other AND a.type = 'name' WHERE a.key <> p.other"
    )
    db.execute(
        "DELETE FROM alias_of WHERE type <> 'name' AND EXISTS (SELECT 1 FROM apart p WHERE p.kind = alias_of.kind"
        " AND ((p.one = alias_of.alias_key AND p.other = alias_of.key)"
        " OR (p.other = alias_of.alias_key AND p.one = alias_of.key)))"
    )
    db.execute("DROP TABLE temp.apart")


def unite(db: duckdb.DuckDBPyConnection) -> None:
    """Redirect names that a person said are one firm to one of them, see :func:`_preference`."""
    pairs = db.execute(
        f"SELECT DISTINCT subject_kind, subject_key, object_key FROM said WHERE predicate = '{SAME_AS}'"
        " AND modality = 'manual' AND object_key IS NOT NULL ORDER BY ALL"
    ).fetchall()
    if not pairs:
        return
    ends = {(kind, key) for kind, one, other in pairs for key in (one, other)}
    now = {end: _entity(db, end) for end in ends}
    groups: dict[_End, set[_End]] = {now[end]: {now[end]} for end in ends}
    for kind, one, other in pairs:
        first, second = groups[now[kind, one]], groups[now[kind, other]]
        if first is not second:
            first |= second
            groups.update(dict.fromkeys(second, first))
    for group in {id(group): group for group in groups.values()}.values():
        kept = min(group, key=lambda end: _preference(db, end))
        for end in sorted(group - {kept}):
            db.execute("UPDATE redirect SET to_kind = ?, to_key = ? WHERE to_kind = ? AND to_key = ?", [*kept, *end])
            db.execute("INSERT INTO redirect VALUES (?, ?, ?, ?)", [*end, *kept])


def _entity(db: duckdb.DuckDBPyConnection, end: _End) -> _End:
    found = db.execute("SELECT to_kind, to_key FROM redirect WHERE kind = ? AND key = ?", list(end)).fetchone()
    return (found[0], found[1]) if found else end


def _preference(db: duckdb.DuckDBPyConnection, end: _End) -> tuple[bool, bool, int, str, str]:
    """The lowest is kept: a credit code, a name some row defines, the fuller one."""
    found = db.execute("SELECT defined FROM mention WHERE kind = ? AND key = ?", list(end)).fetchone()
    return not _CODE.match(end[1]), not (found and found[0]), -len(end[1]), *end
