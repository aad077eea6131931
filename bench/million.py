"""How fast a synthetic population is made and goes in, and how fast weak links come out.

    python bench/million.py            100,000 firms, 500,000 links
    python bench/million.py --full     1,000,000 firms, 5,000,000 links

The tables are those of ``bulian synth``, the same in every run. Numbers are of one run on one machine: compare only
ratios.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bulian.graph.duckdb_store import open_duckdb
from bulian.ingest.pipeline import ingest
from bulian.ingest.synth import CHAIN_NAME, LINKS_PER_FIRM, write_synthetic
from bulian.queries.weak_links import find_weak_links

COUNTY = "331081"


def write_files(folder: Path, firms: int, links: int, products: int) -> Sequence[Path]:
    """The synthetic tables; how long they took is printed."""
    begun = time.perf_counter()
    made = write_synthetic(folder, firms=firms, links=links, products=products)
    print(f"生成 {made.rows:,} 行 {time.perf_counter() - begun:.1f} s，内存峰值 {peak():.2f} GB")
    return made.paths


def peak() -> float:
    """Most memory this process ever held, GB."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1 << 30 if sys.platform == "darwin" else 1 << 20)


def main() -> None:
    """Write the files, ingest them, ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--firms", type=int, default=None)
    parser.add_argument("--products", type=int, default=2000)
    parser.add_argument("--keep", type=Path, help="folder to keep files and store in")
    options = parser.parse_args()
    firms = options.firms or (1_000_000 if options.full else 100_000)
    products = 20_000 if options.full else options.products
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        run(folder, write_files(folder, firms, LINKS_PER_FIRM * firms, products))


def run(folder: Path, files: Sequence[Path]) -> None:
    """Ingest every file, then ask once."""
    path = folder / "store.duckdb"
    path.unlink(missing_ok=True)
    marks: list[tuple[str, float]] = []
    started = time.perf_counter()
    store = open_duckdb(str(path), write=True)
    report = ingest(store, files, progress=lambda doing, done, total: marks.append((doing, time.perf_counter())))
    ended = time.perf_counter()
    for (doing, begun), (_, stopped) in zip(marks, [*marks[1:], ("", ended)], strict=True):
        rows = sum(entry.accepted for entry in report.files if Path(entry.path).name == doing)
        rate = f"{rows / (stopped - begun):12,.0f} 行/秒" if rows else ""
        print(f"{doing:<14}{stopped - begun:8.2f} s  {rows:>9,} 行{rate}")
    rows = sum(entry.accepted for entry in report.files)
    rejected = sum(entry.rejected for entry in report.files)
    print(
        f"合计 {ended - started:.1f} s，{rows / (ended - started):,.0f} 行/秒，"
        f"退回 {rejected} 行，新事实 {report.facts.new:,}"
    )
    store.close()
    print(f"存储 {path.stat().st_size / 1e9:.2f} GB，导入的内存峰值 {peak():.2f} GB")
    begun = time.perf_counter()
    with open_duckdb(str(path)) as view:
        opened = time.perf_counter()
        weak = find_weak_links(view, COUNTY, CHAIN_NAME)
    ended = time.perf_counter()
    print(
        f"打开 {opened - begun:.2f} s，薄弱环节 {ended - opened:.2f} s，"
        f"{len(weak.findings)} 个环节，内存峰值 {peak():.2f} GB"
    )


if __name__ == "__main__":
    main()
