"""A whole store carried over into another, whatever either lies in, and proof that both hold the same.

What is said is copied: files with their facts and kept texts, and settings. Nodes and edges are derived in the target
by the code that derives them everywhere, and compared. Each file is one transaction, so a copy that died goes on
where it stopped: files the target already holds, equal to the last fact, are not written again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import pyarrow as pa

from .content import Content, Sums, content_of
from .duckdb_view import DuckDBView
from .errors import NotFoundError, StoreError, UsageError
from .facts import Source
from .opening import OpenView, is_server, open_store
from .store import Document, GraphView, Store

__all__ = ["Copied", "Progress", "carry_over", "copy_store"]

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many files are done, and how many there are."""

_PARTS: Final = {
    "facts": "事实", "sources": "来源", "documents": "文档", "settings": "设置", "nodes": "节点", "edges": "关系",
}  # fmt: skip
_SHOWN: Final = 5
_MEMORY: Final = "2 GB"  # of a file that is read; the rest waits on disk


@dataclass(frozen=True, slots=True)
class Copied:
    """How much both stores hold now; the hashes are equal, or there would have been an error."""

    nodes: int
    edges: int
    facts: int
    hash_a: str
    hash_b: str


def copy_store(store_a: str, store_b: str, progress: Progress = lambda doing, done, total: None) -> Copied:
    """Copy the store A into B, which is made if there is none, and compare them.

    Args:
        store_a: path or address of the store to read.
        store_b: path or address of the store to write: empty, or one that holds nothing but sources of A.
        progress: told what is going on.

    Raises:
        UsageError: A and B are the same, or B holds sources that A does not have.
        NotFoundError: there is no store A.
        StoreError: B holds something else afterwards; StoreUnavailable where a store cannot be used.
    """
    if _place(store_a) == _place(store_b):
        raise UsageError("两个存储是同一个", where=store_b, hint="请另指定一个目标存储。")
    with _thrifty(store_a) as view:
        files = view.files()
        _refuse_strangers(store_b, {source.uri for source in files})
        with closing(Sums()) as sums:
            with closing(open_store(store_b, write=True)) as target:
                carry_over(view, target, sums, progress)
            progress("核对", len(files), len(files))
            before = content_of(view, sums)
    with _thrifty(store_b) as written:
        after = content_of(written)
    _compare(before, after, store_b)
    return Copied(after.nodes, after.edges, after.facts, before.hash, after.hash)


@contextmanager
def _thrifty(store: str) -> Iterator[OpenView]:
    """A store open for reading all of it, in memory that does not grow with it."""
    with closing(open_store(store)) as view:
        if isinstance(view, DuckDBView):
            view.database.execute(f"SET memory_limit = '{_MEMORY}'")
        yield view


def _place(store: str) -> str:
    return store.rstrip("/") if is_server(store) else str(Path(store).resolve())


def _refuse_strangers(store: str, known: set[str]) -> None:
    """A store that says what A does not say would be mixed with it, or lose it: neither was asked for."""
    try:
        with closing(open_store(store)) as view:
            others = [source.title for source in view.files() if source.uri not in known]
    except NotFoundError:
        return
    if others:
        named = "、".join(others[:_SHOWN]) + ("……" if len(others) > _SHOWN else "")
        hint = f"如 {named}。请换一个空的目标，或先用 bulian forget 收回这些来源。"
        message = f"目标存储里有 {len(others)} 个来源是要复制的存储没有的"
        raise UsageError(message, where=store, hint=hint, code="target_not_empty")


def carry_over(view: GraphView, target: Store, sums: Sums, progress: Progress) -> None:
    """Write what ``view`` says into ``target`` and derive it; all its facts are added to ``sums`` on the way."""
    files = view.files()
    same = _same_files(view, target, files, sums)
    todo = [source for source in files if source.uri not in same]
    texts = _texts(view, {source.uri for source in todo})
    facts = _by_file(view.raw_facts([source.uri for source in todo]))
    document, carried = next(texts, None), next(facts, None)
    for done, source in enumerate(todo, len(same)):
        progress(source.title, done, len(files))
        kept = None
        if document is not None and document.source.uri == source.uri:
            kept, document = document, next(texts, None)
        with target.write(source, kept) as writer:
            if carried is not None and carried[0] == source.uri:
                for table in carried[1]:
                    sums.add_facts(table, source.uri)
                    writer.add(table)
                carried = next(facts, None)
    _copy_settings(view, target)
    progress("解析名称、合并关系", len(files), len(files))
    if todo:
        target.derive()


def _by_file(tables: Iterator[pa.Table]) -> Iterator[tuple[str, Iterator[pa.Table]]]:
    full = (table for table in tables if table.num_rows)
    return groupby(full, key=lambda table: str(table["file"][0].as_py()))


def _texts(view: GraphView, chosen: set[str]) -> Iterator[Document]:
    return (document for document in view.raw_documents() if document.source.uri in chosen)


def _same_files(view: GraphView, target: Store, files: Sequence[Source], sums: Sums) -> set[str]:
    """Files that the target holds exactly as they are; their facts are in ``sums`` then."""
    held = {source.uri: source for source in target.files()}
    alike = [source.uri for source in files if held.get(source.uri) == source]
    if not alike:
        return set()
    here, there = _digests(view, set(alike)), _digests(target, set(alike))
    alike = [uri for uri in alike if here.get(uri) == there.get(uri)]
    with closing(Sums()) as held_sums:
        for store, into in ((view, sums), (target, held_sums)):
            for uri, tables in _by_file(store.raw_facts(alike)):
                for table in tables:
                    into.add_facts(table, uri)
        differing = {uri for uri in alike if sums.groups.get(uri) != held_sums.groups.get(uri)}
    for uri in differing:
        sums.take_back(uri)
    return set(alike) - differing


def _digests(view: GraphView, chosen: set[str]) -> dict[str, str]:
    return {
        document.source.uri: hashlib.md5(
            f"{document.lexicon}|{document.text}".encode(), usedforsecurity=False
        ).hexdigest()
        for document in _texts(view, chosen)
    }


def _copy_settings(view: GraphView, target: Store) -> None:
    wanted, held = view.settings(), target.settings()
    for name in sorted(wanted.keys() | held.keys()):
        if wanted.get(name) != held.get(name):
            target.put_setting(name, wanted.get(name))


def _compare(before: Content, after: Content, where: str) -> None:
    if before.hash == after.hash:
        return
    parts = "、".join(label for name, label in _PARTS.items() if before.parts[name] != after.parts[name])
    hint = f"不同的是{parts}。请确认没有别的程序在写这两个存储，再运行一次同一条命令；还不同就换一个空的目标。"
    raise StoreError(
        f"复制后两个存储的内容不同（{before.hash} 与 {after.hash}）", where=where, hint=hint, code="copy_differs"
    )
