"""Consoles, pipes, colours and Ctrl-C: what the program owes the terminal it runs in."""

from __future__ import annotations

import os
import re
import select
import signal
import time
from pathlib import Path

import pytest

WEAK = ("weak", "--region", "温岭市")
GBK = {"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0", "LANG": "zh_CN.GBK"}
COLOUR = re.compile(rb"\x1b\[[0-9;]*3[0-9][0-9;]*m")
ROWS = 400_000  # many enough that the file grows long before the end
pseudo_terminal = pytest.mark.skipif(os.name == "nt", reason="pseudo terminals are POSIX")


def on_terminal(spawn, *args: str | Path, env: dict[str, str], wide: int = 100) -> tuple[int, bytes]:
    """Run with stdout and stderr on a terminal of its own; exit code and everything it showed."""
    import fcntl
    import struct
    import termios

    parent, child = os.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 50, wide, 0, 0))
    process = spawn(*args, env={"TERM": "xterm-256color", **env}, stdout=child, stderr=child, stdin=child)
    os.close(child)
    shown = bytearray()
    while True:
        ready, _, _ = select.select([parent], [], [], 60)
        assert ready, "the program hangs"
        try:
            piece = os.read(parent, 65536)
        except OSError:  # Linux says so when the last writer is gone
            break
        if not piece:
            break
        shown += piece
    os.close(parent)
    return process.wait(timeout=60), bytes(shown)


@pytest.mark.parametrize("args", [WEAK, ("check",), ("explain", "数控车床"), ("schema",), ("--help",), ("nosuch",)],
                         ids=lambda value: value[0])  # fmt: skip
def test_redirected_output_is_utf8_whatever_the_console(bulian, example_store, args) -> None:
    env = {"BULIAN_STORE": str(example_store)}
    usual = bulian(*args, env=env, code=None)
    gbk = bulian(*args, env=env | GBK, code=None)
    assert (gbk.code, gbk.raw, gbk.raw_err) == (usual.code, usual.raw, usual.raw_err)
    assert usual.out + usual.err


@pseudo_terminal
@pytest.mark.parametrize("args", [WEAK, ("targets", "--region", "温岭市"), ("spof",), ("explain", "数控车床")],
                         ids=lambda value: value[0])  # fmt: skip
def test_a_gbk_console_shows_every_glyph(spawn, example_store, args) -> None:
    code, shown = on_terminal(spawn, *args, "--store", example_store, env=GBK)
    assert code == 0
    text = shown.decode("gbk")
    assert "数控" in text
    assert "?" not in re.sub(r"https?://[\w\s./?=&%#-]+", "", text)  # a glyph that GBK lacks becomes one


@pseudo_terminal
def test_a_glyph_that_the_console_lacks_stops_nothing(spawn, bulian, tmp_path) -> None:
    (tmp_path / "产品.csv").write_text("产品名称,别名\n𠮷轴🛠,吉轴\n", encoding="utf-8")
    bulian("ingest", "产品.csv")
    code, shown = on_terminal(spawn, "explain", "吉轴", env=GBK)
    assert code == 0
    assert "?轴?" in shown.decode("gbk")


@pseudo_terminal
def test_nothing_is_wider_than_the_terminal(spawn, example_store) -> None:
    from rich.cells import cell_len

    for wide in (60, 100):
        _, shown = on_terminal(spawn, *WEAK, "--store", example_store, env={}, wide=wide)
        text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode("utf-8"))
        assert max(cell_len(line.rstrip("\r")) for line in text.split("\n")) <= wide


@pseudo_terminal
def test_no_color_is_honoured(spawn, tmp_path) -> None:
    (tmp_path / "产品.csv").write_text("产品名称\n轴承\n", encoding="utf-8")
    code, coloured = on_terminal(spawn, "ingest", "产品.csv", "--store", "一.duckdb", env={})
    assert code == 0
    assert COLOUR.search(coloured), "the progress bar has no colour at all: this test proves nothing"
    code, plain = on_terminal(spawn, "ingest", "产品.csv", "--store", "二.duckdb", env={"NO_COLOR": "1"})
    assert code == 0
    assert not COLOUR.search(plain)


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
@pytest.mark.parametrize(
    "args",
    [("export", "--format", "json"), (*WEAK, "--json"), (*WEAK, "--all"), ("explain", "温岭市")],
    ids=["export", "json", "table", "explain"],
)
def test_a_reader_that_goes_away_causes_no_noise(spawn, example_store, args) -> None:
    process = spawn(*args, "--store", example_store)
    process.stdout.close()
    _, err = process.stdout, process.stderr.read()
    process.wait(timeout=60)
    assert err == b""


@pytest.fixture(scope="module")
def many_firms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("many") / "企业产品.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("企业名称,产品名称,角色\n")
        file.writelines(f"第{n}号机床有限公司,产品{n % 977},生产\n" for n in range(ROWS))
    return path


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C reaches a child otherwise there")
def test_ctrl_c_leaves_the_store_as_before_or_after(spawn, bulian, many_firms, tmp_path) -> None:
    (tmp_path / "产品.csv").write_text("产品名称,产业链\n轴承,机床\n", encoding="utf-8")
    bulian("ingest", "产品.csv")
    before = bulian("export", "--format", "json").raw
    size = (tmp_path / "bulian.duckdb").stat().st_mtime_ns
    process = spawn("ingest", many_firms, "--json")
    deadline = time.monotonic() + 60
    while process.poll() is None and not _writing(tmp_path, size) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert b"Traceback" not in err, err.decode()
    assert process.returncode == 1, (process.returncode, out.decode(), err.decode())
    assert "已中断" in err.decode("utf-8")
    assert b'"interrupted"' in out
    left = bulian("export", "--format", "json").raw
    facts = bulian("ingest", many_firms, "--json").json["facts"]
    assert (facts["new"] + facts["known"], facts["gone"]) == (ROWS, 0)
    assert left in (before, bulian("export", "--format", "json").raw)


def _writing(folder: Path, before: int) -> bool:
    """Whether the program is past its start: the write-ahead log exists, or the store was touched."""
    store = folder / "bulian.duckdb"
    return (folder / "bulian.duckdb.wal").exists() or store.stat().st_mtime_ns != before
