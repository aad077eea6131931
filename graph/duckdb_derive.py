"""From facts to nodes and edges, as set-based SQL over the whole fact table.

Because it looks at all facts at once, the result does not depend on the order in which files came. Names
become entities in ranked rounds: the name of a firm with a credit code, then former names, then short names
and aliases; in each round only a name that fits exactly one entity is taken, everything else stays itself. What
people decided comes before and after these rules (:mod:`bulian.graph.duckdb_verdicts`).
"""

from __future__ import annotations

from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa

from .duckdb_edges import ORDER, make_edges
from .duckdb_makers import make_makers
from .duckdb_verdicts import keep_apart, mark_denied, unite, unmark_denied
from .kinds import ALIAS_PROPERTIES
from .modality import CONFIRMED_SQL
from .regions import Regions, default_regions

__all__ = ["derive"]

_ALIASES = ", ".join(f"'{name}'" for name in ("name", *ALIAS_PROPERTIES))
# Where a name of one family is looked for when its own family does not know it.
_ELSEWHERE: Final = {
    "Enterprise": ("Institute",),
    "Institute": ("Enterprise",),
    "Product": ("Technology", "Enterprise", "Institute", "Chain"),
}


def derive(db: duckdb.DuckDBPyConnection) -> None:
    """Rebuild every derived table: mention_entity, entity, alias, region, region_path, edge, firm, cited."""
    unmark_denied(db)
    _collect_mentions(db)
    keep_apart(db)
    for rank in (1, 2, 3):
        _redirect(db, rank)
    _redirect_elsewhere(db)
    unite(db)
    _make_entities(db)
    mark_denied(db)
    _make_regions(db)
    make_edges(db)
    _make_firms(db)
    _list_cited(db)
    make_makers(db)
    db.execute("DROP VIEW temp.said")
    for table in ("repeated", "mention", "alias_of", "redirect", "numbered", "link", "several"):
        db.execute(f"DROP TABLE temp.{table}")


def _say_once(db: duckdb.DuckDBPyConnection) -> None:
    """The view ``said``: every fact once, though two files may carry the same row of one cited source."""
    db.execute(
        "CREATE OR REPLACE TEMP TABLE repeated AS SELECT line FROM (SELECT f.rowid AS line, row_number() OVER"
        " (PARTITION BY f.id ORDER BY f.file, f.sheet, f.row, f.start) AS place FROM fact f"
        " SEMI JOIN (SELECT id FROM fact SEMI JOIN (SELECT id FROM fact WHERE source IS NOT NULL) c USING (id)"
        " GROUP BY id HAVING count(*) > 1) d USING (id))"
        " WHERE place > 1"
    )
    some = db.execute("SELECT count(*) FROM repeated").fetchone()
    skipped = " WHERE rowid NOT IN (SELECT line FROM repeated)" if some and some[0] else ""
    db.execute(f"CREATE OR REPLACE TEMP VIEW said AS SELECT rowid AS line, * FROM fact{skipped}")


def _collect_mentions(db: duckdb.DuckDBPyConnection) -> None:
    _say_once(db)
    db.execute(
        "CREATE OR REPLACE TEMP TABLE mention AS SELECT CAST(row_number() OVER () AS INTEGER) AS number, *"
        " FROM (SELECT kind, key, min(name) AS name, bool_or(defined) AS defined"
        " FROM (SELECT subject_kind AS kind, subject_key AS key, subject AS name, predicate = 'name' AS defined"
        " FROM said UNION ALL SELECT object_kind, object_key, object, false FROM said"
        " WHERE object_kind IS NOT NULL) GROUP BY kind, key)"
    )
    db.execute(
        "CREATE OR REPLACE TEMP TABLE alias_of AS SELECT DISTINCT subject_kind AS kind, object_key AS alias_key,"
        f" subject_key AS key, predicate AS type FROM said WHERE predicate IN ({_ALIASES})"
        " AND object_kind IS NULL AND object_key IS NOT NULL"
    )
    db.execute("CREATE OR REPLACE TEMP TABLE redirect (kind VARCHAR, key VARCHAR, to_kind VARCHAR, to_key VARCHAR)")


def _redirect(db: duckdb.DuckDBPyConnection, rank: int) -> None:
    """One round: names that fit exactly one entity by an alias of this rank go to it.

    Rank 1 and 2 (registered and former full names) also move names that some row defines as its own; rank 3
    (short names, aliases) moves only names that no row defines.
    """
    types = {1: "a.type = 'name'", 2: "a.type = 'former_names'"}.get(
        rank, "a.type NOT IN ('name', 'former_names') AND NOT m.defined"
    )
    db.execute(
        "INSERT INTO redirect SELECT m.kind, m.key, m.kind, min(coalesce(r.to_key, a.key))"
        " FROM mention m JOIN alias_of a ON a.kind = m.kind AND a.alias_key = m.key AND a.key <> m.key"
        " LEFT JOIN redirect r ON r.kind = a.kind AND r.key = a.key"
        f" WHERE {types} AND NOT EXISTS (SELECT 1 FROM redirect d WHERE d.kind = m.kind AND d.key = m.key)"
        " GROUP BY m.kind, m.key HAVING count(DISTINCT coalesce(r.to_key, a.key)) = 1"
        " AND min(coalesce(r.to_key, a.key)) <> m.key"
    )
    _flatten(db)


def _flatten(db: duckdb.DuckDBPyConnection) -> None:
    """Follow redirects of redirects to their end; two names that point at each other both stay themselves."""
    for _ in range(8):
        moved = db.execute(
            "UPDATE redirect SET to_key = n.to_key FROM redirect n"
            " WHERE n.kind = redirect.to_kind AND n.key = redirect.to_key AND n.to_key <> redirect.key"
        ).fetchone()
        if not moved or not moved[0]:
            break
    db.execute(
        "DELETE FROM redirect WHERE EXISTS (SELECT 1 FROM redirect n"
        " WHERE n.kind = redirect.to_kind AND n.key = redirect.to_key)"
    )


def _redirect_elsewhere(db: duckdb.DuckDBPyConnection) -> None:
    """A name its own family does not define may be one another family does (an institute as a partner)."""
    for kind, others in _ELSEWHERE.items():
        for other in others:
            db.execute(
                "INSERT INTO redirect SELECT m.kind, m.key, $2, min(coalesce(r.to_key, a.key))"
                " FROM mention m JOIN alias_of a ON a.kind = $2 AND a.alias_key = m.key"
                " LEFT JOIN redirect r ON r.kind = a.kind AND r.key = a.key"
                " WHERE m.kind = $1 AND NOT m.defined"
                " AND NOT EXISTS (SELECT 1 FROM alias_of o WHERE o.kind = $1 AND o.alias_key = m.key)"
                " AND NOT EXISTS (SELECT 1 FROM redirect d WHERE d.kind = m.kind AND d.key = m.key)"
                " GROUP BY m.kind, m.key HAVING count(DISTINCT coalesce(r.to_key, a.key)) = 1",
                [kind, other],
            )


def _make_entities(db: duckdb.DuckDBPyConnection) -> None:
    """Which entity every mention is, by id and by a number for joins of this run; the entities; their names.

    Each table lies in the order it is looked up in, so that finding one name reads one part of it.
    """
    db.execute(
        "CREATE OR REPLACE TEMP TABLE numbered AS SELECT m.kind, m.key,"
        " coalesce(r.to_kind, m.kind) || ':' || coalesce(r.to_key, m.key) AS id,"
        " coalesce(t.number, m.number) AS number"
        " FROM mention m LEFT JOIN redirect r ON r.kind = m.kind AND r.key = m.key"
        " LEFT JOIN mention t ON t.kind = r.to_kind AND t.key = r.to_key"
    )
    db.execute("CREATE OR REPLACE TABLE mention_entity AS SELECT kind, key, id FROM numbered ORDER BY id")
    db.execute(
        "CREATE OR REPLACE TABLE entity AS WITH own AS (SELECT f.subject_kind AS kind, f.subject_key AS key,"
        f" arg_max(f.value, {ORDER}) AS name FROM said f WHERE f.predicate = 'name' GROUP BY 1, 2),"
        f" kinds AS (SELECT e.id, arg_max(f.value, {ORDER}) AS kind FROM said f JOIN numbered e"
        " ON e.kind = f.subject_kind AND e.key = f.subject_key WHERE f.predicate = 'kind' GROUP BY 1)"
        " SELECT m.kind || ':' || m.key AS id, coalesce(k.kind, m.kind) AS kind, coalesce(o.name, m.name) AS name,"
        " o.name IS NOT NULL AS defined FROM mention m ANTI JOIN redirect r ON r.kind = m.kind AND r.key = m.key"
        " LEFT JOIN own o ON o.kind = m.kind AND o.key = m.key LEFT JOIN kinds k ON k.id = m.kind || ':' || m.key"
        " ORDER BY id"
    )
    db.execute(
        "CREATE OR REPLACE TABLE alias AS SELECT DISTINCT alias_key, id FROM (SELECT a.alias_key, e.id"
        " FROM alias_of a JOIN numbered e ON e.kind = a.kind AND e.key = a.key WHERE a.alias_key <> a.key"
        " UNION ALL SELECT key, id FROM numbered) ORDER BY alias_key"
    )


def _make_regions(db: duckdb.DuckDBPyConnection) -> None:
    """The region tree with the towns that tables named."""
    towns = db.execute(
        "SELECT DISTINCT subject, object_key FROM said"
        " WHERE subject_kind = 'Region' AND predicate = 'LOCATED_IN' ORDER BY 1, 2"
    ).fetchall()
    _put_region_tree(db, default_regions().with_towns(towns))


def _put_region_tree(db: duckdb.DuckDBPyConnection, regions: Regions) -> None:
    """Lay down a region tree as the tables ``region`` and ``region_path``."""
    rows = list(regions.rows())
    paths = [(row.code, outer, depth) for row in rows for depth, outer in enumerate(regions.ancestors(row.code))]
    tree = pa.table({"code": [row.code for row in rows], "level": [row.level for row in rows]})
    path = pa.table(dict(zip(("code", "outer", "depth"), zip(*paths, strict=True), strict=True)))
    for name, table in (("region", tree), ("region_path", path)):
        db.register("made", table)
        source = "code, level" if name == "region" else 'code, "outer" AS outer_code, depth'
        db.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {source} FROM made")
        db.unregister("made")


def _make_firms(db: duckdb.DuckDBPyConnection) -> None:
    """Where each firm is, which group it belongs to, whether it is still registered."""
    db.register("grouped", _groups(db))
    db.execute(
        "CREATE OR REPLACE TABLE firm AS WITH place AS (SELECT source AS id, substr(target, 8) AS code,"
        f" confidence, fact FROM edge WHERE relation = 'LOCATED_IN' AND modality IN {CONFIRMED_SQL}),"
        " outermost AS (SELECT DISTINCT a.id, a.code FROM place a JOIN place b ON b.id = a.id AND b.code <> a.code"
        " JOIN region_path p ON p.code = b.code AND p.outer_code = a.code),"
        " leaf AS (SELECT * FROM place ANTI JOIN outermost USING (id, code)),"
        " placed AS (SELECT id, arg_max(code, printf('%.6f|', confidence) || code) AS region,"
        " count(DISTINCT code) AS places FROM leaf GROUP BY id),"
        f" state AS (SELECT e.id, arg_max(f.value, {ORDER}) AS status FROM said f JOIN mention_entity e"
        " ON e.kind = f.subject_kind AND e.key = f.subject_key"
        " WHERE f.predicate = 'status' AND f.subject_kind = 'Enterprise' GROUP BY 1)"
        " SELECT n.id, p.region, coalesce(p.places, 0) AS places, coalesce(g.group_id, n.id) AS group_id,"
        " NOT coalesce(regexp_matches(s.status, '注销|吊销|撤销'), false) AS active"
        " FROM entity n LEFT JOIN placed p USING (id) LEFT JOIN grouped g USING (id) LEFT JOIN state s USING (id)"
        " WHERE n.kind IN ('Enterprise', 'Institute')"
    )
    db.unregister("grouped")


def _list_cited(db: duckdb.DuckDBPyConnection) -> None:
    """The pages that rows cite, with the latest date any row gives: a look at all facts, once."""
    db.execute(
        "CREATE OR REPLACE TABLE cited AS SELECT source AS uri, max(source_date) AS date FROM fact"
        " WHERE source IS NOT NULL GROUP BY source ORDER BY source"
    )


def _groups(db: duckdb.DuckDBPyConnection) -> pa.Table:
    """Firms linked by 隶属集团, directly or through others, under the smallest id among them."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = db.sql(
        f"SELECT source, target FROM edge WHERE relation = 'SUBSIDIARY_OF' AND modality IN {CONFIRMED_SQL} ORDER BY 1, 2"
    ).to_arrow_table()
    both = pa.chunked_array([*links["source"].chunks, *links["target"].chunks], type=pa.string())
    if len(both) == 0:
        return pa.table({"id": pa.array([], pa.string()), "group_id": pa.array([], pa.string())})
    coded = both.dictionary_encode().combine_chunks()
    names: Any = np.asarray(coded.dictionary.to_pylist(), dtype=object)
    index = coded.indices.to_numpy(zero_copy_only=False)
    half = len(links)
    links_matrix = coo_array((np.ones(half, bool), (index[:half], index[half:])), shape=(len(names),) * 2)
    _, label = connected_components(links_matrix, directed=False)
    order = np.argsort(names, kind="stable")
    first: Any = np.empty(label.max() + 1, dtype=object)
    first[label[order][::-1]] = names[order][::-1]
    return pa.table({"id": pa.array(names, pa.string()), "group_id": pa.array(first[label], pa.string())})
