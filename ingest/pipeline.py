"""The way from paths and addresses to facts in the store: tables as columns, then documents, then resolution.

One file, or one graph on a server, is one source and one transaction. A file that cannot be read stops itself only.
Documents come last because they are read with the names the graph knows; they are kept and read again whenever
those change.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from bulian.graph.errors import BulianError, InputError, NotFoundError, StoreError
from bulian.graph.facts import Source, Tally, facts_table
from bulian.graph.names import normal_form
from bulian.graph.opening import is_server
from bulian.graph.regions import Region, Regions
from bulian.graph.store import Store, Writer

from . import document_facts
from .config import CONFIG_NAME
from .customs import CodesNeeded, codes_version, product_codes
from .linking_columns import link_registers, only_population
from .patent_shares import ipc_codes
from .progress import Progress, Steps
from .readers import read_tables
from .report import FileReport, IngestReport, RejectedRow, write_rejects
from .sheets import SheetScore, ingest_sheet, parts_of, unrecognised
from .sources import DataFile, Unreadable, data_files, is_document, passed_over

__all__ = ["Progress", "forget", "ingest"]

Codes = Mapping[str, Sequence[str]]


def ingest(
    store: Store,
    paths: Sequence[Path | str],
    *,
    chain: str | None = None,
    dry_run: bool = False,
    rejects: Path | None = None,
    progress: Progress = lambda doing, done, total: None,
) -> IngestReport:
    """Read files, folders and foreign graphs into the store.

    Args:
        store: where the facts go; with ``dry_run`` give a store that may be thrown away.
        paths: files, or folders whose tables and documents are all read; a text like ``neo4j://host:7687`` is the
            address of a graph, read through the mapping in ``bulian.toml`` of the working folder.
        chain: the chain of rows that name none.
        dry_run: report only; no rejects file is written.
        rejects: where rejected rows go; beside the working directory with a time in its name by default.
        progress: told what is going on.

    Raises:
        InputError: a path does not exist, or there is nothing readable under it, or a mapping is wrong.
        UsageError: an address is wrong, or there is no mapping for it.
        StoreError: the store refuses (StoreUnavailable when the disk is full); files before that one are in.
    """
    report = IngestReport(dry_run=dry_run)
    addresses = [path for path in paths if isinstance(path, str) and is_server(path)]
    local = [Path(path) for path in paths if path not in addresses]
    report.passed_over = [(str(path), note) for path, note in passed_over(local)]
    kept_out: list[RejectedRow] = []
    known = {source.uri: source for source in store.sources()}
    files = _readable([*data_files(local, chain), *_graphs(addresses)], report)
    documents: list[DataFile] = []
    customs: list[DataFile] = []
    changed = False
    steps = Steps(progress, len(files))
    for done, file in enumerate(files):
        steps.file(file.name, done)
        old = known.get(file.uri)
        if old is not None and old.fingerprint == file.fingerprint:
            _report_unchanged(store, file, report)
        elif not file.is_graph and is_document(file.path, file.reading.columns):
            documents.append(file)
        else:
            try:
                changed |= _ingest_tables(store, file, chain, report, kept_out, steps)
            except CodesNeeded:
                customs.append(file)
    steps.derive()
    if changed:
        _keep_settings(store, files)
        if not only_population(report.files, {file.shown for file in files if file.uri in known or file.is_graph}):
            store.derive()  # links are made with the chains as they are now
            changed = False
    changed |= _ingest_customs(store, customs, known, chain, report, kept_out, steps)
    linked = link_registers(store, steps.link)
    report.facts += linked or Tally()
    if changed or linked is not None:
        store.derive()
    report.pass_over_papers(local)
    document_facts.ingest_documents(store, [(file.path, file.source, file.fingerprint) for file in documents], report)
    if kept_out and not dry_run:
        target = rejects or Path(f"退回-{datetime.now():%Y%m%d-%H%M%S}.csv")
        report.rejects = str(write_rejects(kept_out, target))
    return report


def forget(store: Store, source: str) -> int:
    """Take back what only this source said, and read kept documents again with the names that are left.

    Returns:
        How many facts went.
    """
    gone = store.forget(source)
    store.derive()
    if (linked := link_registers(store)) is not None:
        gone += linked.gone
        store.derive()
    document_facts.reread_documents(store)
    return gone


def _readable(found: Sequence[DataFile | Unreadable], report: IngestReport) -> list[DataFile]:
    """The files that open; the others are reported, or raised where there is no other."""
    for item in found:
        if isinstance(item, Unreadable):
            if len(found) == 1:
                raise item.error
            report.files.append(FileReport(str(item.path), error=item.error))
    return [item for item in found if isinstance(item, DataFile)]


def _report_unchanged(store: Store, file: DataFile, report: IngestReport) -> None:
    facts = store.facts_of_file(file.uri)
    report.facts += Tally(known=facts)
    entry = FileReport(str(file.path), unchanged=True, notes=["与上次导入时相同，未重读"])
    if is_document(file.path):
        entry.document = file.path.name
    report.files.append(entry)


def _ingest_customs(
    store: Store, files: Sequence[DataFile], known: Mapping[str, Source], chain: str | None, report: IngestReport,
    kept_out: list[RejectedRow], steps: Steps,
) -> bool:  # fmt: skip
    """Read customs tables and declared patent queries, as the products' codes are known now; again when they change."""
    if not files:
        return False
    codes = {**product_codes(store), **ipc_codes(store)}
    changed = False
    for bare in files:
        file = replace(bare, fingerprint=f"{bare.fingerprint}:{codes_version(codes)}")
        old = known.get(file.uri)
        if old is not None and old.fingerprint == file.fingerprint:
            _report_unchanged(store, file, report)
        else:
            changed |= _ingest_tables(store, file, chain, report, kept_out, steps, codes)
    return changed


def _ingest_tables(
    store: Store, file: DataFile, chain: str | None, report: IngestReport, kept_out: list[RejectedRow],
    steps: Steps, codes: Codes | None = None,
) -> bool:  # fmt: skip
    """Read every sheet of a file, or a graph, into the store; True when something was written.

    Raises:
        CodesNeeded: there is a table in it that needs them and ``codes`` are not given; nothing is written.
    """
    entries: list[FileReport] = []
    rejected: list[RejectedRow] = []
    try:
        with store.write(file.source()) as writer:
            if file.is_graph:
                entries += _read_graph(store, writer, file, chain, rejected, steps)
            else:
                entries += _read_sheets(store, writer, file, chain, rejected, steps, codes)
            if not any(entry.table for entry in entries):
                raise unrecognised(file.path, entries)
            _add_coverage(writer, file, store.regions())
            pa.default_memory_pool().release_unused()  # else what a large file took stays taken
    except StoreError:
        raise  # no fault of the file: the next one would fail as well
    except BulianError as error:
        report.files.append(FileReport(file.shown, error=error))
        return False
    report.files += entries
    report.facts += writer.tally
    kept_out += rejected
    return True


def _graphs(addresses: Sequence[str]) -> Iterator[DataFile | Unreadable]:
    if addresses:
        from .graph_source import graph_sources  # loads the driver, which files do not need

        yield from graph_sources(addresses)


def _read_graph(
    store: Store, writer: Writer, file: DataFile, chain: str | None, rejected: list[RejectedRow], steps: Steps
) -> list[FileReport]:
    from .graph_reader import read_graph

    return read_graph(writer, file, chain, store.regions(), rejected, steps)


def _read_sheets(
    store: Store, writer: Writer, file: DataFile, chain: str | None, rejected: list[RejectedRow], steps: Steps,
    codes: Codes | None,
) -> list[FileReport]:  # fmt: skip
    return [
        ingest_sheet(writer, file, part, match, chain, store.regions(), rejected, steps, codes)
        for sheet in read_tables(file.path, SheetScore(file.reading))
        for part, match in parts_of(sheet, file)
    ]


def _add_coverage(writer: Writer, file: DataFile, regions: Regions) -> None:
    """What ``bulian.toml`` says the file covers, as searches of a source of that title."""
    rows: list[dict[str, Any]] = []
    for region_name, product, rate, date in file.said.covers:
        region = _covered_region(region_name, file, regions)
        keys = {"object_kind": "Product", "object": product, "object_key": normal_form(product)} if product else {}
        rows.append({
            "subject_kind": "Region", "subject": region.full_name, "subject_key": region.code,
            "predicate": "SEARCHED", **keys, "searched_source": file.source().title, "detection_rate": rate,
            "date": date, "method": "toml:covers", "confidence": 0.9, "modality": "stated", "file": file.uri,
            "quote": f"{CONFIG_NAME}：{file.path.name} 覆盖 {region_name}{product or '所有产品'}，检出率 {rate}",
        })  # fmt: skip
    if rows:
        writer.add(facts_table(rows))


def _covered_region(name: str, file: DataFile, regions: Regions) -> Region:
    try:
        return regions.resolve(name)
    except NotFoundError as error:
        where = f'{CONFIG_NAME} 的 [source."{file.path.name}"]'
        raise InputError(f"covers 里的{error.message}", where=where, hint=error.hint, code="bad_config") from error


def _keep_settings(store: Store, files: Sequence[DataFile]) -> None:
    settings: dict[str, Any] = json.loads(store.setting("settings") or "{}")
    for file in files:
        settings.update(file.config.settings)
    if settings:
        store.put_setting("settings", json.dumps(settings, ensure_ascii=False, sort_keys=True))
