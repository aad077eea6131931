"""A million firms in one file: reading them in, asking, opening, writing out, copying; each step a process of its own.

    python bench/million.py                   100,000 firms, 500,000 links, 2,000 products
    python bench/million.py --firms 1000000 --products 20000
    python bench/million.py --growth          the same at a hundredth and a tenth of the firms as well
    python bench/million.py --twice           copy and exports at twice the firms as well

The tables are those of ``bulian synth``, the same in every run. Results are printed and kept in ``bench/results/`` with
the machine and the versions. Compare ratios: a second of one machine is not a second of another.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.loops import against_loops
from bench.measured import Run, bulian, command, write_result
from bulian.graph.opening import open_store
from bulian.ingest.synth import CHAIN_NAME, LINKS_PER_FIRM

REGION = "温岭市"
FORMATS = ("neo4j-admin", "json", "parquet", "csv")
_WHAT = {
    "open": """
import sys, time
from bulian.graph.opening import open_store
begun = time.perf_counter()
open_store(sys.argv[1]).close()
print(time.perf_counter() - begun)
""",
    "explain": """
import sys, time
from bulian.graph.opening import open_store
from bulian.queries.explain import explain
view = open_store(sys.argv[1])
begun = time.perf_counter()
explain(view, sys.argv[2])
print(time.perf_counter() - begun)
""",
}


def inside(what: str, *arguments: str) -> float:
    """Seconds something takes after the process has started: the best of three processes."""
    return min(float(command(sys.executable, "-c", _WHAT[what], *arguments).out) for _ in range(3))


def told(name: str, run: Run) -> dict[str, float]:
    """The figures of a run, printed as well."""
    print(f"{name:<32}{run.wall:9.2f} s {run.peak:7.2f} GB", flush=True)
    return run.figures()


def load(folder: Path, firms: int, products: int) -> tuple[str, dict[str, Any]]:
    """Make and read in a population: the store and the figures."""
    tables, store = str(folder / f"tables-{firms}"), str(folder / f"{firms}.duckdb")
    sizes = ("--firms", str(firms), "--links", str(LINKS_PER_FIRM * firms), "--products", str(products))
    synth = bulian("synth", tables, *sizes, "--json")
    rows = json.loads(synth.out)["rows"]
    read = bulian("ingest", tables, "--store", store, "--json")
    figures = {
        "firms": firms, "links": LINKS_PER_FIRM * firms, "products": products, "rows": rows,
        "synth": told("synth", synth), "ingest": told("ingest", read), "rows/s": round(rows / read.wall),
        "store GB": round(Path(store).stat().st_size / 1e9, 2),
    }  # fmt: skip
    return store, figures


def asked(store: str) -> dict[str, Any]:
    """Questions of a user, and what an open store answers."""
    weak = bulian("weak", "--region", REGION, "--chain", CHAIN_NAME, "--store", store, "--json", runs=3)
    with open_store(store) as view:
        edge = next(view.edges("PRODUCES"))
        loops = against_loops(view, CHAIN_NAME, REGION)
    said = f"{edge.source} {edge.relation} {edge.target}"
    return {
        "weak --json": {**told("weak --json", weak), "MB": round(len(weak.out) / 1e6)},
        "open s": round(inside("open", store), 3), "explain an edge s": round(inside("explain", store, said), 3), **loops,
    }  # fmt: skip


def moved(folder: Path, store: str) -> dict[str, Any]:
    """Exports and a copy, each with its memory."""
    found = {}
    for form in FORMATS:
        out = folder / f"out.{form}"
        run = bulian("export", "--format", form, "--store", store, "-o", str(out), "--json")
        found[f"export {form}"] = told(f"export {form}", run)
        command("rm", "-rf", str(out))
    found["copy"] = told("copy", bulian("copy", store, str(folder / "copy.duckdb"), "--json"))
    (folder / "copy.duckdb").unlink()
    return found


def main() -> None:
    """Measure and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--products", type=int, default=2000)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--twice", action="store_true")
    parser.add_argument("--keep", type=Path, help="folder to keep tables and stores in")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        smaller = [options.firms // 100, options.firms // 10] if options.growth else []
        result: dict[str, Any] = {"growth": [load(folder, firms, options.products)[1] for firms in smaller]}
        store, result["loaded"] = load(folder, options.firms, options.products)
        result |= {"asked": asked(store), "moved": moved(folder, store)}
        if options.twice:
            store, result["loaded twice"] = load(folder, 2 * options.firms, options.products)
            result["moved twice"] = moved(folder, store)
    write_result(f"million-{options.firms}", result)


if __name__ == "__main__":
    main()
