"""Evidence lines of many facts at once, made as columns: word for word those of :mod:`bulian.queries.evidence`.

An answer about a large chain cites a hundred thousand facts; put into words one by one they would take longer than
everything else in it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.facts import QUALIFIERS
from bulian.graph.modality import DENIED

from .evidence import ALL_PRODUCTS, category_of, modality_word, property_label, qualifier_text, source_ref
from .results import Evidence

__all__ = ["evidence_lines"]

_TEXT: Final = pa.string()


def evidence_lines(facts: pa.Table) -> dict[str, Evidence]:
    """Evidence lines by the id of the fact.

    Args:
        facts: columns of :data:`bulian.graph.facts.CITED_SCHEMA`.
    """
    whole = facts.combine_chunks().to_batches()
    return _lines(whole[0]) if whole else {}


def _lines(facts: pa.RecordBatch) -> dict[str, Evidence]:
    sentence = _sentence(facts)
    statement = _joined("", sentence, _each(facts["modality"], modality_word))
    row = pc.if_else(pc.equal(facts["modality"], DENIED), sentence, statement)
    noted = _around("；备注：", _filled(facts["note"]), "")
    quote = pc.coalesce(_filled(facts["quote"]), _joined("", pa.scalar("据表中一行：", _TEXT), row, noted))
    said = zip(*(facts[name].to_pylist() for name in ("source_title", "source", "source_date")), strict=True)
    head, tail = (
        (facts["id"], statement),
        (_locator(facts), quote, facts["method"], facts["confidence"], facts["modality"]),
    )
    ids, statements = (column.to_pylist() for column in head)
    rest = (column.to_pylist() for column in tail)
    return dict(zip(ids, map(Evidence, ids, statements, [source_ref(*source) for source in said], *rest), strict=True))


def _sentence(facts: pa.RecordBatch) -> Any:
    """A fact in words, not yet whether it is so; see :func:`bulian.queries.evidence.statement_of`."""
    predicate = facts["predicate"]
    everything = pc.and_(pc.is_null(facts["object"]), pc.equal(predicate, "SEARCHED"))
    aim = pc.if_else(everything, ALL_PRODUCTS, facts["object"])
    value = pc.if_else(pc.equal(predicate, "kind"), _each(facts["value"], category_of), facts["value"])
    sentence = _joined(" ", facts["subject"], _each(predicate, property_label), aim, value)
    stated = [name for name in QUALIFIERS if facts[name].null_count < facts.num_rows]
    if stated:
        told = _joined("，", *(_filled(_each(facts[name], partial(qualifier_text, name))) for name in stated))
        sentence = _joined("", sentence, _around("（", _filled(told), "）"))
    return sentence


def _locator(facts: pa.RecordBatch) -> Any:
    """See :func:`bulian.graph.facts.locator_text`."""
    stop = pc.fill_null(facts["stop"].cast(_TEXT), "None")
    characters = pc.binary_join_element_wise(facts["start"].cast(_TEXT), stop, "–")
    return _joined(
        "", _each(facts["carrier"], lambda path: path.rsplit("/", 1)[-1]), _around(" 表“", _filled(facts["sheet"]), "”"),
        _around(" 第", facts["row"].cast(_TEXT), "行"), _around(" 第", characters, "字"),
    )  # fmt: skip


def _each(column: Any, text: Callable[[Any], str]) -> Any:
    """A text for every value; few different ones occur, and each is put into words once. Null stays null."""
    coded = column.dictionary_encode()
    return pa.array([text(value) for value in coded.dictionary.to_pylist()], _TEXT).take(coded.indices)


def _joined(between: str, *columns: Any) -> Any:
    """The texts in a row, those that are null left out; null where all are."""

    def both(left: Any, right: Any) -> Any:  # the join itself may skip nulls, but then drops rows of nothing else
        return pc.coalesce(pc.binary_join_element_wise(left, right, between), left, right)

    return reduce(both, columns)


def _around(before: str, column: Any, after: str) -> Any:
    """Null stays null."""
    return pc.binary_join_element_wise(before, column, after, "")


def _filled(column: Any) -> Any:
    """Null for what is empty."""
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, _TEXT), column)
