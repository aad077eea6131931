"""A foreign graph into the contract's tables: every mapped label and relationship type is read like a sheet.

Elements come in the order of their internal number, which is the order of the server's own scan: a page of them costs
no sorting and goes on where the last one ended. So neither side ever holds more than some pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import neo4j.spatial
import neo4j.time
import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.neo4j_server import Server
from bulian.graph.regions import Regions
from bulian.graph.store import Writer

from .cell_text import text_of
from .graph_config import Part
from .graph_source import FOREIGN, GraphSource, Inventory, as_input, quoted, take_stock, unused_properties
from .progress import Steps
from .raw_sheet import Header, RawSheet, finish_sheet
from .report import FileReport, RejectedRow
from .sheets import ingest_sheet
from .sources import DataFile
from .table_match import Match, match_table

__all__ = ["read_graph", "text_of_property"]

_PAGE: Final = 20_000
"""So many elements travel at a time."""
_SHEET: Final = 200_000
"""So many rows are cleaned and mapped at a time."""
_QUOTE: Final = "原文"
_SEPARATOR: Final = "；"


def read_graph(
    writer: Writer, source: DataFile, chain: str | None, regions: Regions, rejected: list[RejectedRow], steps: Steps
) -> list[FileReport]:
    """Write the facts of every mapped label and type; their reports, then one for each that the mapping leaves out.

    Args:
        writer: of the store.
        source: the graph, a :class:`~bulian.ingest.graph_source.GraphSource`.
        chain: the chain of rows that name none.
        regions: the region tree.
        rejected: where rejected rows are appended.
        steps: told how far it is.

    Raises:
        InputError: the server fails or says something that cannot be read.
    """
    assert isinstance(source, GraphSource)
    with as_input():
        server = Server(source.address)
    try:
        with as_input():
            stock = take_stock(server)
        reports = [
            _read_part(server, writer, source, part, chain, regions, rejected, steps) for part in source.mapping.parts
        ]
    finally:
        server.close()
    _tell_left_out(source, stock, reports)
    return [*reports, *_unmapped(source, stock)]


def _read_part(
    server: Server, writer: Writer, source: GraphSource, part: Part, chain: str | None, regions: Regions,
    rejected: list[RejectedRow], steps: Steps,
) -> FileReport:  # fmt: skip
    total = FileReport(source.shown, table=part.match.table.name, sheet=part.name)
    match = _with_quote(part)
    empty = {column.header: column.property for column in part.columns}
    for sheet in _sheets(server, source, part):
        kept_out: list[RejectedRow] = []
        _add(total, ingest_sheet(writer, source, sheet, match, chain, regions, kept_out, steps))
        rejected += [replace(row, file=source.shown) for row in kept_out]
        for at, header in enumerate(sheet.header):
            if header in empty and sheet.columns[f"c{at}"].null_count < len(sheet.columns):
                del empty[header]
    with as_input():
        total.unmapped = unused_properties(server, part)
    if total.read:
        total.notes += [f"属性 {prop} 在 {part.name} 上没有值，“{header}”全空" for header, prop in empty.items()]
    return total


def _with_quote(part: Part) -> Match:
    """The mapping's match, and the column that names the element where no property fills it."""
    match = match_table([*part.headers, *_added(part)], None, part.match.table)
    assert match is not None  # the headers alone matched already
    return match


def _added(part: Part) -> list[str]:
    return [] if "quote" in part.match.columns else [_QUOTE]


def _add(total: FileReport, entry: FileReport) -> None:
    total.read += entry.read
    total.accepted += entry.accepted
    total.rejected += entry.rejected
    total.reasons += entry.reasons
    total.notes += [note for note in entry.notes if note not in total.notes]


def _sheets(server: Server, source: GraphSource, part: Part) -> Iterator[RawSheet]:
    """The elements as sheets of at most some 200,000 rows, numbered through."""
    pages: list[pa.Table] = []
    rows = done = 0
    for page in _pages(server, part):
        pages.append(page)
        rows += len(page)
        if rows >= _SHEET:
            yield _sheet(source, part, pages, done)
            done, rows, pages = done + rows, 0, []
    if pages:
        yield _sheet(source, part, pages, done)


def _sheet(source: GraphSource, part: Part, pages: list[pa.Table], before: int) -> RawSheet:
    cells = pa.concat_tables(pages)
    numbers = pa.array(range(before + 1, before + len(cells) + 1), pa.int32())
    columns: list[Any] = list(cells.columns)
    columns += [pa.chunked_array([pa.repeat(pa.scalar(value), len(cells))]) for _, value in part.constants]
    columns += [_named(part, cells)] * len(_added(part))
    names = [f"c{at}" for at in range(len(columns))]
    table = pa.table([*columns, numbers], names=[*names, "row"])
    header = Header(0, (*part.headers, *_added(part)), True)
    return finish_sheet(source.path, part.name, table, header, (), ())


def _named(part: Part, cells: pa.Table) -> Any:
    """A text that names each element in the graph: ``Company：甲公司`` or ``甲公司 -[MAKES]-> 车床``."""
    names = [
        pc.fill_null(cells[next(at for at, column in enumerate(part.columns) if column.owner == owner)], "（无名）")
        for owner in (("a", "b") if part.is_edge else ("n",))
    ]
    if part.is_edge:
        return pc.binary_join_element_wise(names[0], names[1], f" -[{part.name}]-> ")
    return pc.binary_join_element_wise(part.name, names[0], "：")


def _pages(server: Server, part: Part) -> Iterator[pa.Table]:
    statement, last = _statement(part), -1
    while True:
        with as_input():
            rows = server.rows(statement, last=last, limit=_PAGE)
        if not rows:
            return
        last = rows[-1][0]
        _, *columns = zip(*rows, strict=True)
        yield pa.table([_texts(column) for column in columns], names=[f"c{at}" for at in range(len(columns))])


def _statement(part: Part) -> str:
    """One page of a label or type; ``ORDER BY`` the element itself is the order of the scan."""
    returned = ", ".join(f"{column.owner}.{quoted(column.property)}" for column in part.columns)
    if not part.is_edge:
        found, element, where = f"(n:{quoted(part.name)}) WITH n", "n", FOREIGN.format("n")
    else:
        found, element = f"(a)-[r:{quoted(part.name)}]->(b) WITH a, r, b", "r"
        ends = zip("ab", part.ends, strict=True)
        labels = [f"{variable}:{quoted(label)}" for variable, label in ends if label]
        where = " AND ".join([FOREIGN.format("a"), *labels])
    return (
        f"MATCH {found} ORDER BY {element} WHERE id({element}) > $last AND {where}"
        f" RETURN id({element}), {returned} LIMIT $limit"
    )


def _texts(values: Sequence[Any]) -> pa.Array:
    """A column of properties as text; most are text already."""
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.array([text_of_property(value) for value in values], pa.string())


def text_of_property(value: object) -> str | None:
    """The text of a property: lists joined by ；, dates and times ISO, durations ISO, points as coordinates."""
    if value is None:
        return None
    if isinstance(value, list):
        return _SEPARATOR.join(text_of_property(item) or "" for item in value) or None
    if isinstance(value, neo4j.time.DateTime):
        return value.iso_format()[:19].replace("T", " ")
    if isinstance(value, (neo4j.time.Date, neo4j.time.Time, neo4j.time.Duration)):
        return value.iso_format()
    if isinstance(value, neo4j.spatial.Point):
        return ",".join(text_of(number) for number in value)
    return value.hex() if isinstance(value, (bytes, bytearray)) else text_of(value)


def _tell_left_out(source: GraphSource, stock: Inventory, reports: Sequence[FileReport]) -> None:
    """Say how many relationships of a type no part took because of the labels of their ends."""
    parts = list(zip(source.mapping.parts, reports, strict=True))
    for name in dict.fromkeys(part.name for part, _ in parts if part.is_edge):
        same = [(part, report) for part, report in parts if part.is_edge and part.name == name]
        left = stock.types.get(name, 0) - sum(report.read for _, report in same)
        if left > 0 and all(any(part.ends) for part, _ in same):
            same[-1][1].notes.append(f"关系 {name} 另有 {left} 条，两端的标签不在映射里，未导入")


def _unmapped(source: GraphSource, stock: Inventory) -> Iterator[FileReport]:
    """A report for each label and type that the mapping leaves out, with its count."""
    for is_edge, counts, what in ((False, stock.labels, "标签"), (True, stock.types, "关系类型")):
        mapped = {part.name for part in source.mapping.parts if part.is_edge == is_edge}
        for name, count in counts.items():
            if name not in mapped:
                unit = "条" if is_edge else "个"
                note = f"映射里没有{what} {name}（{count} {unit}），未导入"
                yield FileReport(source.shown, sheet=name, notes=[note])
