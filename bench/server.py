"""The same store in a file and on a Neo4j server: loading, the same answers, offline files, side by side in one run.

    python bench/server.py                 200,000 firms, 1,000,000 links (1.2 million nodes and relationships and more)
    python bench/server.py --firms 20000   smaller

Starts a server of its own (tests/servers; needs Java, and Maven for the first fetch), fills a file with the tables of
``bulian synth``, copies it to the server, asks both the same. Results are printed and written to ``bench/results/``
with the machine and the versions: compare ratios, not seconds.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.measured import Clock, bulian, write_result
from bulian.graph.copying import copy_store
from bulian.graph.neo4j_push import Sender
from bulian.graph.opening import open_store
from bulian.ingest.pipeline import ingest
from bulian.ingest.synth import CHAIN_NAME, write_synthetic
from tests.servers.neo4j_server import STEADY, Neo4jServer

REGION = "温岭市"
SETTINGS = {
    "server.memory.heap.initial_size": "2g",
    "server.memory.heap.max_size": "2g",
    "server.memory.pagecache.size": "2g",
}


def timed_sender(clock: Clock) -> None:
    """Time the stages of sending apart."""
    for name in ("stage", "swap", "nodes", "edges", "aliases"):
        plain = getattr(Sender, name)

        def stage(self: Any, *args: Any, _plain: Any = plain, _name: str = name) -> Any:
            with clock(f"send {_name}"):
                return _plain(self, *args)

        setattr(Sender, name, stage)


def measure(folder: Path, firms: int, links: int, products: int) -> dict[str, Any]:
    """Everything, in one run."""
    clock = Clock()
    timed_sender(clock)
    file = str(folder / "store.duckdb")
    files = write_synthetic(folder / "tables", firms=firms, links=links, products=products).paths
    with clock("ingest into the file"), open_store(file, write=True) as store:
        ingest(store, list(files))
    with open_store(file) as view:
        counts = {"nodes": view.count(), "edges": sum(1 for _ in view.edges())}
        edge = next(view.edges("PRODUCES"))
    with Neo4jServer(folder / "server", settings=SETTINGS, jvm=STEADY) as server:
        os.environ.update(server.env)
        server.start()
        with clock("copy to the server"):
            copied = copy_store(file, server.url)
        asked: dict[str, Any] = {}
        for name, arguments in {
            "weak": ("weak", "--region", REGION, "--chain", CHAIN_NAME, "--json"),
            "explain": ("explain", edge.source, edge.relation, edge.target, "--json"),
        }.items():
            here, there = (bulian(*arguments, "--store", place, runs=3) for place in (file, server.url))
            asked[name] = {"file": here.figures(), "server": there.figures(), "equal": here.out == there.out,
                           "server over file": round(there.wall / here.wall, 2)}  # fmt: skip
            print(f"{name:<32}{here.wall:9.2f} s, server {there.wall:.2f} s", flush=True)
    seconds = clock.seconds
    merged = counts["nodes"] + counts["edges"]
    return {
        "firms": firms, "links": links, "products": products, **counts, "facts": copied.facts,
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "nodes and relationships per second (MERGE)": round(merged / (seconds["send nodes"] + seconds["send edges"])),
        "facts per second (staged)": round(copied.facts / seconds["send stage"]), "asked": asked,
    }  # fmt: skip


def main() -> None:
    """Measure and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firms", type=int, default=200_000)
    parser.add_argument("--products", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        result = measure(Path(temporary), options.firms, 5 * options.firms, options.products)
    write_result(f"server-{options.firms}", result)


if __name__ == "__main__":
    main()
