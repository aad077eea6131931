"""Documents into facts in the store: read with the names the graph knows, read again when those change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bulian.graph.errors import BulianError, StoreError
from bulian.graph.facts import Source, facts_table
from bulian.graph.kinds import ALIAS_PROPERTIES
from bulian.graph.names import normal_form
from bulian.graph.regions import Regions
from bulian.graph.store import Document, GraphView, Store

from .documents import read_document
from .report import FileReport, IngestReport
from .text import Extraction, Extractor, Lexicon, Mention, TextFact

__all__ = ["build_lexicon", "ingest_documents", "reread_documents"]

_LEXICON_KINDS: Final = ("Product", "Technology", "Enterprise", "Institute")
_Opened = tuple[Path, Callable[[str | None], Source], str]


def build_lexicon(view: GraphView) -> Lexicon:
    """The names documents are read with: every defined product, technology, firm and institute and its aliases.

    Names that documents alone brought in are left out, so reading a document cannot change how it is read.
    """
    names: dict[str, tuple[str, str]] = {}
    for kind in _LEXICON_KINDS:
        for node in view.nodes(kind):
            if "name" not in node.properties:
                continue
            aliases = [alias for name in ALIAS_PROPERTIES for alias in node.properties.get(name, ())]
            for surface in (node.name, *aliases):
                if len(surface) > 1:
                    names.setdefault(surface, (kind, node.name))
    return Lexicon(names)


def ingest_documents(store: Store, files: Sequence[_Opened], report: IngestReport) -> None:
    """Read new documents and reread kept ones whose lexicon is out of date."""
    if not files and not store.documents():
        return  # a lexicon of a million firms takes a minute; no document needs it
    lexicon = build_lexicon(store)
    version = _version(lexicon, store.regions())
    extractor = Extractor(lexicon, store.regions())
    changed = False
    for path, source_of, _ in files:
        entry = FileReport(str(path), document=path.name)
        report.files.append(entry)
        try:
            read = read_document(path)
            document = Document(source_of(read.title), read.text, version)
            count = _store(store, document, extractor, report)
        except StoreError:
            raise
        except BulianError as error:
            entry.error = error
            continue
        entry.read, entry.accepted, entry.notes = count, count, list(read.notes)
        changed = True
    changed |= _reread(store, extractor, version)
    if changed:
        store.derive()


def reread_documents(store: Store) -> None:
    """Read kept documents again if the names the graph knows have changed since."""
    if not store.documents():
        return
    lexicon = build_lexicon(store)
    version = _version(lexicon, store.regions())
    if _reread(store, Extractor(lexicon, store.regions()), version):
        store.derive()


def _reread(store: Store, extractor: Extractor, version: str) -> bool:
    stale = [document for document in store.documents() if document.lexicon != version]
    for document in stale:
        _store(store, replace(document, lexicon=version), extractor, None)
    return bool(stale)


def _store(store: Store, document: Document, extractor: Extractor, report: IngestReport | None) -> int:
    extraction = extractor.extract(document.text)
    with store.write(document.source, document) as writer:
        writer.add(facts_table(_rows(document, extraction, store)))
    if report is not None:
        report.facts += writer.tally
    return len(extraction.facts)


def _version(lexicon: Lexicon, regions: Regions) -> str:
    """A hash of all that decides how a document is read: the names, and the towns users added."""
    names = [f"{surface}\t{kind}\t{name}" for surface, (kind, name) in sorted(lexicon.names.items())]
    names += [region.code for region in regions.rows() if region.level == 4]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _rows(document: Document, extraction: Extraction, view: GraphView) -> list[Mapping[str, Any]]:
    return [_row(document, fact, view) for fact in extraction.facts if fact.object is not None]


def _row(document: Document, fact: TextFact, view: GraphView) -> Mapping[str, Any]:
    start, stop = fact.evidence
    target = fact.object or fact.subject
    return {
        **_end("subject", fact.subject, view),
        **_end("object", target, view),
        "predicate": fact.relation,
        "year": fact.year,
        "quote": document.text[start:stop],
        "method": f"rule:{fact.rule}",
        "confidence": fact.confidence,
        "modality": fact.modality,
        "file": document.source.uri,
        "start": start,
        "stop": stop,
    }


def _end(role: str, mention: Mention, view: GraphView) -> dict[str, str]:
    if mention.kind == "Region":
        region = view.regions().get(mention.name)
        return {f"{role}_kind": "Region", role: region.full_name, f"{role}_key": region.code}
    return {f"{role}_kind": mention.kind, role: mention.name, f"{role}_key": normal_form(mention.name)}
