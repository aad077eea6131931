"""What is supposed never passes for what was searched: same labels as a row 检索, but marked, and gone without it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bulian.graph.errors import AmbiguousNameError, NotFoundError, UsageError
from bulian.graph.store import Store
from bulian.queries.assumption import Assumption, parse_assumptions
from bulian.queries.coverage import find_coverage
from bulian.queries.results import Finding, WeakReport
from bulian.queries.sensitivity import find_sensitivity
from bulian.queries.settings import Settings
from bulian.queries.targets import find_targets
from bulian.queries.weak_links import find_weak_links

from .planted import Tables, plant
from .planted_store import stored

HOME = "昆山市"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    tables = plant(211, chains=2, firms=24)
    tables.rows["检索"] = [
        row for row in tables.rows["检索"] if row["地区"] not in ("昆山市", "苏州市", "江苏省", "中国")
    ]
    return tables


@pytest.fixture(scope="module")
def store(bare: Tables, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with stored(bare, tmp_path_factory.mktemp("bare")) as made:
        yield made


@pytest.fixture(scope="module")
def searched(bare: Tables, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The same with a declared search of every product in the county, and another of China."""
    tables = bare.copy()
    for region, source, rate in ((HOME, "某名录", "0.95"), ("中国", "全国名录", "0.92")):
        tables.rows["检索"].append({"地区": region, "检索来源": source, "检出率": rate})
    with stored(tables, tmp_path_factory.mktemp("searched")) as made:
        yield made


def labels(report: WeakReport) -> dict[str, tuple[str, str]]:
    return {finding.product: (finding.regional, finding.national) for finding in report.findings}


def figures(finding: Finding) -> tuple[Any, ...]:
    return finding.regional, finding.national, dict(finding.numbers), finding.severity, finding.changes


def test_what_a_supposed_rate_changes_is_marked_with_what_it_would_be(store: Store, searched: Store) -> None:
    """China's rate counts in the region only where no narrower one is supposed: both are one supposed search."""
    both = [Assumption("中国", 0.92), Assumption(HOME, 0.95)]
    marked = 0
    for chain in store.chains():
        before, after = find_weak_links(store, HOME, chain), find_weak_links(store, HOME, chain, None, both)
        narrow, declared = find_weak_links(store, HOME, chain, None, both[1:]), find_weak_links(searched, HOME, chain)
        for finding in after.findings:
            name, without = finding.product, labels(before)[finding.product]
            assert (finding.regional, finding.national) == (labels(narrow)[name][0], labels(declared)[name][1])
            if (finding.regional, finding.national) == without:
                assert finding.assumption is None
                continue
            marked += 1
            assert finding.assumption is not None
            assert (finding.assumption["mark"], finding.assumption["regional"], finding.assumption["national"]) == (
                "假设", *without,
            )  # fmt: skip
            texts = [told["text"] for told in after.assumptions]
            assert finding.assumption["rests_on"]
            assert set(finding.assumption["rests_on"]) <= set(texts)
            assert "假设" in finding.reasons[1]
        assert before.assumptions == ()
        assert after.coverage == before.coverage, "what is supposed is not counted as searched"
    assert marked


def test_one_supposed_search_is_one_declared_search(bare: Tables, store: Store, tmp_path: Path) -> None:
    tables = bare.copy()
    tables.rows["检索"].append({"地区": HOME, "检索来源": "某名录", "检出率": "0.95"})
    with stored(tables, tmp_path) as one:
        for chain in one.chains():
            declared = find_weak_links(one, HOME, chain)
            supposed = find_weak_links(store, HOME, chain, None, [Assumption(None, 0.95)])
            assert [figures(f) for f in supposed.findings] == [figures(f) for f in declared.findings]
            cited = {line.fact for finding in supposed.findings for line in finding.evidence}
            assert "" not in cited
            assert declared.coverage["searched"] > supposed.coverage["searched"] == 0


def test_a_rate_of_a_source_takes_the_place_of_what_is_declared(bare: Tables, searched: Store, tmp_path: Path) -> None:
    lower = find_weak_links(searched, HOME, "链0", None, [Assumption("某名录", 0.1)])
    tables = bare.copy()
    tables.rows["检索"] += [
        {"地区": HOME, "检索来源": "某名录", "检出率": "0.1"}, {"地区": "中国", "检索来源": "全国名录", "检出率": "0.92"},
    ]  # fmt: skip
    with stored(tables, tmp_path) as other:
        assert labels(lower) == labels(find_weak_links(other, HOME, "链0"))
    (told,) = lower.assumptions
    assert (told["kind"], told["name"], told["rate"], told["applies_to"]) == ("source", "某名录", 0.1, ["regional"])
    assert told["region"]["code"] == lower.region.code


def test_a_file_may_be_supposed_to_be_a_search(store: Store) -> None:
    file = next(source for source in store.files() if source.title.endswith("企业产品.csv"))
    by_title = find_weak_links(store, HOME, "链0", None, [Assumption(file.title, 0.95)])
    by_stem = find_weak_links(store, HOME, "链0", None, [Assumption(file.title.removesuffix(".csv"), 0.95)])
    assert by_title == by_stem
    assert labels(by_title) == labels(find_weak_links(store, HOME, "链0", None, [Assumption(None, 0.95)]))


def test_an_area_that_does_not_hold_the_region_changes_nothing_and_says_so(store: Store) -> None:
    report = find_weak_links(store, HOME, "链0", None, [Assumption("温岭市", 0.99)])
    plain = find_weak_links(store, HOME, "链0")
    assert [figures(f) for f in report.findings] == [figures(f) for f in plain.findings]
    (told,) = report.assumptions
    assert told["applies_to"] == []
    assert "没有影响" in told["text"]


def test_targets_and_sensitivity_rest_on_it_too(store: Store) -> None:
    supposed = [Assumption(None, 0.95)]
    report = find_weak_links(store, HOME, "链0", None, supposed)
    plain = {f.product: f for f in find_weak_links(store, HOME, "链0").findings}
    alone = find_targets(store, HOME, "链0", assumptions=supposed)
    assert alone == find_targets(store, HOME, "链0", report=report, assumptions=supposed)
    marks = {finding.product: finding.assumption for finding in report.findings}
    assert {gap.product: gap.assumption for gap in alone.gaps} == {gap.product: marks[gap.product] for gap in alone.gaps}
    assert alone.assumptions == report.assumptions != ()
    marked = [gap for gap in alone.gaps if gap.assumption and gap.regional != plain[gap.product].regional]
    assert any(gap.targets for gap in marked)
    assert all("假设" in target.counter for gap in marked for target in gap.targets if target.kind == "招引")
    swept = find_sensitivity(store, HOME, "链0", None, report, 0, 1, supposed)
    lower = labels(find_weak_links(store, HOME, "链0", Settings(prior=0.6), supposed))
    flipped = {
        flip.product: flip.label
        for flip in swept.flips
        if (flip.setting, flip.value, flip.axis) == ("prior", 0.6, "regional")
    }
    assert {name: flipped.get(name, label) for name, (label, _) in labels(report).items()} == {
        name: label for name, (label, _) in lower.items()
    }


def test_coverage_keeps_it_apart(store: Store) -> None:
    report = find_coverage(store, HOME, "链0", None, [Assumption(None, 0.95)])
    plain = find_coverage(store, HOME, "链0")
    others = {one.product: one for one in plain.products}
    for one in report.products:
        other = others[one.product]
        assert one.searches[-1].basis == "假设"
        assert (one.searches[-1].rate, one.searches[-1].fact) == (0.95, None)
        assert (one.settled, one.rate_needed, one.next) == (other.settled, other.rate_needed, other.next)
    assert report.coverage == plain.coverage


@pytest.mark.parametrize(
    "texts",
    [["1.5"], ["-0.1"], ["八成"], ["nan"], [""], ["=0.5"], ["温岭市="], ["0.5", "0.6"], ["温岭市=0.5", "温岭市 =0.6"]],
)
def test_wrong_values_are_refused(texts: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_assumptions(texts)


def test_what_is_written_is_read() -> None:
    assert parse_assumptions([]) == ()
    assert parse_assumptions(["0.8"]) == (Assumption(None, 0.8),)
    assert parse_assumptions(["企查查=0", "a=b=1"]) == (Assumption("企查查", 0.0), Assumption("a=b", 1.0))


def test_names_that_mean_nothing_several_or_the_same(store: Store) -> None:
    with pytest.raises(NotFoundError, match="既不是地区"):
        find_weak_links(store, HOME, "链0", None, [Assumption("没有的名录", 0.5)])
    with pytest.raises(AmbiguousNameError):
        find_weak_links(store, HOME, "链0", None, [Assumption("鼓楼区", 0.5)])
    with pytest.raises(UsageError):
        find_weak_links(store, HOME, "链0", None, [Assumption(None, 0.5), Assumption(HOME, 0.6)])


@pytest.mark.parametrize("seed", [5, 6])
def test_hiding_a_fifth_of_the_makers_breaks_no_link_that_was_not_searched(seed: int, tmp_path: Path) -> None:
    tables = plant(300 + seed, chains=2, firms=30)
    rng = random.Random(seed)
    hidden = tables.copy()
    made = [row for row in hidden.rows["企业产品"] if row.get("角色") == "生产"]
    gone = {id(row) for row in rng.sample(made, len(made) // 5)}
    hidden.rows["企业产品"] = [row for row in hidden.rows["企业产品"] if id(row) not in gone]
    with stored(hidden, tmp_path) as store:
        for chain in store.chains():
            coverage = {one.product: one for one in find_coverage(store, HOME, chain).products}
            for finding in find_weak_links(store, HOME, chain).findings:
                missed = 1.0
                for line in coverage[finding.product].searches:
                    missed *= 1 - line.rate
                if finding.regional in ("断链", "可替代缺口"):
                    assert coverage[finding.product].searches
                    assert missed <= 1 / 9 + 1e-12


@pytest.mark.parametrize("seed", [7, 8])
def test_what_is_taken_away_never_breaks_an_unknown_link(seed: int, tmp_path: Path) -> None:
    """A confirmed maker whose place is known, or a source with all its searches."""
    tables = plant(400 + seed, chains=2, firms=30)
    rng = random.Random(seed)
    changed = tables.copy()
    sources = sorted({row["检索来源"] for row in changed.rows["检索"]})
    dropped = set(rng.sample(sources, max(1, len(sources) // 3)))
    changed.rows["检索"] = [row for row in changed.rows["检索"] if row["检索来源"] not in dropped]
    placed = {row["企业名称"] for row in changed.rows["企业"] if row.get("区县")}
    sure = [
        row for row in changed.rows["企业产品"]
        if row.get("角色") == "生产" and float(row.get("置信度", 0.9)) >= 0.5 and row["企业名称"] in placed
    ]  # fmt: skip
    gone = {id(row) for row in rng.sample(sure, len(sure) // 3)}
    changed.rows["企业产品"] = [row for row in changed.rows["企业产品"] if id(row) not in gone]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with stored(tables, tmp_path / "a") as whole, stored(changed, tmp_path / "b") as less:
        for chain in whole.chains():
            after = labels(find_weak_links(less, HOME, chain))
            unknown = [
                name for name, (label, _) in labels(find_weak_links(whole, HOME, chain)).items() if label == "未知"
            ]
            assert unknown
            assert all(after[name][0] not in ("断链", "可替代缺口") for name in unknown if name in after)
