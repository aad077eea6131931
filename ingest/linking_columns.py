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
from collections.abc import Container, Iterable, Mapping
from typing import Any, Final

import duckdb
import pyarrow as pa

import bulian
from bulian.graph.facts import FACT_COLUMNS, FACT_SCHEMA, Source, Tally, id_sql
from bulian.graph.names import normal_form
from bulian.graph.store import Store

from .industry import Industries
from .industry_columns import industries_of
from .linking import Linker, ProductLink
from .linking_lines import linker_of
from .linking_pattern import content_of_words, pattern_of
from .linking_split import BRACKETS, CLAUSES
from .linking_words import Role
from .report import FileReport

__all__ = ["CARRIER", "link_registers", "only_population"]

CARRIER: Final = "#links"
"""Ends the uri of the source that carries the links of a file."""
_SCOPE: Final = "business_scope"
_MAIN: Final = "main_products"
_INDUSTRY: Final = "industry"
_RELATIONS: Final[Mapping[Role, str]] = {
    "produce": "PRODUCES", "sell": "SELLS", "use": "USES", "service": "SERVES", "research": "RESEARCHES",
}  # fmt: skip
_POPULATION: Final = ("企业", "企业产品", "院所", "院所技术", "合作", "供应", "投资", "检索")
_STATED_MAIN: Final = 0.75
_BARE_MAIN: Final = 0.7  # confirmed at the default threshold when the row is as sure as rows are, below any stated row
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


def link_registers(store: Store) -> Tally | None:
    """Link the registers' texts of every file that is not linked with today's chains and lexicon.

    Returns:
        What changed among the facts, None when nothing was written.
    """
    known = {source.uri: source for source in store.files()}
    industries = industries_of(store)
    asked = (_MAIN, _SCOPE, _INDUSTRY) if industries else (_MAIN, _SCOPE)
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
            done.append(_link_file(store, uri, carrier, linkers, industries))
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


def _link_file(store: Store, uri: str, carrier: Source, linkers: list[Linker], industries: Industries) -> Tally:
    pattern = "|".join(pattern_of(linker.vocabulary) for linker in linkers)
    linked = _Clauses(linkers, industries)
    asked = {_MAIN: pattern, _SCOPE: pattern, **({_INDUSTRY: industries.pattern} if industries else {})}
    with store.write(carrier) as writer:
        for rows in store.register_texts(uri, asked):
            facts = _facts(rows, pattern, linked, uri, carrier.uri)
            if len(facts):
                writer.add(facts)
    return writer.tally


class _Clauses:
    """What each distinct clause links to, remembered over the pieces of a file."""

    def __init__(self, linkers: list[Linker], industries: Industries) -> None:
        self._linkers, self._industries = linkers, industries
        self._known: dict[tuple[str, str], list[ProductLink]] = {}

    def table(self, predicates: list[str], clauses: list[str]) -> pa.Table:
        """A row per clause and link: predicate, clause, node, key, relation, rule, share, bare, modality.

        ``share`` is the part of the row's own confidence that the link deserves; ``bare`` that no verb says the role;
        ``modality`` is null where it is the row's own.
        """
        rows: list[tuple[Any, ...]] = []
        for predicate, clause in zip(predicates, clauses, strict=True):
            for link in self._links(predicate, clause):
                relation = _RELATIONS[link.role] if link.stated or predicate == _MAIN else "MENTIONED_WITH"
                rule, share = f"link:{predicate}:{link.method}", _share(link, predicate)
                rows.append((
                    predicate, clause, link.node, normal_form(link.node), relation, rule, share, not link.stated, None,
                ))  # fmt: skip
            for hint in self._industries.hints(clause) if predicate == _INDUSTRY else ():
                rule, node, share = f"link:{predicate}:{hint.method}", hint.node, hint.confidence
                rows.append((
                    predicate, clause, node, normal_form(node), "MENTIONED_WITH", rule, share, False, "inferred",
                ))  # fmt: skip
        names = ("predicate", "clause", "node", "key", "relation", "rule", "share", "bare", "modality")
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        types = [*[pa.string()] * 6, pa.float64(), pa.bool_(), pa.string()]
        return pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})

    def _links(self, predicate: str, clause: str) -> list[ProductLink]:
        if predicate == _INDUSTRY:
            return []
        known = self._known.get((predicate, clause))
        if known is None:
            best: dict[tuple[str, Role], ProductLink] = {}
            for linker in self._linkers:  # a node of two chains is linked where either says so
                for link in linker.link_scope(clause) if predicate == _SCOPE else linker.link(clause):
                    if (link.node, link.role) not in best or best[link.node, link.role].confidence < link.confidence:
                        best[link.node, link.role] = link
            known = self._known[predicate, clause] = [best[place] for place in sorted(best)]
        return known


def _share(link: ProductLink, predicate: str) -> float:
    """A scope is what a firm may do; of a bare main product it is taken, not said, that the firm makes it."""
    if predicate == _SCOPE:
        return link.confidence
    return link.confidence * (_STATED_MAIN if link.stated else _BARE_MAIN)


_CUT: Final = (
    "SELECT line, predicate, trim(part) AS clause FROM (SELECT line, predicate, unnest(CASE predicate"
    f" WHEN '{_SCOPE}' THEN string_split_regex(regexp_replace(text, '{BRACKETS}', '', 'g'), '{CLAUSES}')"
    " ELSE [text] END) AS part FROM numbered)"
    f" WHERE predicate = '{_INDUSTRY}' OR regexp_matches(part, $pattern)"
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
_MADE: Final = (
    "SELECT " + ", ".join(f"{text} AS {name}" for name, text in {"id": id_sql(_SAID), **_SAID}.items())
    + " FROM cut c JOIN linked l USING (predicate, clause) JOIN numbered r ON r.line = c.line"
)  # fmt: skip


def _facts(texts: pa.Table, pattern: str, linked: _Clauses, file: str, carrier: str) -> pa.Table:
    """The facts of some texts, as :data:`~bulian.graph.facts.FACT_SCHEMA`."""
    with duckdb.connect() as engine:
        numbered = texts.append_column("line", pa.array(range(1, len(texts) + 1), pa.int64()))
        engine.register("numbered", numbered)
        engine.execute(f"CREATE TABLE cut AS {_CUT}", {"pattern": pattern})
        distinct = engine.sql("SELECT DISTINCT predicate, clause FROM cut ORDER BY ALL").to_arrow_table()
        engine.register("linked", linked.table(distinct["predicate"].to_pylist(), distinct["clause"].to_pylist()))
        made = engine.sql(_MADE, params={"file": file, "carrier": carrier}).to_arrow_table()
    had = set(made.column_names)
    return pa.Table.from_arrays(
        [
            made[field.name].cast(field.type) if field.name in had else pa.nulls(len(made), field.type)
            for field in FACT_SCHEMA
        ],
        schema=FACT_SCHEMA,
    ).select(FACT_COLUMNS)
