"""What was searched for makers here, what that proves, what to search next, and how much the sources show.

Declared detection rates decide labels; what is estimated from the sources themselves (:mod:`bulian.queries.recapture`)
is shown beside them and decides nothing. Definitions in ``docs/coverage.md``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bulian.graph.names import normal_form
from bulian.graph.regions import ROOT
from bulian.graph.store import GraphView

from .assumption import Assumption, assume, marked
from .cases import rounded
from .coverage_results import CoverageReport, ProductCoverage, SearchLine, SourceCoverage
from .documented import documented
from .next_source import Sources, read_rates
from .recapture import LEAST_KNOWN, MOST, Estimate, History, estimate, found_again, named_by, pairs_of
from .registers import dependent, register_of
from .results import Finding, RegionRef
from .search import Search
from .seen_makers import TOLD_APART
from .settings import Settings
from .situation import Situation, read_situation
from .synthetic import synthetic_sources
from .weak_links import judge

__all__ = ["find_coverage"]

_PAIRED: Final = 10
_NOBODY: Final = estimate([], register_of)


def find_coverage(
    view: GraphView,
    region: str,
    chain: str,
    settings: Settings | None = None,
    assumptions: Sequence[Assumption] = (),
) -> CoverageReport:
    """What was searched for every product of a chain in a region, and how much of its makers the sources show.

    Args:
        view: the store.
        region: name or code of the region that counts as local.
        chain: name of the chain.
        settings: thresholds; the defaults if None.
        assumptions: detection rates to suppose; they are shown apart and never called searched.

    Returns:
        One entry per product in the order of the weak-link report, the sources, their estimates and warnings.

    Raises:
        NotFoundError: no such chain or region, or nothing of the name of an assumption; AmbiguousNameError for a region
            name of several.
        UsageError: two assumptions are about the same.
    """
    situation = assume(view, read_situation(view, region, chain, settings or Settings()), assumptions)
    findings = marked(judge(situation), situation)
    histories = _histories(view, situation)
    sources = _sources(view, situation, histories)
    files = {source.uri for source in view.files()}  # a cited page is read and done with; a list can be asked again
    listed = [
        (source.title, source.found_again_by_product.rate)
        for source in sources
        if source.source in files and source.makers >= LEAST_KNOWN
    ]
    choices = Sources(read_rates(view, situation.regions), listed)
    whole, by_uri = histories[None], {source.source: source.register for source in sources}
    sizes = {root: estimate(rows, by_uri.__getitem__) for root, rows in histories.items()}
    products = tuple(_product(situation, finding, choices, sizes.get(finding.product, _NOBODY)) for finding in findings)
    return CoverageReport(
        RegionRef(situation.region.code, situation.region.full_name), situation.chain.name, situation.settings.as_json(),
        {**documented(situation), **_counts(products), "synthetic": list(synthetic_sources(view))},
        sizes[None], products, sources,
        sum(history.groups for history in whole if history.others),
        pairs_of([source.source for source in sources[:_PAIRED]], whole, by_uri.__getitem__),
        tuple(_warnings(situation, sources)), situation.assumptions,
    )  # fmt: skip


Histories = Mapping[str | None, Sequence[History]]


def _histories(view: GraphView, situation: Situation) -> Histories:
    """Capture histories of the makers here by product; None holds those of the whole chain."""
    found: dict[str | None, list[History]] = defaultdict(list, {None: []})
    pairs, settings = situation.chain.pairs(), situation.settings
    for row in view.listings(pairs, situation.region.code, settings.confidence, TOLD_APART, MOST).to_pylist():
        found[row["root"]].append(History(frozenset(row["sources"]), row["others"], row["groups"]))
    return found


def _sources(view: GraphView, situation: Situation, histories: Histories) -> tuple[SourceCoverage, ...]:
    """The sources that name makers here, by how many they name."""
    whole = histories[None]
    by_product = [history for root, rows in histories.items() if root is not None for history in rows]
    known = {source.uri: source for source in view.sources()}
    declared = _declared(situation)
    named = named_by(whole)
    registers = {uri: register_of(uri, known[uri].title) for uri in named}
    return tuple(
        SourceCoverage(
            uri, known[uri].title, known[uri].date, registers[uri], named[uri],
            found_again(uri, whole, registers.__getitem__), found_again(uri, by_product, registers.__getitem__),
            tuple(sorted(declared.get(normal_form(known[uri].title), ()))),
        )
        for uri in sorted(named, key=lambda uri: (-named[uri], uri))
    )  # fmt: skip


def _declared(situation: Situation) -> Mapping[str, set[float]]:
    """The rates that are declared here, by the normal form of the source's name."""
    searches = (search for product in situation.chain.graph for search in situation.here.made(product))
    rates: dict[str, set[float]] = defaultdict(set)
    for source, rate in {(search.source, search.rate) for search in searches}:
        rates[normal_form(source)].add(rate)
    return rates


def _product(situation: Situation, finding: Finding, choices: Sources, makers: Estimate) -> ProductCoverage:
    product, numbers, settings = finding.product, finding.numbers, situation.settings
    here, nationwide = situation.here, situation.nationwide
    doubts, doubts_national = situation.doubts(product, situation.region.code), situation.doubts(product, ROOT)
    absent = here.declared.absence(product, 0, doubts, settings) or 0.0
    settled = bool(numbers["local_groups"]) or (absent >= settings.absent and not numbers["near_groups"])
    needed = None if settled else here.declared.rate_needed(product, doubts, settings)
    national = nationwide.declared.rate_needed(product, doubts_national, settings)
    return ProductCoverage(
        product, finding.regional, finding.national, numbers["blocks"], numbers["local_groups"],
        numbers["domestic_groups"], numbers["p_absent_local"], numbers["p_absent_national"], settled,
        tuple(_line(situation, search, situation.around) for search in here.of(product)),
        tuple(_line(situation, search, (ROOT,)) for search in nationwide.of(product)),
        rounded(needed), None if numbers["domestic_groups"] else rounded(national),
        () if settled else choices.after([search.source for search in here.made(product)], needed),
        makers, finding.unknowns, finding.assumption,
    )  # fmt: skip


def _line(situation: Situation, search: Search, around: Sequence[str]) -> SearchLine:
    area = situation.regions.get(around[search.depth])
    return SearchLine(
        search.source, search.rate, search.date,
        "假设" if search.assumed else "文件声明" if search.for_file else "检索表",
        RegionRef(area.code, area.full_name), search.named,
        None if search.assumed else register_of(search.source), search.fact or None,
    )  # fmt: skip


def _counts(products: Sequence[ProductCoverage]) -> dict[str, Any]:
    return {
        "settled": sum(one.settled for one in products),
        "unsearched": sum(not any(line.basis != "假设" for line in one.searches) for one in products),
    }


def _warnings(situation: Situation, sources: Sequence[SourceCoverage]) -> Iterator[str]:
    """What makes the figures doubtful: sources of one register, rates that the sources themselves contradict."""
    searched = {search.source for product in situation.chain.graph for search in situation.here.made(product)}
    for register, names in dependent(searched):
        yield (
            f"{'、'.join(names)}都取自{register}，并不独立：“不存在”的把握按相互独立计算，所以偏高；"
            "“检索”表里只应登记其中一个，另一个不增加把握。"
        )
    for register, names in dependent(source.title for source in sources):
        yield f"{'、'.join(names)}都取自{register}，并不独立：估计时按一个来源计。"
    for source in sources:
        found = source.found_again_by_product
        if source.declared and found.high is not None and min(source.declared) > found.high:
            yield (
                f"“{source.title}”登记的检出率为 {min(source.declared):g}，但别的来源所列的 {found.known} 个"
                f"“企业—产品”它只列出 {found.again} 个（{found.low:.2g}–{found.high:.2g}），登记的可能偏高。"
            )
