"""Which rows of a review sheet can be applied: what they are about must be in the store, and nobody says the opposite."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bulian.graph.facts import Fact
from bulian.graph.kinds import SAME_AS, SCHEMA
from bulian.graph.modality import DENIED
from bulian.graph.store import Node, Store
from bulian.graph.verdicts import Statement, Verdict, claim_statement, digest, judged_by, kept_apart

from .review_facts import Made, pair_facts, statement_facts
from .review_rows import Bad, Row

__all__ = ["Accepted", "judge"]

_SAID: Final = ("stated", DENIED)
_WORDS: Final[Mapping[Verdict, str]] = {
    "confirm": "确认", "deny": "否决", "redirect": "改为", "same": "确认", "apart": "否决",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row that is applied: the facts it adds, and the verdicts it takes back, as file and digest of their row.

    ``repeats``: it says again what this sheet has said before, so what that denied stays denied.
    """

    row: Row
    facts: Sequence[Mapping[str, Any]] = ()
    undone: frozenset[tuple[str, str]] = frozenset()
    repeats: bool = False


class _Refused(Exception):
    """Why a row cannot be applied."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def judge(store: Store, uri: str, rows: Sequence[Row]) -> tuple[list[Accepted], list[Bad]]:
    """Sort the rows into those that are applied and those that are not.

    Args:
        store: what is said, and what was decided before.
        uri: of the sheet itself, which may correct what it said.
        rows: each well-formed by itself.
    """
    court = _Court(store, uri, rows)
    accepted, bad = [], []
    for row in rows:
        try:
            accepted.append(court.hear(row))
        except _Refused as refusal:
            bad.append(Bad(row.sheet, row.row, refusal.code, refusal.message, row.cells))
    return accepted, bad


class _Court:
    """All that the rows of one sheet are about, read at once."""

    def __init__(self, store: Store, uri: str, rows: Sequence[Row]) -> None:
        self._store, self._uri = store, uri
        ends = {end for row in rows for end in (row.statement.subject, row.statement.target) if end}
        self._nodes = _nodes(store, ends)
        self._said: dict[str, list[Fact]] = defaultdict(list)
        self._judged: dict[str, list[Fact]] = defaultdict(list)
        self._read(rows)
        self._wanted: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for row in rows:
            self._wanted[self._now(row.statement).key].add((row.verdict, row.target))
        self._apart = kept_apart(store) if any(row.statement.is_pair for row in rows) else {}
        self._united: dict[str, frozenset[str]] = {}

    def _read(self, rows: Sequence[Row]) -> None:
        subjects = {node.id for node in self._nodes.values()}
        predicates = sorted({row.statement.predicate for row in rows})
        for fact in self._store.facts(subjects=sorted(subjects), predicates=predicates) if rows else ():
            by = judged_by(fact.method)
            key = _statement(fact).key
            if by is None:
                self._said[key].append(fact)
            elif fact.predicate == SAME_AS:
                self._judged[by.row].append(fact)
            elif fact.modality == "negated" or by.verdict == "confirm":
                self._judged[key].append(fact)
        for facts in self._said.values():
            facts.sort(key=lambda fact: (-fact.confidence, fact.source, fact.id))

    def _now(self, statement: Statement) -> Statement:
        """The statement with its ends as they are called today; a pair is called as the sheet calls it."""
        if statement.is_pair:
            return statement
        ends = [None if end is None else self._nodes.get(end) for end in (statement.subject, statement.target)]
        subject = ends[0].id if ends[0] else statement.subject
        return replace(statement, subject=subject, target=ends[1].id if ends[1] else statement.target)

    def hear(self, row: Row) -> Accepted:
        """Judge one row.

        Raises:
            _Refused: it cannot be applied.
        """
        statement = self._now(row.statement)
        if len(self._wanted[statement.key]) > 1:
            raise _Refused("contradiction", "同一个审核编号在这张表里有几种不同的判定")
        standing = self._judged[digest(statement.key) if statement.is_pair else statement.key]
        if row.verdict == "撤销":
            return self._undo(row, statement, standing)
        made = self._pair(row, standing) if statement.is_pair else self._made(row, statement, standing)
        for fact in standing:
            by = judged_by(fact.method)
            if by is not None and by.verdict != made.verdict and fact.source != self._uri:
                raise _Refused(
                    "contradiction",
                    f"“{fact.source_title}”（{fact.locator}）的判定是“{_WORDS[by.verdict]}”；请先把它撤销",
                )
        own = [judged_by(fact.method) for fact in standing if fact.source == self._uri]
        repeats = bool(own) and all(by is not None and by.verdict == made.verdict for by in own)
        return Accepted(row, made.facts, repeats=repeats and row.verdict != "改为")

    def _undo(self, row: Row, statement: Statement, standing: Iterable[Fact]) -> Accepted:
        undone = frozenset((fact.source, by.row) for fact in standing if (by := judged_by(fact.method)) is not None)
        if not undone and not statement.is_pair and not self._said[statement.key]:
            raise _Refused("unknown_id", "存储里没有这个审核编号说的事，也没有关于它的判定")
        return Accepted(row, undone=undone)

    def _made(self, row: Row, statement: Statement, standing: Sequence[Fact]) -> Made:
        said = [fact for fact in self._said[statement.key] if fact.modality in _SAID]
        if not said:
            for fact in standing:  # its source is not there just now; what was decided stays decided
                by = judged_by(fact.method)
                if by is not None and _WORDS[by.verdict] == row.verdict:
                    return Made(by.verdict, [])
            raise _Refused("unknown_id", "存储里现在没有来源这样说，没有可判的")
        source, target = self._target(row, statement) if row.verdict == "改为" else (None, None)
        return statement_facts(row, said, source, target)

    def _target(self, row: Row, statement: Statement) -> tuple[Node | None, Node | None]:
        """The other subject or the other object that a row names, ``主体：某某公司`` or ``某产品``."""
        relation = SCHEMA.relation(statement.predicate)
        role, _, name = row.target.replace(":", "：", 1).partition("：")
        is_subject = role.strip() == "主体" and bool(name)
        text = name.strip() if name and role.strip() in ("主体", "对象") else row.target
        node = _one(self._store, text, relation.sources if is_subject else relation.targets)
        if node.id == (statement.subject if is_subject else statement.target):
            raise _Refused("same_target", f"“改为”的就是原来的：{row.target}")
        return (node, None) if is_subject else (None, node)

    def _pair(self, row: Row, standing: Sequence[Fact]) -> Made:
        one, other = (self._nodes.get(end or "") for end in (row.statement.subject, row.statement.target))
        kinds = {(end or "").split(":", 1)[0] for end in (row.statement.subject, row.statement.target)}
        if one is None or other is None or len(kinds) > 1 or not kinds <= {"Enterprise", "Institute"}:
            raise _Refused("unknown_id", "存储里没有这两个名称，或它们不是同一类")
        first, second = (_named(end, node) for end, node in zip(_ends(row), (one, other), strict=True))
        target = None
        if row.verdict == "改为":
            target = _one(self._store, row.target, tuple(kinds))
            if target.id in (one.id, other.id):
                if any(fact.modality == "manual" for fact in standing):
                    return Made("apart", [])  # said before, and since then the two are one
                raise _Refused("same_target", f"“改为”的就是这两个之一：{row.target}")
        self._unite(row, one, target or other)
        return pair_facts(row, first, second, target)

    def _unite(self, row: Row, one: Node, other: Node) -> None:
        """Refuse to make one firm of names that a chain of verdicts says are two."""
        if row.verdict == "否决":
            return
        group = self._united.get(one.id, frozenset({one.id})) | self._united.get(other.id, frozenset({other.id}))
        if one.id != other.id and any(self._apart.get(end, frozenset()) & group for end in group):
            raise _Refused("contradiction", "与“不是同一家”的判定连起来矛盾；请先撤销其中一个")
        self._united.update(dict.fromkeys(group, group))


def _ends(row: Row) -> tuple[str, str]:
    return row.statement.subject, row.statement.target or ""


def _named(end: str, node: Node) -> Node:
    """The node a pair was called by: its name where it still is that node, else its key."""
    return node if node.id == end else Node(end, node.kind, end.split(":", 1)[1], {})


def _statement(fact: Fact) -> Statement:
    if fact.object_id is not None:
        return Statement(fact.subject_id, fact.predicate, fact.object_id)
    return claim_statement(fact)


def _nodes(store: Store, ends: Iterable[str]) -> dict[str, Node]:
    """The nodes these ids mean today: an id may since have become another's name."""
    wanted = set(ends)
    found = {node.id: node for node in store.nodes(ids=sorted(wanted))} if wanted else {}
    for end in sorted(wanted - found.keys()):
        kind, key = end.split(":", 1)
        nodes = [node for node in store.find(key) if node.id.split(":", 1)[0] == kind]
        if len(nodes) == 1:
            found[end] = nodes[0]
    return found


def _one(store: Store, text: str, kinds: Sequence[str]) -> Node:
    """The node of one of these kinds that a person means.

    Raises:
        _Refused: there is none, or there are several.
    """
    found = [node for node in store.find(text) if set(kinds) & set(SCHEMA.ancestors(node.kind))]
    exact = [node for node in found if text in (node.id, node.name)]
    if len(found) > 1 and len(exact) == 1:
        return exact[0]
    if len(found) != 1:
        labels = "、".join(SCHEMA.kind(kind).label for kind in kinds)
        listed = "、".join(f"{node.name}（{node.id}）" for node in found[:5])
        told = f"“{text}”指几个：{listed}；请写括号里的编号" if found else f"存储里没有叫“{text}”的{labels}"
        raise _Refused("unknown_target", f"“改为”的内容不对：{told}")
    return found[0]
