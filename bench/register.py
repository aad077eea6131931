"""A company export read in: rows a second and memory, as ten workbooks against the reader alone, and read in again.

    python bench/register.py                  100,000 rows
    python bench/register.py --rows 1000000

The rows are the firms of ``bulian synth``, with the products of its chain beside them. Every step is a process of its
own; results are printed and kept in ``bench/results/``. Targets: at least 50,000 rows a second within 3 GB; ten workbooks
at most 1.3 times their reading; a file that has not changed at most a tenth of its first ingest.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import xlsxwriter

from bench.measured import Run, bulian, command, write_result

BOOKS = 10
_READ = """
import sys
from python_calamine import CalamineWorkbook
for path in sys.argv[1:]:
    for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows():
        pass
"""


def made(folder: Path, rows: int) -> tuple[Path, Path]:
    """The company export of that many rows, and the products of the chain."""
    bulian("synth", str(folder), "--firms", str(rows), "--links", "10", "--products", "500", "--json")
    firms = next(path for path in folder.glob("*企业.csv"))
    products = next(path for path in folder.glob("*_产品.csv"))
    return firms, products


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


def measured(rows: int) -> dict[str, Any]:
    """All steps on one population."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        firms, products = made(folder / "tables", rows)
        first = bulian("ingest", str(firms), str(products), "--store", str(folder / "csv.duckdb"), "--json")
        again = bulian("ingest", str(firms), str(products), "--store", str(folder / "csv.duckdb"), "--json")
        paths = [str(path) for path in books(firms, folder / "books")]
        reading = command(sys.executable, "-c", _READ, *paths)
        whole = bulian("ingest", *paths, "--store", str(folder / "xlsx.duckdb"), "--json")
        figures = {
            "rows": rows, "csv": told("CSV", first), "csv again": told("CSV unchanged", again),
            "calamine alone": told("ten workbooks, read", reading), "xlsx": told("ten workbooks, in", whole),
            "rows/s": round(rows / first.wall), "again/first": round(again.wall / first.wall, 3),
            "xlsx/calamine": round(whole.wall / reading.wall, 2),
        }  # fmt: skip
    for ratio in ("rows/s", "again/first", "xlsx/calamine"):
        print(f"{ratio:<24}{figures[ratio]:>9}")
    return figures


def main() -> None:
    """Measure and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    write_result(f"register-{rows}", measured(rows))


if __name__ == "__main__":
    main()
