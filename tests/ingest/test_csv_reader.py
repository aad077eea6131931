"""CSV: the two ways of parsing agree, and what was written comes back whatever the dialect."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bulian.graph.errors import InputError
from bulian.graph.guard import guard_csv
from bulian.ingest.csv_reader import read_csv
from bulian.ingest.readers import RawSheet, read_tables
from bulian.ingest.text_source import open_text

HEADER = ["企业名称", "统一社会信用代码", "城市"]
ROWS = [["北平机床有限公司", "91331081MA2AAAAA1X", "台州市"], ["上优刀具", "", "温岭市"]]


def score(cells: Sequence[str]) -> float:
    return sum(cell in HEADER for cell in cells) / len(HEADER)


def body(sheet: RawSheet) -> list[list[str | None]]:
    return [list(row.values())[:-1] for row in sheet.columns.to_pylist()]


def rows_of(sheet: RawSheet) -> list[int]:
    return sheet.columns["row"].to_pylist()


def only(path: Path) -> RawSheet:
    (sheet,) = read_tables(path, score)
    return sheet


def told(sheet: RawSheet) -> list[tuple[int, str, str]]:
    return [(e.row, e.column, e.code) for e in sheet.errors]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def writer(content: str | bytes, name: str = "表.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return writer


CELL = st.text(st.sampled_from(list("ab1,;\t|\"\n\r '=#企业\u3000\u00a0\0")), max_size=5)
TABLE = st.lists(st.lists(CELL, min_size=0, max_size=4), min_size=0, max_size=8)
NOISE = st.text(st.sampled_from(list('ab,,,""\n\n\r企')), max_size=60)
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)


def same(path: Path) -> None:
    try:
        fast = read_csv(open_text(path), score)
    except InputError as error:
        with pytest.raises(InputError, match=error.message):
            read_csv(open_text(path), score, exact=True)
        return
    exact = read_csv(open_text(path), score, exact=True)
    assert fast.columns.to_pylist() == exact.columns.to_pylist()
    assert (fast.header, fast.header_row, fast.errors, fast.notes) == (
        exact.header,
        exact.header_row,
        exact.errors,
        exact.notes,
    )


@QUIET
@given(NOISE, st.sampled_from(["企业名称,城市\n", "企业名称\n", "标题\n\n企业名称,统一社会信用代码,城市\r\n", ""]))
@example('甲,"乙\n', "企业名称,城市\n")
@example('"甲"x,乙\n\n丙', "企业名称,城市\n")
@example('甲,"x"y\n乙,"z\n', "企业名称,城市\n")
def test_both_csv_ways_agree_on_any_text(tmp_path: Path, noise: str, header: str) -> None:
    path = tmp_path / "n.csv"
    path.write_bytes((header + noise).encode())
    same(path)


@QUIET
@given(TABLE, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from([",", "\t", ";", "|"]), st.integers(0, 2))
def test_csv_gives_back_what_the_csv_module_wrote(
    tmp_path: Path, table: list[list[str]], end: str, delimiter: str, quoting: int
) -> None:
    """The oracle is the writer of the standard library: cells come back trimmed, line ends unified."""
    if any(set(cell) & set("\r\n") for row in table for cell in row):
        quoting = csv.QUOTE_ALL  # the writer itself may leave a line end unquoted
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([HEADER, *table])
    path = tmp_path / "w.csv"
    path.write_bytes(text.getvalue().encode())
    same(path)
    sheet = read_csv(open_text(path), score)
    assert sheet.header == tuple(HEADER)
    expected = {}
    for number, row in enumerate(table, 2):
        cells = [bare(cell) for cell in row][:3]
        cells += [None] * (3 - len(cells))
        if any(cells):
            expected[number] = cells
    found = dict(zip(rows_of(sheet), body(sheet), strict=True))
    faulty = {e.row for e in sheet.errors}
    assert {n: c for n, c in found.items() if n not in faulty} == {n: c for n, c in expected.items() if n not in faulty}
    long = {n for n, row in enumerate(table, 2) if any(bare(c) for c in row[3:])}
    assert {e.row for e in sheet.errors if e.code == "row_too_long"} == long


def bare(cell: str) -> str | None:
    if cell[:1] == "'" and guard_csv(cell[1:]) == cell:
        cell = cell[1:]
    return cell.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip() or None


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_delimiter_and_line_end_do_not_matter(
    write: Callable[..., Path], encoding: str, delimiter: str, end: str
) -> None:
    text = end.join(delimiter.join(row) for row in [HEADER, *ROWS]) + end
    sheet = only(write(text, encoding=encoding))
    assert (sheet.header, sheet.header_row, sheet.errors) == (tuple(HEADER), 1, ())
    assert body(sheet) == [[cell or None for cell in row] for row in ROWS]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_a_multibyte_character_may_lie_across_read_boundaries(write: Callable[..., Path], encoding: str) -> None:
    text = "a" + ",".join(HEADER) + "\n" + "".join(f"温岭市机械{i},,台州市\n" for i in range(60_000))
    sheet = only(write(text[1:], encoding=encoding))
    assert sheet.columns.num_rows == 60_000
    assert sheet.columns["c0"][59_999].as_py() == "温岭市机械59999"


@QUIET
@given(
    st.lists(
        st.text(st.characters(categories=["L", "N", "P"], exclude_characters="#'"), min_size=1, max_size=6),
        min_size=1,
        max_size=6,
    )
)
def test_any_text_survives_utf8_and_marked_encodings(tmp_path: Path, names: list[str]) -> None:
    text = "企业名称\t城市\n" + "".join(f'"{name.replace(chr(34), chr(34) * 2)}"\t台州\n' for name in names)
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path = tmp_path / "e.csv"
        path.write_bytes(text.encode(encoding))
        found = [row[0] for row in body(read_csv(open_text(path), score)) if row[1] == "台州"]
        assert [name for name in names if name not in found] == []


def test_big5_is_not_taken_for_gb18030(write: Callable[..., Path]) -> None:
    """Nearly any bytes are valid GB18030; nonsense must not come in as names."""
    rows = "".join(f"臺灣精密機械股份有限公司第{i}廠,臺中市\n" for i in range(40))
    path = write("企業名稱,城市\n" + rows, encoding="big5")
    sheet = only(path)
    assert body(sheet)[0] == ["臺灣精密機械股份有限公司第0廠", "臺中市"]
    assert any("推测" in note for note in sheet.notes)


@pytest.mark.shared
def test_reference_tables_have_as_many_rows_as_records() -> None:
    data = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
    if not data.is_dir():
        pytest.skip("参考数据不在仓库旁")
    tables = sorted(data.rglob("*.csv"))
    assert tables
    for path in tables:
        with path.open(encoding="utf-8-sig", newline="") as file:
            records = [row for row in csv.reader(file) if any(map(bare, row))]
        sheet = only(path)
        assert sheet.columns.num_rows == len(records) - 1, path
        assert sheet.header == tuple(cell.strip() for cell in records[0]), path
        assert sheet.errors == (), path
