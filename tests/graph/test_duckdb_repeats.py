from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.graph.errors import InputError
from bulian.graph.facts import Source, Tally, facts_table

FILE = "file:///名录.xlsx"


def said(*places: tuple[str | None, int]) -> pa.Table:
    """One fact, and another of each row, said at these places (sheet, row)."""
    common = {"subject_kind": "Enterprise", "file": FILE, "method": "table:企业", "confidence": 0.9, "modality": "stated"}
    rows = []
    for sheet, row in places:
        for key in ("甲", f"乙{sheet}{row}"):
            rows.append({**common, "subject": key, "subject_key": key, "predicate": "name", "value": key, "sheet": sheet,
                         "row": row})  # fmt: skip
    return facts_table(rows)


def places(store: DuckDBStore) -> list[tuple[str | None, int]]:
    """Where the fact that was said again and again stands."""
    return store._rows("SELECT sheet, row FROM fact WHERE subject = '甲'")


def test_of_a_fact_said_several_times_the_first_place_is_kept(tmp_path: Path) -> None:
    with open_duckdb(str(tmp_path / "a.duckdb"), write=True) as store:
        with store.write(Source(FILE, "名录")) as writer:
            writer.add_each([said((None, 9), (None, 3), (None, 5)), said((None, 20), (None, 21))])
        assert places(store) == [(None, 3)]
        assert writer.tally == Tally(new=6)


def test_a_sheet_that_comes_later_but_sorts_first_wins(tmp_path: Path) -> None:
    with open_duckdb(str(tmp_path / "a.duckdb"), write=True) as store:
        with store.write(Source(FILE, "名录")) as writer:
            writer.add(said(("乙表", 2), ("乙表", 3)))
            writer.add(said(("甲表", 4)))
            writer.add(said(("丙表", 1)))
        assert places(store) == [min(("乙表", 2), ("甲表", 4), ("丙表", 1))]
        assert writer.tally == Tally(new=5)
        with store.write(Source(FILE, "名录")) as writer:
            writer.add_each([said(("甲表", 4)), said(("甲表", 4))])
        assert writer.tally == Tally(known=2, gone=3)


def test_what_fails_while_facts_are_made_is_raised_as_it_is_and_nothing_stays(tmp_path: Path) -> None:
    def broken() -> Iterator[pa.Table]:
        yield said((None, 1))
        raise InputError("坏了", where="名录", hint="")

    with open_duckdb(str(tmp_path / "a.duckdb"), write=True) as store:
        with pytest.raises(InputError, match="坏了"), store.write(Source(FILE, "名录")) as writer:
            writer.add_each(broken())
        assert places(store) == []
