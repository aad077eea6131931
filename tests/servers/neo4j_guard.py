"""The end of all servers of a folder: ``python neo4j_guard.py FOLDER`` waits until nobody uses them and kills them.

Whoever uses the servers holds a shared lock on ``alive.lock``. The lock ends with its holder, also with one that was
killed; so there is no end of a test run that leaves a server behind.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from .neo4j_fetch import locked
    from .neo4j_server import Neo4jServer
else:  # run as a script
    from neo4j_fetch import locked
    from neo4j_server import Neo4jServer

ALIVE = "alive.lock"


def kill_all(folder: Path) -> None:
    """Kill every server whose home is in this folder and remove its data; the logs stay."""
    for conf in folder.glob("*/conf/neo4j.conf"):
        server = Neo4jServer(conf.parents[1])
        server.kill()
        for name in ("data", "run", "import"):
            shutil.rmtree(server.home / name, ignore_errors=True)


def main(folder: Path) -> None:
    """Wait, then kill."""
    with locked(folder / ALIVE):
        kill_all(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
