"""The embedded file under bad luck: killed writers, two programs at once, foreign files, a full disk."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bulian.graph.duckdb_store import open_duckdb
from bulian.graph.errors import NotFoundError, StoreError, StoreUnavailable, StoreVersionError
from bulian.graph.export import export_json

INGEST = """
import sys
from pathlib import Path
from bulian.graph.duckdb_store import open_duckdb
from bulian.ingest.pipeline import ingest
store = open_duckdb(sys.argv[1], write=True)
print("open", flush=True)
ingest(store, [Path(path) for path in sys.argv[2:]])
print("done", flush=True)
store.close()
"""

LIMITED = """
import resource, sys
from bulian.graph.errors import BulianError
from pathlib import Path
from bulian.graph.duckdb_store import open_duckdb
from bulian.ingest.pipeline import ingest
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
try:
    store = open_duckdb(sys.argv[2], write=True)
    report = ingest(store, [Path(sys.argv[3])])
except BulianError as error:
    print(type(error).__name__, error.exit_code)
else:
    print("no error", report.files)
"""

HOLD = """
import sys
from bulian.graph.duckdb_store import open_duckdb
store = open_duckdb(sys.argv[1], write=True)
print("open", flush=True)
sys.stdin.readline()
store.close()
"""


EMPTY = '{"nodes": [],\n"edges": [],\n"facts": []}\n'


def big_files(door: Any, rows: int) -> list[Path]:
    return [
        door.file(
            f"企业{part}.csv", "企业名称,简称,省份,城市,区县,登记状态,注册资本,主营产品",
            *((f"第{part}区{n}号有限公司", f"{part}区{n}号", "浙江省", "台州市", "温岭市", "存续", f"{n}万", "主轴；刀塔")
              for n in range(rows)),
        )
        for part in range(4)
    ]  # fmt: skip


def content(url: str) -> str:
    try:
        store = open_duckdb(url)
    except NotFoundError:  # killed before there was anything
        return EMPTY
    try:
        return "".join(export_json(store))
    finally:
        store.close()


def test_killed_at_any_moment(duckdb_door: Any) -> None:
    files = big_files(duckdb_door, 600)
    states = {EMPTY: 0}
    for number in range(1, len(files) + 1):
        prefix = duckdb_door.another(f"prefix{number}")
        prefix.ingest(*files[:number])
        states[prefix.export()] = number
    assert len(states) == len(files) + 1
    whole = next(text for text, number in states.items() if number == len(files))
    command = [sys.executable, "-c", INGEST]
    begun = time.monotonic()
    subprocess.run([*command, duckdb_door.another("timed").url, *map(str, files)], check=True, capture_output=True)
    takes = time.monotonic() - begun
    chance = random.Random(20)
    seen = set()
    for attempt in range(14):
        url = duckdb_door.another(f"killed{attempt}").url
        process = subprocess.Popen([*command, url, *map(str, files)], stdout=subprocess.PIPE)
        time.sleep(takes * chance.uniform(0.2, 1.0))
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
        left = content(url)
        assert left in states, "neither before nor after a source"
        seen.add(states[left])
        if attempt % 7 == 0:
            store = duckdb_door.another(f"killed{attempt}")
            store.ingest(*files)
            assert store.export() == whole
    assert len(seen) > 1, "the kills must hit different moments to prove anything"


def test_one_writer_at_a_time(duckdb_door: Any) -> None:
    duckdb_door.ingest(duckdb_door.file("产品.csv", "产品名称", ("主轴",)))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, duckdb_door.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    try:
        for write in (True, False):
            with pytest.raises(StoreUnavailable) as caught:
                open_duckdb(duckdb_door.url, write=write)
            assert (caught.value.exit_code, caught.value.code) == (5, "store_locked")
    finally:
        holder.communicate("\n")
    assert "主轴" in content(duckdb_door.url)


def test_another_version_is_refused(duckdb_door: Any) -> None:
    duckdb_door.ingest(duckdb_door.file("产品.csv", "产品名称", ("主轴",)))
    with duckdb.connect(duckdb_door.url) as raw:
        raw.execute("UPDATE setting SET value = '0' WHERE name = 'store_version'")
    for write in (True, False):
        with pytest.raises(StoreVersionError):
            open_duckdb(duckdb_door.url, write=write)
    with duckdb.connect(duckdb_door.url) as raw:
        assert raw.execute("SELECT count(*) FROM fact").fetchone() == (1,), "a refused store is left alone"


@pytest.mark.parametrize("content", [b"not a database at all, just text\n" * 400, b"PK\x03\x04" + b"\0" * 8192])
def test_what_is_no_store_is_refused_and_left_alone(duckdb_door: Any, content: bytes) -> None:
    path = Path(duckdb_door.url)
    path.write_bytes(content)
    for write in (True, False):
        with pytest.raises(StoreError):
            open_duckdb(duckdb_door.url, write=write)
    assert path.read_bytes() == content


def test_a_database_of_somebody_else_is_refused_and_left_alone(duckdb_door: Any) -> None:
    with duckdb.connect(duckdb_door.url) as raw:
        raw.execute("CREATE TABLE mine AS SELECT 42 AS answer")
    for write in (True, False):
        with pytest.raises(StoreError):
            open_duckdb(duckdb_door.url, write=write)
    with duckdb.connect(duckdb_door.url) as raw:
        assert raw.execute("SELECT answer FROM mine").fetchall() == [(42,)]


def test_reading_what_is_not_there(duckdb_door: Any) -> None:
    with pytest.raises(NotFoundError) as caught:
        open_duckdb(duckdb_door.url)
    assert caught.value.exit_code == 3
    assert not Path(duckdb_door.url).exists()


def test_what_a_kill_at_creation_leaves_can_be_written_to(duckdb_door: Any) -> None:
    Path(duckdb_door.url).touch()
    duckdb_door.ingest(duckdb_door.file("产品.csv", "产品名称", ("主轴",)))
    assert "主轴" in duckdb_door.export()


@pytest.mark.skipif(sys.platform == "win32", reason="no resource limits on Windows")
def test_a_full_disk_leaves_the_old_content(duckdb_door: Any) -> None:
    duckdb_door.ingest(duckdb_door.file("产品.csv", "产品名称", ("主轴",)))
    before = duckdb_door.export()
    file = big_files(duckdb_door, 6000)[0]
    limit = Path(duckdb_door.url).stat().st_size + 100_000
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), duckdb_door.url, str(file)], capture_output=True, text=True
    )
    assert done.stdout == "StoreUnavailable 5\n", done.stderr
    assert duckdb_door.export() == before
    duckdb_door.ingest(file)
    assert duckdb_door.export() != before
