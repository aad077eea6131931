"""What is dirty in the rows of a sheet though they were taken: the data-quality report at the end of an ingest.

Nothing here changes a row or a judgement; it names what a person should look at: names that stand for several firms,
codes written in two ways, one firm with two values, weights that are no shares, links that are recipes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import duckdb

from .cleaning import Cleaned
from .food_words import DISHES, FOOD
from .raw_sheet import RawSheet
from .table_match import Match

__all__ = ["Problem", "sheet_problems"]

_SHOWN: Final = 5
_WHOLE: Final = 1.05  # shares of one firm may round up to this
_ONE_VALUED: Final = {"status": "登记状态", "capital": "注册资本", "founded_on": "成立日期", "insured": "参保人数"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of dirt in one sheet.

    ``count`` says how many names, codes, firms or rows are concerned, ``share`` which part of the rows (0–1) where that
    says more, ``examples`` some of them.
    """

    code: str
    message: str
    count: int
    share: float | None
    examples: tuple[str, ...]


def sheet_problems(sheet: RawSheet, match: Match, cleaned: Cleaned) -> list[Problem]:
    """The problems of one cleaned sheet, most important first.

    Args:
        sheet: as read.
        match: which table it is.
        cleaned: its good rows, not yet enriched.
    """
    look = _LOOKS.get(match.table.name)
    if look is None or not len(cleaned.rows):
        return []
    with duckdb.connect() as engine:
        engine.register("rows", cleaned.rows)
        return [problem for problem in look(engine, set(cleaned.rows.column_names)) if problem.count]


def _found(engine: duckdb.DuckDBPyConnection, code: str, message: str, sql: str, total: str | None = None) -> Problem:
    """A problem from a SELECT of one column of examples, most striking first."""
    rows = engine.execute(f"WITH hit AS ({sql}) SELECT example, count(*) OVER () FROM hit LIMIT {_SHOWN}").fetchall()
    count = int(rows[0][1]) if rows else 0
    share = None
    if total and count:
        whole = engine.execute(total).fetchone()
        share = round(count / whole[0], 4) if whole and whole[0] else None
    return Problem(code, message, count, share, tuple(str(row[0])[:80] for row in rows))


def _firms(engine: duckdb.DuckDBPyConnection, columns: set[str]) -> list[Problem]:
    """Names, codes and values of firms; the rows whose name stands once are looked at no further."""
    engine.execute(
        "CREATE TEMP TABLE again AS SELECT * FROM rows WHERE enterprise_name_key IN"
        " (SELECT enterprise_name_key FROM rows GROUP BY enterprise_name_key HAVING count(*) > 1)"
    )
    each = "SELECT min(enterprise_name) AS example FROM again"
    problems = [
        _found(
            engine, "duplicate_name", "同一个企业名称有几行",
            f"{each} GROUP BY enterprise_name_key ORDER BY count(*) DESC, 1",
        )
    ]  # fmt: skip
    if "credit_code" in columns:
        problems += [
            _found(
                engine, "name_with_codes", "同一个企业名称有几个信用代码",
                f"{each} GROUP BY enterprise_name_key HAVING count(DISTINCT credit_code) > 1 ORDER BY 1",
            ),
            _several(engine, "code_with_names", "同一个信用代码有几个企业名称（多为改名）", "credit_code"),
        ]  # fmt: skip
    for name, label in _ONE_VALUED.items():
        if name in columns:
            problems.append(_found(
                engine, "conflicting_value", f"同一企业的“{label}”在几行里不同，并列保留",
                f'{each} GROUP BY enterprise_name_key HAVING count(DISTINCT "{name}") > 1 ORDER BY 1',
            ))  # fmt: skip
    if "short_name" in columns:
        message = "同一个简称对着几家企业，不能凭它认企业"
        problems.append(_several(engine, "duplicate_short_name", message, "short_name"))
    return problems + _stock_codes(engine, columns)


def _several(engine: duckdb.DuckDBPyConnection, code: str, message: str, written: str) -> Problem:
    """What is written alike beside several firms: SQL of the text, and the firms as examples."""
    return _found(
        engine, code, message,
        f"WITH twice AS (SELECT {written} AS it FROM rows WHERE {written} IS NOT NULL GROUP BY 1 HAVING count(*) > 1)"
        f" SELECT {written} || '：' || string_agg(DISTINCT enterprise_name, '、' ORDER BY enterprise_name) AS example"
        f" FROM rows WHERE {written} IN (SELECT it FROM twice) GROUP BY {written}"
        " HAVING count(DISTINCT enterprise_name_key) > 1 ORDER BY 1",
    )  # fmt: skip


def _stock_codes(engine: duckdb.DuckDBPyConnection, columns: set[str]) -> list[Problem]:
    if "stock_code" not in columns:
        return []
    digits = "regexp_extract(stock_code, '[0-9]{6}')"
    named = "enterprise_name" in columns
    both = (
        "SELECT string_agg(DISTINCT stock_code, '、' ORDER BY stock_code) AS example FROM rows"
        f" GROUP BY {digits} HAVING count(DISTINCT stock_code) > 1 ORDER BY 1"
    )
    bare = "SELECT stock_code AS example FROM rows WHERE regexp_full_match(stock_code, '[0-9]{6}') ORDER BY 1"
    problems = [
        _found(engine, "code_written_in_two_ways", "同一个证券代码有几种写法", both),
        _found(
            engine, "code_without_suffix", "没有交易所后缀的证券代码（与带后缀的混用）", bare,
            "SELECT count(*) FROM rows",
        )
        if _mixed(engine) else Problem("code_without_suffix", "", 0, None, ()),
    ]  # fmt: skip
    if named:
        problems.append(_several(engine, "code_with_names", "同一个证券代码对着几家企业，不能凭它认企业", digits))
    return problems


def _mixed(engine: duckdb.DuckDBPyConnection) -> bool:
    row = engine.execute("SELECT count(DISTINCT regexp_full_match(stock_code, '[0-9]{6}')) FROM rows").fetchone()
    return bool(row and row[0] > 1)


def _company_products(engine: duckdb.DuckDBPyConnection, columns: set[str]) -> list[Problem]:
    weight = "TRY_CAST(weight AS DOUBLE)"
    total = "SELECT count(*) FROM rows"
    return [
        _found(
            engine, "bad_weight", "营收占比不在 0 到 1 之间（负数、零或大于 1），弃用",
            f"SELECT stock_code || ' ' || product || ' ' || weight AS example FROM rows"
            f" WHERE {weight} IS NULL OR {weight} <= 0 OR {weight} > 1 ORDER BY coalesce(abs({weight}), 0) DESC, 1",
            total,
        ),
        _found(
            engine, "weights_above_one", "营收占比合计大于 1 的企业（多个年度或口径混在一起）",
            f"SELECT stock_code || ' ' || round(sum({weight}), 2) AS example FROM rows GROUP BY stock_code"
            f" HAVING sum({weight}) > {_WHOLE} ORDER BY sum({weight}) DESC, 1",
            "SELECT count(DISTINCT stock_code) FROM rows",
        ),
        _found(
            engine, "duplicate_row", "内容相同的行",
            "SELECT stock_code || ' ' || product AS example FROM rows GROUP BY stock_code, product, relation, weight"
            " HAVING count(*) > 1 ORDER BY 1",
        ),
        *_odd_names(engine, "product"),
        *_stock_codes(engine, columns),
    ]  # fmt: skip


def _odd_names(engine: duckdb.DuckDBPyConnection, column: str) -> list[Problem]:
    return [
        _found(
            engine, "odd_name", "产品名称只有一个字、含换行或像公式",
            f'SELECT DISTINCT "{column}" AS example FROM rows WHERE length("{column}") = 1'
            f""" OR regexp_matches("{column}", '\\n|^[=+@-]') ORDER BY 1""",
        ),
        _found(
            engine, "compound_name", "产品名称是几样东西合在一起（及、和、与、顿号）",
            f'SELECT DISTINCT "{column}" AS example FROM rows'
            f""" WHERE regexp_matches("{column}", '[及和与、]') ORDER BY 1""",
        ),
    ]  # fmt: skip


def _suggested(engine: duckdb.DuckDBPyConnection, columns: set[str]) -> list[Problem]:
    material = "relation = '上游材料'"
    return [
        _food(engine, material),
        _found(
            engine, "self_loop", "产品与自己的关联",
            "SELECT product || ' ' || relation AS example FROM rows WHERE product_key = object_key ORDER BY 1",
        ),
        _found(
            engine, "contained_name", "产品小类只是字面包含（氧化铁 → 氢氧化铁），不能当作从属",
            "SELECT product || ' → ' || object AS example FROM rows WHERE relation = '产品小类'"
            " AND contains(object, product) ORDER BY 1", "SELECT count(*) FROM rows WHERE relation = '产品小类'",
        ),
        _found(
            engine, "single_input", "只记了一种上游材料的产品：由此看出的“瓶颈”多半只是缺数据",
            f"SELECT product AS example FROM rows WHERE {material} GROUP BY product HAVING count(DISTINCT object) = 1"
            " ORDER BY 1",
        ),
    ]  # fmt: skip


def _food(engine: duckdb.DuckDBPyConnection, material: str) -> Problem:
    """How many of the material links are recipes, groceries or herbs, with the commonest of them."""
    edible = f"regexp_matches(object, $$({FOOD})$$) OR regexp_matches(product, $$({FOOD}|{DISHES})$$)"
    rows = engine.execute(
        f"SELECT object, count(*) AS times, sum(count(*)) OVER () FROM rows WHERE {material} AND ({edible})"
        f" GROUP BY object ORDER BY times DESC, object LIMIT {_SHOWN}"
    ).fetchall()
    count = int(rows[0][2]) if rows else 0
    whole = engine.execute(f"SELECT count(*) FROM rows WHERE {material}").fetchone()
    share = round(count / whole[0], 4) if whole and whole[0] else None
    message = "上游材料里像菜谱、食品或药材的（按字词估计），与工业链无关"
    return Problem("food_links", message, count, share, tuple(f"{name} {times}" for name, times, _ in rows))


_LOOKS: Final[Mapping[str, Callable[[duckdb.DuckDBPyConnection, set[str]], list[Problem]]]] = {
    "企业": _firms,
    "上市公司": _firms,
    "上市公司产品": _company_products,
    "产品关联": _suggested,
}
