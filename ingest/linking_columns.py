"""Whole registers linked to the chains: 主营产品 and 经营范围 of every firm, as columns.

The industry of a register (GB/T 4754) gives hints: 提及, inferred, of low confidence (:mod:`bulian.ingest.industry`).

Runs over what the store holds once files are in and names resolved, so that the order of files does not matter, and
runs again for a file when the chains or the lexicon have changed. Its facts stand under a source of their own beside
each file and cite the file, so that forgetting the file takes them back. A text is cut into clauses and compared with
the names in DuckDB; Python sees each distinct clause once, never a firm.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Container, Iterable, Mapping
from functools import partial
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

import bulian
from bulian.graph.facts import Source, Tally, id_sql, whole_facts
from bulian.graph.store import Store

from .industry import Industries
from .industry_columns import industries_of
from .linking import Linker
from .linking_clauses import INDUSTRY, MAIN, SCOPE, Clauses
from .linking_lines import linker_of
from .linking_pattern import content_of_words, pattern_of
from .linking_split import BRACKETS, CLAUSES
from .report import FileReport

__all__ = ["CARRIER", "link_registers", "only_population"]

CARRIER: Final = "#links"
"""Ends the uri of the source that carries the links of a file."""
_POPULATION: Final = ("企业", "企业产品", "院所", "院所技术", "合作", "供应", "投资", "检索")
_TRADERS: Final = "贸易|商贸|经贸|工贸|经销|销售|进出口|物资|供应链|批发|商行|商社|超市|电子商务"
"""Names of firms that live on what others make: of their main products it is not said who makes them."""


def only_population(reports: Iterable[FileReport], told_before: Container[str]) -> bool:
    """Whether what was just written says nothing of the chains, so that links need no newly resolved names.

    Args:
        reports: of the files of this run.
        told_before: paths of files that were in the store already, and of graphs, which may have said more.
    """
    written = [report for report in reports if not (report.unchanged or report.error)]
    return all(report.table in (None, *_POPULATION) and report.path not in told_before for report in written)


def link_registers(store: Store, told: Callable[[str, int], None] = lambda title, texts: None) -> Tally | None:
    """Link the registers' texts of every file that is not linked with today's chains and lexicon.

    Args:
        store: with the registers and the chains.
        told: the title of a file and how many of its texts are through.

    Returns:
        What changed among the facts, None when nothing was written.
    """
    known = {source.uri: source for source in store.files()}
    industries = industries_of(store)
    asked = (MAIN, SCOPE, INDUSTRY) if industries else (MAIN, SCOPE)
    texts = [uri for uri in store.register_files(dict.fromkeys(asked, "")) if uri in known]
    linkers = [linker_of(store, chain) for chain in store.chains()] if texts else []
    version = _version(linkers, industries)
    done: list[Tally] = []
    for uri in sorted(carrier for carrier in known if carrier.endswith(CARRIER)):
        if uri.removesuffix(CARRIER) not in texts or not linkers:
            done.append(Tally(gone=store.forget(uri)))
    for uri in texts if linkers else ():
        carrier = _carrier(known[uri], version)
        old = known.get(carrier.uri)
        if old is None or old.fingerprint != carrier.fingerprint:
            done.append(_link_file(store, uri, carrier, linkers, industries, partial(told, known[uri].title)))
    return sum(done, Tally()) if done else None


def _carrier(file: Source, version: str) -> Source:
    mark = hashlib.sha256(f"{version}\n{file.fingerprint}".encode()).hexdigest()
    return Source(f"{file.uri}{CARRIER}", f"{file.title}（关联）", file.publisher, file.date, None, mark)


def _version(linkers: list[Linker], industries: Industries) -> str:
    """A hash of all that decides a link: names, kinds, sub-types, lexicon and codes of the chains, and this program."""
    return hashlib.sha256(
        json.dumps(
            [bulian.__version__, industries.content, *(content_of_words(linker.vocabulary) for linker in linkers)]
        ).encode()
    ).hexdigest()


def _link_file(
    store: Store, uri: str, carrier: Source, linkers: list[Linker], industries: Industries, told: Callable[[int], None]
) -> Tally:
    pattern = "|".join(pattern_of(linker.vocabulary) for linker in linkers)
    linked = Clauses(linkers, industries)
    asked = {MAIN: pattern, SCOPE: pattern, **({INDUSTRY: industries.pattern} if industries else {})}
    through = 0
    with store.write(carrier) as writer:
        for rows in store.register_texts(uri, asked):
            facts = _facts(rows, pattern, linked, uri, carrier.uri)
            if len(facts):
                writer.add(facts)
            through += len(rows)
            told(through)
    return writer.tally


_CUT: Final = (
    "SELECT line, predicate, trim(part) AS clause FROM (SELECT line, predicate, unnest(CASE predicate"
    f" WHEN '{SCOPE}' THEN string_split_regex(regexp_replace(text, '{BRACKETS}', '', 'g'), '{CLAUSES}')"
    " ELSE [text] END) AS part FROM numbered)"
    f" WHERE predicate = '{INDUSTRY}' OR regexp_matches(part, $pattern)"
)
_RELATION: Final = (
    f"CASE WHEN l.bare AND regexp_matches(r.subject, '{_TRADERS}') THEN 'MENTIONED_WITH' ELSE l.relation END"
)
_SAID: Final[Mapping[str, str]] = {
    "subject_kind": "'Enterprise'", "subject": "r.subject", "subject_key": "r.subject_key", "predicate": _RELATION,
    "object_kind": "'Product'", "object": "l.node", "object_key": "l.key",
    "source": "coalesce(r.source, $file)", "source_date": "r.source_date", "quote": "c.clause", "method": "l.rule",
    "service": "CASE l.relation WHEN 'SERVES' THEN '服务' END",
    "confidence": "round(r.confidence * l.share, 3)", "modality": "coalesce(l.modality, r.modality)", "file": "$carrier",
    "sheet": "r.sheet", "row": "r.row",
}  # fmt: skip
_NUMBERED: Final = (
    "SELECT CAST(row_number() OVER () AS INTEGER) AS number, predicate, clause"
    " FROM (SELECT DISTINCT predicate, clause FROM cut)"
)
_MADE: Final = (
    "SELECT " + ", ".join(f"{text} AS {name}" for name, text in {"id": id_sql(_SAID), **_SAID}.items())
    + " FROM cut JOIN clause c USING (predicate, clause) JOIN place p ON p.number = c.number"
    " JOIN kind l ON l.kind = p.kind JOIN numbered r ON r.line = cut.line"
)  # fmt: skip


def _facts(texts: pa.Table, pattern: str, linked: Clauses, file: str, carrier: str) -> pa.Table:
    """The facts of some texts, as :data:`~bulian.graph.facts.FACT_SCHEMA`."""
    with duckdb.connect() as engine:
        engine.execute("SET preserve_insertion_order = false")  # facts have no order
        numbered = texts.append_column("line", pa.array(np.arange(len(texts), dtype=np.int32)))
        engine.register("numbered", numbered)
        engine.execute(f"CREATE TABLE cut AS {_CUT}", {"pattern": pattern})
        engine.execute(f"CREATE TABLE clause AS {_NUMBERED}")
        different = engine.sql("SELECT predicate, clause FROM clause ORDER BY number").to_arrow_table()
        engine.register("place", linked.places(*(different[name].to_pylist() for name in different.column_names)))
        engine.register("kind", linked.kinds())
        made = engine.sql(_MADE, params={"file": file, "carrier": carrier}).to_arrow_table()
    return whole_facts(made)
