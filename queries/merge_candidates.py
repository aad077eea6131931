"""Pairs of names in the store that may be one firm or institute, for a person to decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bulian.graph.names import normal_forms
from bulian.graph.verdicts import Statement

from .firm_names import PLACE, NameParts, name_parts, simplified
from .resolve import Asked, NameCandidate, Names, Resolution, read_names

if TYPE_CHECKING:
    import pyarrow as pa

    from bulian.graph.store import GraphView

__all__ = ["MergeCandidate", "find_merges"]

_ASKED: Final = 5_000
_LIKELY: Final = 0.5
_CODED: Final = r"^Enterprise:[0-9A-Z]{18}$"


@dataclass(frozen=True, slots=True)
class MergeCandidate:
    """A name without a credit code, and the firm it may be; ``rule`` and ``score`` as :class:`Resolution` has them.

    ``others`` are further firms it may be, best first; ``place`` is where the name stands among those that matter most.
    """

    bearer: str
    name: str
    other: NameCandidate
    rule: str
    score: float
    others: tuple[NameCandidate, ...]
    place: int

    @property
    def statement(self) -> Statement:
        """What a verdict on the pair is about."""
        return Statement(self.bearer, "same_as", self.other.entity)


def find_merges(view: GraphView, first: Sequence[str]) -> list[MergeCandidate]:
    """Names that may be another firm's, those of ``first`` before the others, then the likeliest.

    Two firms with credit codes are two. A full name that merely reads alike is no candidate: names of one trade and
    place do. Of each name the likeliest firm is given, of each pair one row. The first 5,000 names are looked at.

    Args:
        view: the store.
        first: ids of firms that matter most.
    """
    table = view.firm_names()
    bearers = _bearers(table, first)
    places = {node: place for place, node in enumerate(first)}
    seen: set[str] = set()
    found = []
    for candidate in _candidates(read_names(view), bearers, places):
        if candidate.statement.key not in seen:
            seen.add(candidate.statement.key)
            found.append(candidate)
    found.sort(key=lambda one: (one.place, one.rule == "similar", -one.score, one.name, one.bearer))
    return found


def _bearers(table: pa.Table, first: Sequence[str]) -> Mapping[str, str]:
    """Names without a credit code by id, those of ``first`` first."""
    import pyarrow.compute as pc

    bare = table.filter(pc.invert(pc.match_substring_regex(table["id"], _CODED))).select(["id", "name"])
    named = bare.group_by(["id", "name"]).aggregate([]).sort_by([("id", "ascending")])
    chosen = pc.is_in(named["id"], value_set=_array(first))
    ordered = [*named.filter(chosen).to_pylist(), *named.filter(pc.invert(chosen)).slice(0, _ASKED).to_pylist()]
    return {row["id"]: row["name"] for row in ordered[:_ASKED]}


def _array(texts: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    return pa.array(texts, pa.string())


def _candidates(names: Names, bearers: Mapping[str, str], places: Mapping[str, int]) -> Iterator[MergeCandidate]:
    asked = [Asked(node, name, node) for node, name in bearers.items()]
    answers = []
    for answer in names.resolve(asked):
        kind = str(answer.id).split(":", 1)[0]
        offered = [one for one in _offered(answer) if one.entity.split(":", 1)[0] == kind]
        if offered and answer.decision != "none":
            answers.append((answer, offered))
    parts = _parts({name for answer, offered in answers for name in (answer.name, offered[0].full_name)})
    for answer, offered in answers:
        node = str(answer.id)
        if _worth_asking(answer, offered[0], parts):
            yield MergeCandidate(
                node, answer.name, offered[0], answer.rule, offered[0].score, tuple(offered[1:]),
                places.get(node, len(places)),
            )  # fmt: skip


def _worth_asking(answer: Resolution, other: NameCandidate, parts: Mapping[str, NameParts]) -> bool:
    """Whether a person should be asked: names of one trade or place read alike and mean nothing.

    Full names must share an own name and stand for no two places; what merely reads alike must be short for a full one.
    """
    one, two = parts[answer.name], parts[other.full_name]
    if answer.rule == "similar":
        return not one.has_form and two.has_form and other.score >= _LIKELY
    if answer.rule == "variant":
        return (
            bool(one.own) and one.core == two.core and (_place(one) == _place(two) or not (_place(one) and _place(two)))
        )
    return True


def _parts(names: set[str]) -> Mapping[str, NameParts]:
    """Every name cut up, folded as one column."""
    import pyarrow as pa

    ordered = sorted(names)
    forms = normal_forms(pa.array(ordered, pa.string())).to_pylist()
    return {name: name_parts(simplified(form or "")) for name, form in zip(ordered, forms, strict=True)}


def _place(parts: NameParts) -> str:
    return "".join(letter for letter, kind in zip(parts.text, parts.classes, strict=True) if kind == PLACE)


def _offered(answer: Resolution) -> Iterator[NameCandidate]:
    if answer.entity is not None and answer.full_name is not None and answer.score is not None:
        yield NameCandidate(answer.entity, answer.full_name, answer.score)
        yield from answer.candidates
