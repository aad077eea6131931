"""Which firm of the store a written name means: the same name, a recorded alias, or an abbreviation of one.

Truth first: a name is a ``match`` only where hardly another firm can be meant; what is merely likely is a
``candidate`` for a person to decide. Full names that differ in 集团, 股份, 有限, a place or 研究院 are different firms,
whatever else they share, unless an alias is on record. Method and measured quality: docs/firm-names.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from bulian.graph.names import normal_form, normal_forms
from bulian.graph.verdicts import kept_apart

from .firm_names import NameParts, core_of, is_full, name_parts, reads_whole, simplified, unmarked
from .firm_names_words import TRADES

if TYPE_CHECKING:
    import pyarrow as pa

    from bulian.graph.store import GraphView

__all__ = ["Asked", "NameCandidate", "Names", "Resolution", "read_names"]

Decision = Literal["match", "candidate", "none"]
Rule = Literal["credit_code", "name", "several", "word", "abbreviation", "variant", "similar", "nothing"]

_LIMIT: Final = 60
_SHOWN: Final = 5
_BATCH: Final = 256
_MARGIN: Final = 1.5
_SHORTEST: Final = 3
_LEAST: Final = -12.0
_SCALE: Final = 8.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A name to resolve, with the id its line gives it (a string or a number, None without one).

    ``bearer`` is the node whose name it is, where another one that may be the same is looked for.
    """

    id: Any
    name: str
    bearer: str | None = None


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """A firm that may be meant: its id, the name answers show, and how well the name reads as short for it (0–1)."""

    entity: str
    full_name: str
    score: float


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name was found to mean.

    ``decision`` is match (this firm), candidate (perhaps, to be confirmed) or none; ``entity``, ``full_name`` and
    ``score`` (0–1) are of the firm found or of the first candidate, None without one. ``rule`` says why:
    ``credit_code``, ``name`` (the same name or a recorded one), ``several`` (a recorded name of several firms), ``word``
    (also a product or trade word), ``abbreviation`` (an unbroken part with the whole own name, no other firm near),
    ``variant`` (a full name that differs in form or place), ``similar`` (reads as short for it, below what a match
    needs), ``nothing``. ``candidates`` are further ones, best first.
    """

    id: Any
    name: str
    decision: Decision
    entity: str | None
    full_name: str | None
    score: float | None
    rule: Rule
    candidates: tuple[NameCandidate, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A name made ready: forms it may stand under, what is looked for in full names, whether it is a full one."""

    asked: Asked
    forms: tuple[str, ...]
    query: str
    full: bool

    def direct(self, exact: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
        """Rows that stand under the name itself."""
        return next((exact[form] for form in self.forms if form and form in exact), ())


@dataclass(frozen=True, slots=True)
class _Scored:
    row: int
    cost: float
    parts: NameParts


def read_names(view: GraphView) -> Names:
    """The names of a store, and its product names as words that alone name no firm."""
    words = {written for node in view.nodes("Product") for written in (node.name, *node.properties.get("aliases", ()))}
    return Names(view.firm_names(), words, kept_apart(view))


class Names:
    """All names of a population, ready to be asked.

    Args:
        names: columns ``id``, ``name``, ``key`` as :meth:`bulian.graph.store.GraphView.firm_names` gives them.
        words: names of products and the like: a short name that is one of them needs more than the name.
        apart: ids of firms that a firm of this id is known not to be.
    """

    def __init__(
        self, names: pa.Table, words: Iterable[str] = (), apart: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        ordered = names.sort_by([("key", "ascending"), ("id", "ascending")])
        self._keys: list[str] = ordered["key"].to_pylist()
        self._key_column, self._ids, self._names = (ordered[name].combine_chunks() for name in ("key", "id", "name"))
        self._words = _folded(words) | set(TRADES)
        self._apart = apart or {}

    def resolve(self, asked: Sequence[Asked]) -> Iterator[Resolution]:
        """Resolve names one by one: an answer depends on the store and on its own name only.

        Returns:
            An answer per name, in order.
        """
        from .firm_names_index import Postings

        wanted = _wanted(asked)
        exact = self._exact({form for one in wanted for form in one.forms})
        unsaid = {one.query for one in wanted if (one.asked.bearer or not one.direct(exact)) and len(one.query) >= 2}
        postings = Postings(self._keys, unsaid)
        for start in range(0, len(wanted), _BATCH):
            part = wanted[start : start + _BATCH]
            near = self._near(sorted(unsaid.intersection(one.query for one in part)), postings)
            yield from (self._answer(one, exact, near.get(one.query, ())) for one in part)

    def _exact(self, forms: set[str]) -> Mapping[str, tuple[int, ...]]:
        """Rows of the table by key, of these keys only."""
        import pyarrow as pa
        import pyarrow.compute as pc

        wanted = pc.is_in(self._key_column, value_set=pa.array(sorted(forms), pa.string()))
        found: dict[str, tuple[int, ...]] = {}
        for row in pc.indices_nonzero(wanted).to_pylist():
            key = self._keys[row]
            found[key] = (*found.get(key, ()), row)
        return found

    def _near(self, queries: Sequence[str], postings: Any) -> dict[str, tuple[_Scored, ...]]:
        """Scored names of firms, best first, a firm once, by the name looked for."""
        from .firm_names_align import COSTS, align

        found = [(query, row) for query in queries for row in postings.nearest(query, _LIMIT).tolist()]
        pairs = [(query, name_parts(simplified(self._keys[row]))) for query, row in found]
        costs = align(pairs, COSTS).tolist()
        scored: dict[str, list[_Scored]] = {}
        for (query, row), (_, parts), cost in zip(found, pairs, costs, strict=True):
            scored.setdefault(query, []).append(_Scored(row, round(cost, 9), parts))
        return {query: self._ranked(items) for query, items in scored.items()}

    def _ranked(self, found: list[_Scored]) -> tuple[_Scored, ...]:
        best: dict[str, _Scored] = {}
        for one in sorted(found, key=lambda one: (-one.cost, len(one.parts.text), self._keys[one.row], one.row)):
            best.setdefault(self._ids[one.row].as_py(), one)
        return tuple(best.values())[: _SHOWN + 1]

    def _answer(self, one: _Wanted, exact: Mapping[str, tuple[int, ...]], near: Sequence[_Scored]) -> Resolution:
        rows = one.direct(exact)
        if self._apart or one.asked.bearer is not None:
            others = self._others(one, rows)
            rows = tuple(row for row in rows if self._ids[row].as_py() not in others)
            near = [item for item in near if self._ids[item.row].as_py() not in others]
        if rows:
            return self._recorded(one, rows)
        likely = [item for item in near if item.cost >= _LEAST]
        if not likely:
            return Resolution(one.asked.id, one.asked.name, "none", None, None, None, "nothing")
        decision, rule = _judged(one, likely[0], near[1:2], self._words)
        return _made(one, decision, rule, [self._candidate(item.row, _score(item.cost)) for item in likely[:_SHOWN]])

    def _others(self, one: _Wanted, rows: Sequence[int]) -> frozenset[str]:
        """Firms that are not meant: its bearer, and those that a person said its bearer is not."""
        if one.asked.bearer is not None:
            return self._apart.get(one.asked.bearer, frozenset()) | {one.asked.bearer}
        own = {self._ids[row].as_py() for row in rows if normal_form(self._names[row].as_py()) == one.forms[0]}
        return frozenset().union(*(self._apart.get(bearer, frozenset()) for bearer in own))

    def _recorded(self, one: _Wanted, rows: Sequence[int]) -> Resolution:
        """An answer by a name on record; of several firms, or a mere word, it is only a candidate."""
        named = {found.entity: found for found in (self._candidate(row, 1.0) for row in rows)}
        own = [found for found in named.values() if normal_form(found.full_name) == one.forms[0]]
        if len(named) > 1 and len(own) != 1:
            return _made(one, "candidate", "several", tuple(named.values())[:_SHOWN])
        if not own and one.query in self._words:
            return _made(one, "candidate", "word", tuple(named.values()))
        shown = [*own, *(found for found in named.values() if found not in own)][:_SHOWN]
        return _made(one, "match", "credit_code" if _is_code(one.asked.name) else "name", shown)

    def _candidate(self, row: int, score: float) -> NameCandidate:
        return NameCandidate(self._ids[row].as_py(), self._names[row].as_py(), score)


def _made(one: _Wanted, decision: Decision, rule: Rule, shown: Sequence[NameCandidate]) -> Resolution:
    first, others = shown[0], tuple(shown[1:])
    return Resolution(
        one.asked.id, one.asked.name, decision, first.entity, first.full_name, first.score, rule, others
    )  # fmt: skip


def _judged(one: _Wanted, first: _Scored, second: Sequence[_Scored], words: set[str]) -> tuple[Decision, Rule]:
    """Whether the best reading is good enough and alone enough to be a match."""
    if one.full:
        return "candidate", "variant" if one.query == first.parts.core else "similar"
    if one.query in words:
        return "candidate", "word"
    alone = not second or first.cost - second[0].cost >= _MARGIN
    if alone and len(one.query) >= _SHORTEST and reads_whole(one.query, first.parts):
        return "match", "abbreviation"
    return "candidate", "similar"


def _wanted(asked: Sequence[Asked]) -> list[_Wanted]:
    """Every name with what it may stand under, the nearest first: as it is, in simplified characters, without marks."""
    import pyarrow as pa

    normal = normal_forms(pa.array([one.name for one in asked], pa.string())).to_pylist()
    made = []
    for one, form in zip(asked, normal, strict=True):
        simple = simplified(form or "")
        full, bare = is_full(simple), unmarked(simple)
        forms = tuple(dict.fromkeys((form or "", simple, bare, one.name.strip().upper())))
        made.append(_Wanted(one, forms, core_of(simple) if full else bare, full))
    return made


def _folded(words: Iterable[str]) -> set[str]:
    """Words in the form in which names are compared, as one column: a store has many products."""
    import pyarrow as pa

    forms = normal_forms(pa.array(sorted(words), pa.string())).to_pylist()
    return {simplified(form) for form in forms if form}


def _is_code(name: str) -> bool:
    code = name.strip().upper()
    return len(code) == 18 and code.isascii() and code.isalnum()


def _score(cost: float) -> float:
    return round(math.exp(cost / _SCALE), 4)
