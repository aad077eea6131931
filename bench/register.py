"""A company export read in: rows a second and memory, as ten workbooks against the reader alone, and read in again.

    python bench/register.py                              100,000 rows
    python bench/register.py --rows 1000000 --csv-only    without the workbooks

The rows are those of ``bench/export_rows.py``, which says what they are made of; the chain they are linked to is that of
the example. Every step is a process of its own with its wall and processor time; results are printed and kept in
``bench/results/``. Targets: at least 50,000 rows a second within 3 GB; ten workbooks at most 1.3 times their reading by
python-calamine; a file that has not changed at most a tenth of its first ingest. Beside them stands our own reading of
the files alone, so that it can be seen which part of an ingest is reading and which is writing and linking.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import xlsxwriter

from bench.export_rows import distinct, write_export
from bench.measured import Run, bulian, command, write_result
from bulian.examples import example_folder

BOOKS = 10
_CHAIN = ("产品.csv", "产业链关系.csv")
_READ = """
import sys
from python_calamine import CalamineWorkbook
for path in sys.argv[1:]:
    for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows():
        pass
"""
_READ_BY_US = """
import sys
from pathlib import Path
from bulian.ingest.readers import read_tables
from bulian.ingest.table_match import header_score
for path in sys.argv[1:]:
    for _ in read_tables(Path(path), header_score):
        pass
"""


def store_with_chain(path: Path) -> str:
    """A new store that holds the chain of the example."""
    bulian("ingest", *(str(example_folder() / name) for name in _CHAIN), "--store", str(path), "--json")
    return str(path)


def books(table: Path, folder: Path) -> list[Path]:
    """The same rows as ten workbooks."""
    folder.mkdir()
    with table.open(encoding="utf-8-sig", newline="") as file:
        total = sum(1 for _ in csv.reader(file)) - 1
    paths = []
    with table.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        header = next(lines)
        for number in range(BOOKS):
            paths.append(folder / f"企业{number}.xlsx")
            _write(paths[-1], header, islice(lines, -(-total // BOOKS)))
    return paths


def _write(path: Path, header: list[str], lines: Iterator[list[str]]) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, header)
        for at, line in enumerate(lines, 1):
            for column, cell in enumerate(line):
                if cell:
                    page.write_string(at, column, cell)


def told(name: str, run: Run) -> dict[str, float]:
    """The figures of a run, printed as well."""
    print(f"{name:<24}{run.wall:9.2f} s {run.cpu:9.2f} s CPU {run.peak:7.2f} GB", flush=True)
    return run.figures()


def measured(rows: int, *, csv_only: bool) -> dict[str, Any]:
    """All steps on one export."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = folder / "企业名录.csv"
        write_export(table, rows)
        figures: dict[str, Any] = {"rows": rows, "scopes": distinct(table)}
        store = store_with_chain(folder / "csv.duckdb")
        first = bulian("ingest", str(table), "--store", store, "--json")
        said = json.loads(first.out)
        figures["facts"] = said["facts"]["new"]
        figures["csv"] = told("CSV", first)
        figures["csv read by us"] = told("CSV, read only", command(sys.executable, "-c", _READ_BY_US, str(table)))
        again = bulian("ingest", str(table), "--store", store, "--json")
        figures["csv again"] = told("CSV unchanged", again)
        figures |= {"rows/s": round(rows / first.wall), "rows/s of processor": round(rows / first.cpu)}
        figures |= {"again/first": round(again.wall / first.wall, 3), "again/first cpu": round(again.cpu / first.cpu, 3)}
        figures["store GB"] = round(Path(store).stat().st_size / 1e9, 2)
        if not csv_only:
            figures |= workbooks(table, folder)
    for ratio in ("rows/s", "rows/s of processor", "again/first", "xlsx/calamine", "xlsx/calamine cpu"):
        print(f"{ratio:<24}{figures.get(ratio, '-'):>9}")
    return figures


def workbooks(table: Path, folder: Path) -> dict[str, Any]:
    """The same rows as ten workbooks: read by python-calamine, read by us, and read in."""
    paths = [str(path) for path in books(table, folder / "books")]
    reading = command(sys.executable, "-c", _READ, *paths)
    ours = command(sys.executable, "-c", _READ_BY_US, *paths)
    whole = bulian("ingest", *paths, "--store", store_with_chain(folder / "xlsx.duckdb"), "--json")
    return {
        "calamine alone": told("ten workbooks, calamine", reading),
        "xlsx read by us": told("ten workbooks, read only", ours),
        "xlsx": told("ten workbooks, in", whole),
        "xlsx read/calamine cpu": round(ours.cpu / reading.cpu, 2),
        "xlsx/calamine": round(whole.wall / reading.wall, 2),
        "xlsx/calamine cpu": round(whole.cpu / reading.cpu, 2),
    }


def main() -> None:
    """Measure and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--csv-only", action="store_true")
    asked = parser.parse_args()
    write_result(f"register-{asked.rows}", measured(asked.rows, csv_only=asked.csv_only))


if __name__ == "__main__":
    main()
