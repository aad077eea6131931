"""What if a source had been searched? Detection rates a user supposes, and the labels that rest on them.

An assumption is no search: it is not stored, cites no fact and is not counted as searched. Every product is judged
twice, with and without, by the same rules over the same readings; a label that differs is marked 假设 and carries the
label it would have without (``docs/coverage.md``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bulian.graph.errors import AmbiguousNameError, NotFoundError, UsageError
from bulian.graph.names import normal_form
from bulian.graph.regions import ROOT, Region
from bulian.graph.store import GraphView

from .cases import case_of
from .results import Finding
from .rules import NATIONAL_RULES, REGIONAL_RULES, first_rule
from .search import Searches
from .situation import Situation

__all__ = ["MARK", "Assumption", "assume", "marked", "parse_assumptions"]

MARK: Final = "假设"
SUPPOSED: Final = "假设的检索"
"""Name of the source a region is supposed to have been searched by; one, so the narrowest area wins."""

_HINT: Final = "写 --assume-detection 0.8（所问地区），或 --assume-detection 名称=0.8（名称为地区，或数据中已有的来源）。"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A supposed detection rate, 0–1: of a region or a source by ``name``, of the region asked for if None."""

    name: str | None
    rate: float


def parse_assumptions(texts: Iterable[str]) -> tuple[Assumption, ...]:
    """Assumptions as a user writes them: ``RATE`` or ``NAME=RATE``; the last ``=`` splits.

    Raises:
        UsageError: no rate from 0 to 1, an empty name, or two rates for one name.
    """
    found: dict[str | None, Assumption] = {}
    for text in texts:
        name, equals, rate = text.rpartition("=")
        one = Assumption(name.strip() if equals else None, _rate(rate, text))
        if one.name == "":
            raise UsageError("假设的检出率缺名称", where=text, hint=_HINT)
        key = one.name and normal_form(one.name)
        if key in found:
            raise UsageError("同一个名称假设了两次检出率", where=text, hint="每个地区、每个来源只写一次。")
        found[key] = one
    return tuple(found.values())


def _rate(text: str, whole: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 <= rate <= 1:
        raise UsageError("假设的检出率应为 0 到 1 之间的小数", where=whole, hint=_HINT)
    return rate


def assume(view: GraphView, situation: Situation, assumptions: Sequence[Assumption]) -> Situation:
    """The situation as it would be if the assumptions held; itself where there are none.

    A region's assumption holds for the region and for the areas inside it, as a row 检索 does: one of an area that does
    not contain the region asked for changes nothing there, and says so. A source's is about the region asked for; it
    takes the place of what is declared of it there. Both are about every product.

    Raises:
        NotFoundError: a name is neither a source of the data nor a region; AmbiguousNameError where it is several.
        UsageError: two names mean one region or one source.
    """
    supposed: list[Mapping[str, Any]] = []
    for one in assumptions:
        row = _row(view, situation, one)
        if any((known["searched_source"], known["area"]) == (row["searched_source"], row["area"]) for known in supposed):
            raise UsageError("同一个地区或来源假设了两次检出率", where=one.name or situation.region.name, hint=_HINT)
        supposed.append(row)
    return replace(
        situation,
        here=_with(situation.here, supposed, situation.around),
        nationwide=_with(situation.nationwide, supposed, (ROOT,)),
        assumptions=tuple(_told(row, situation.around) for row in supposed),
    )


def _with(searches: Searches, supposed: Sequence[Mapping[str, Any]], around: Sequence[str]) -> Searches:
    """The searches of a place with those supposed rows that hold for it."""
    held = [{**row, "depth": around.index(row["area"].code)} for row in supposed if row["area"].code in around]
    return replace(searches, supposed=held)


def _row(view: GraphView, situation: Situation, one: Assumption) -> Mapping[str, Any]:
    """An assumption as a row of the searches, with its kind and the area it is about."""
    source = None if one.name is None else _source(view, one.name)
    area = situation.region if source or one.name is None else _region(situation, one.name)
    supposed = {"kind": "source" if source else "region", "searched_source": source or SUPPOSED, "area": area}
    unsaid = {"product": None, "date": None, "fact": "", "method_is_file": False, "assumed": True}
    return {**supposed, **unsaid, "rate": one.rate}


def _region(situation: Situation, name: str) -> Region:
    try:
        return situation.regions.resolve(name)
    except AmbiguousNameError:
        raise
    except NotFoundError as error:
        hint = "来源按检索来源的名称或文件、网页的标题写；bulian coverage 列出已有的来源。"
        raise NotFoundError("假设所指的名称既不是地区，也不是数据中的来源", where=name, hint=hint) from error


def _source(view: GraphView, name: str) -> str | None:
    """The source of that name: as searches call it, else the title of a file or page; None if there is none.

    The address of a file or page and its title without the ending will do as well.
    """
    searched = {str(fact.qualifiers.get("searched_source") or "") for fact in view.facts(predicates=["SEARCHED"])}
    named = [(found, found) for found in sorted(searched - {""})]
    wanted, known = normal_form(name), [*named, *((source.title, source.uri) for source in view.sources())]
    for title, uri in known:
        if wanted in (normal_form(title), normal_form(uri)):
            return title
    return next((title for title, _ in known if wanted == normal_form(title.rpartition(".")[0])), None)


def _told(row: Mapping[str, Any], around: Sequence[str]) -> Mapping[str, Any]:
    """An assumption for people and scripts: its kind, name and rate, the area, on which axes it counts, in words."""
    area: Region = row["area"]
    axes = [*(["regional"] if area.code in around else []), *(["national"] if area.code == ROOT else [])]
    idle = "" if axes else "；该地区不包含所问的地区，对判定没有影响"
    return {
        "mark": MARK, "kind": row["kind"], "name": row["searched_source"] if row["kind"] == "source" else area.name,
        "rate": row["rate"], "region": {"code": area.code, "name": area.full_name}, "applies_to": axes,
        "text": f"{_words(row)}{idle}",
    }  # fmt: skip


def _words(row: Mapping[str, Any]) -> str:
    source, area = row["searched_source"], row["area"].name
    if row["kind"] == "region":
        return f"假设{area}的每个环节都被一个检出率为 {row['rate']:g} 的来源查过"
    return f"假设“{source}”在{area}的检出率为 {row['rate']:g}"


def marked(findings: Sequence[Finding], situation: Situation) -> tuple[Finding, ...]:
    """The findings of a situation, those marked whose label would be another without its assumptions."""
    if not (situation.here.supposed or situation.nationwide.supposed):
        return tuple(findings)
    plain = replace(situation, here=situation.here.declared, nationwide=situation.nationwide.declared)
    return tuple(_marked(finding, situation, plain) for finding in findings)


def _marked(finding: Finding, situation: Situation, plain: Situation) -> Finding:
    case, product = case_of(plain, finding.product), finding.product
    regional = first_rule(REGIONAL_RULES, case, plain.settings).label
    national = first_rule(NATIONAL_RULES, case, plain.settings).label
    said, on = [], dict[str, None]()
    for axis, label, without, searches in (
        ("地区", finding.regional, regional, situation.here),
        ("全国", finding.national, national, situation.nationwide),
    ):
        if label != without:
            said.append(f"{axis}判定“{label}”是假设的结果，不作假设则为“{without}”")
            on.update(dict.fromkeys(_supposed_for(searches, product)))
    if not said:
        return finding
    first, *others = finding.reasons
    why = f"{'；'.join(said)}：{'；'.join(on)}，没有实际查过。"
    rests = {"mark": MARK, "regional": regional, "national": national, "rests_on": list(on)}
    return replace(finding, reasons=(first, why, *others), assumption=rests)


def _supposed_for(searches: Searches, product: str) -> list[str]:
    """In words, the assumptions that the absence of a product's makers is computed with."""
    rows = {(row["searched_source"], row["depth"]): row for row in searches.supposed}
    return [_words(rows[one.source, one.depth]) for one in searches.of(product) if one.assumed]
