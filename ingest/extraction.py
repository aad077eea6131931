"""Extraction as scripts read it: one line of entities and facts per text, nothing stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bulian.graph.errors import InputError
from bulian.graph.regions import default_regions
from bulian.graph.store import GraphView

from .document_facts import build_lexicon
from .documents import read_document
from .text import Extraction, Extractor, Lexicon, Mention

__all__ = ["extract_lines"]


def extract_lines(files: Sequence[Path], view: GraphView | None) -> Iterator[dict[str, Any]]:
    """One object per document, or per line of a ``.jsonl`` with ``id`` and ``text``.

    Args:
        files: documents or JSON lines.
        view: a store whose names are looked for too; None for legal forms and regions only.

    Raises:
        InputError: a file cannot be read, or a line is no JSON object with ``text``.
    """
    lexicon = build_lexicon(view) if view is not None else Lexicon({})
    extractor = Extractor(lexicon, view.regions() if view is not None else default_regions())
    for path in files:
        for key, text in _texts(path):
            yield _line(key, extractor.extract(text))


def _texts(path: Path) -> Iterator[tuple[Any, str]]:
    if path.suffix.lower() not in (".jsonl", ".ndjson"):
        yield str(path), read_document(path).text
        return
    if not path.is_file():
        raise InputError("没有这个文件", where=str(path), hint="请检查路径。", code="missing_file")
    with path.open(encoding="utf-8-sig") as lines:
        yield from _json_texts(path, lines)


def _json_texts(path: Path, lines: Iterable[str]) -> Iterator[tuple[Any, str]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            yield entry.get("id", number), entry["text"]
        except (json.JSONDecodeError, KeyError, AttributeError, TypeError) as error:
            hint = '每行应为 {"id": …, "text": "…"}。'
            raise InputError("这一行不是要求的 JSON", where=f"{path} 第{number}行", hint=hint, code="bad_line") from error


def _line(key: Any, extraction: Extraction) -> dict[str, Any]:
    entities = [
        {"kind": mention.kind, "text": mention.text, "start": mention.start, "end": mention.end, "name": mention.name}
        for mention in extraction.entities
    ]
    facts = []
    for fact in extraction.facts:
        end = {"value": fact.value} if fact.object is None else {"object": fact.object.text}
        facts.append({
            "subject": fact.subject.text, "relation": fact.relation, **end, "modality": fact.modality,
            "evidence": list(fact.evidence), "year": fact.year, "rule": fact.rule, "confidence": fact.confidence,
            "subject_name": fact.subject.name, "object_name": _name(fact.object),
        })  # fmt: skip
    return {"id": key, "entities": entities, "facts": facts}


def _name(mention: Mention | None) -> str | None:
    return None if mention is None else mention.name
