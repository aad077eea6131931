"""Sensitivity against brute force: other settings asked again in full, and thinned tables read in again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bulian.graph.duckdb_store import DuckDBStore
from bulian.graph.store import Store
from bulian.queries.readings import Readings
from bulian.queries.results import Finding, json_bytes
from bulian.queries.sensitivity import find_sensitivity, with_sensitivity
from bulian.queries.settings import Settings
from bulian.queries.situation import read_situation
from bulian.queries.supply import NO_SUPPLY, Supply
from bulian.queries.thinning import Thinner
from bulian.queries.weak_links import find_weak_links, judge

from .oracle import Oracle
from .planted import Tables, plant
from .planted_store import stored

HOME = "慈溪市"
SEED = 20
CHAINS = ("链0", "链1", "链2")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tables, Store]]:
    tables = plant(SEED, len(CHAINS), 40)
    with stored(tables, tmp_path_factory.mktemp("world")) as store:
        yield tables, store


def labels(findings: Iterable[Finding]) -> dict[str, tuple[str, str]]:
    return {finding.product: (finding.regional, finding.national) for finding in findings}


def judged(store: Store, chain: str, settings: Settings) -> dict[str, tuple[str, str]]:
    """The labels, everything read anew."""
    return labels(judge(read_situation(store, HOME, chain, settings)))


OTHER = Settings(confidence=0.4, n_eff_weak=1.7, n_eff_strong=2.0, strong_national_share=0.1, strong_honours=1)


@pytest.mark.parametrize(("settings", "chain"), [(Settings(), "链2"), (OTHER, "链0")])
def test_the_sweep_is_the_question_asked_again(world: tuple[Tables, Store], settings: Settings, chain: str) -> None:
    before = judged(world[1], chain, settings)
    assert before == labels(find_weak_links(world[1], HOME, chain, settings).findings)
    told = find_sensitivity(world[1], HOME, chain, settings, replicates=0)
    assert told.bootstrap is None
    moved: Counter[str] = Counter()
    for swept in told.swept:
        if swept.skipped is not None:
            continue
        changed = replace(settings, **{swept.setting: swept.value})  # type: ignore[arg-type]
        after = judged(world[1], chain, changed)
        axes = ("regional", "national")
        flips = {
            (product, axis, before[product][at], after[product][at])
            for product in before for at, axis in enumerate(axes) if before[product][at] != after[product][at]
        }  # fmt: skip
        mine = [f for f in told.flips if (f.setting, f.value) == (swept.setting, swept.value)]
        assert {(f.product, f.axis, f.label, f.to) for f in mine} == flips, swept
        assert len(mine) == len(flips) == swept.flips
        moved[swept.setting] += len(flips)
    assert len(+moved) >= (3 if settings == Settings() else 2)


def test_every_setting_is_moved_both_ways_or_says_why_not() -> None:
    from bulian.queries.sensitivity import other_values

    settings = Settings(absent=1.0, dependence_years=1)
    values: dict[str, list[Any]] = {}
    for name, value, why in other_values(settings):
        values.setdefault(name, []).append(why or value)
    assert list(values) == [field.name for field in fields(Settings)]
    assert values["confidence"] == [0.4, 0.6]
    assert values["absent"] == [0.8, "已到上限"]
    assert values["dependence_years"] == ["不能小于 1", 2]
    assert values["dependence_window"] == [2, 4]
    assert len(values["strong_honours"]) == 1
    assert [len(found) for name, found in values.items() if name in ("lq_low", "lq_strong", "prior")] == [2, 2, 2]
    assert max(value for name, value, _ in other_values(Settings(prior=0.9)) if name == "prior") < 1


def dropped(tables: Tables, gone: set[tuple[str, str]]) -> Tables:
    """The tables without the rows of these firms and products."""
    oracle, less = Oracle(tables), tables.copy()
    less.rows["企业产品"] = [
        row for row in tables.rows["企业产品"]
        if (oracle.known_as.get(row["企业名称"], row["企业名称"]), oracle.canonical[row["产品名称"]]) not in gone
    ]  # fmt: skip
    return less


def test_thinned_supply_is_that_of_the_thinned_tables(world: tuple[Tables, Store], tmp_path: Path) -> None:
    tables, store = world
    random = np.random.default_rng(5)
    read = {}
    gone: set[tuple[str, str]] = set()
    for chain in CHAINS:
        with Readings(store, HOME, chain, Settings()) as readings:
            claimed = readings.claimed()
            thinner = Thinner(readings.base, claimed)
            made = claimed.filter(claimed["active"]).to_pylist()
            made = [row for row in made if row["scope"] in ("local", "domestic")]
            keys = [(row["name"], row["leaf"]) for row in made]
            # 通用件 is made for every chain: what one chain lost, all lose
            stays = random.random(len(keys)) >= 0.3
            stays &= np.array([leaf != "通用件" for _, leaf in keys], dtype=bool)
            gone |= {key for key, stay in zip(keys, stays, strict=True) if not stay}
            everything = np.ones(len(thinner.pairs), dtype=np.bool_)
            read[chain] = {**readings.base.supply, **thinner.thinned(stays, everything, all_touched=True)}
            assert not thinner.bounded()
    compared = 0
    with stored(dropped(tables, gone), tmp_path) as less:
        for chain in CHAINS:
            expected = read_situation(less, HOME, chain, Settings()).supply
            for product, told in read[chain].items():
                there = expected.get(product, NO_SUPPLY)
                for one, other in ((told.local, there.local), (told.china, there.china), (told.near, there.near)):
                    compared += one.groups > 0
                    same_supply(one, other)
    assert compared > 12
    assert len(gone) > 12


def same_supply(one: Supply, other: Supply) -> None:
    assert (one.groups, one.unverified) == (other.groups, other.unverified)
    assert one.hhi == (None if other.hhi is None else pytest.approx(other.hhi, rel=1e-9))
    assert one.doubt == pytest.approx(other.doubt, rel=1e-9)


def test_nothing_dropped_changes_nothing(world: tuple[Tables, Store]) -> None:
    with Readings(world[1], HOME, CHAINS[0], Settings()) as readings:
        thinner = Thinner(readings.base, readings.claimed())
        everything = np.ones(len(thinner.pairs), dtype=np.bool_)
        assert thinner.thinned(np.ones(thinner.claims, dtype=np.bool_), everything) == {}


def test_the_same_seed_gives_the_same_answer_from_another_order(world: tuple[Tables, Store], tmp_path: Path) -> None:
    def told(store: Store, seed: int) -> bytes:
        report = find_weak_links(store, HOME, CHAINS[1])
        return json_bytes(find_sensitivity(store, HOME, CHAINS[1], None, report, replicates=8, seed=seed))

    first = told(world[1], 3)
    assert told(world[1], 3) == first
    assert told(world[1], 4) != first
    with stored(world[0], tmp_path, seed=9) as other:
        assert told(other, 3) == first


def test_shares_are_counted_from_the_labels_seen(world: tuple[Tables, Store]) -> None:
    report = find_weak_links(world[1], HOME, CHAINS[0])
    answer = find_sensitivity(world[1], HOME, CHAINS[0], None, report, replicates=20)
    assert answer.bootstrap is not None
    before = labels(report.findings)
    assert [one.product for one in answer.bootstrap.findings] == list(before)
    for one in answer.bootstrap.findings:
        regional, national = before[one.product]
        assert sum(one.regional.values()) == sum(one.national.values()) == 20
        assert one.regional_kept == one.regional.get(regional, 0) / 20
        assert one.national_kept == one.national.get(national, 0) / 20
        assert one.kept <= min(one.regional_kept, one.national_kept)
        assert one.kept >= one.regional_kept + one.national_kept - 1 - 1e-9
    assert 0 < sum(one.kept for one in answer.bootstrap.findings) < len(before)
    whole = with_sensitivity(report, answer)
    assert [f.stability for f in whole.findings] == [one.kept for one in answer.bootstrap.findings]
    assert whole.sensitivity is answer
    assert {f.stability for f in report.findings} == {None}


PRODUCTS = "产品名称,产业链,终端产品\n整机,链,是\n单件,链,\n多件,链,\n双源,链,\n甲,链,\n乙,链,\n"
LINKS = (
    "产品,关系,对象,必要性,替代组,产业链\n整机,需要,单件,必需,,链\n整机,需要,多件,必需,,链\n整机,需要,双源,必需,,链\n"
    "整机,需要,甲,必需,A,链\n整机,需要,乙,必需,A,链\n"
)
SEARCHES = "地区,检索来源,检出率\n温岭市,名录,0.95\n"


@pytest.fixture
def small(store_of: Callable[..., DuckDBStore]) -> DuckDBStore:
    firms = [f"多件{number:02d}厂" for number in range(60)]
    place = ",浙江省,台州市,温岭市\n"
    made = "企业名称,产品名称,角色,来源\n单件厂,单件,生产,甲\n双源厂,双源,生产,甲\n双源厂,双源,生产,乙\n"
    made += "".join(f"{firm},多件,生产,甲\n" for firm in firms)
    listed = "企业名称,省份,城市,区县\n" + "".join(firm + place for firm in ("单件厂", "双源厂", *firms))
    return store_of(产品=PRODUCTS, 关系=LINKS, 企业=listed, 企业产品=made, 检索=SEARCHES)


def test_what_rests_on_one_row_is_shaky_and_what_rests_on_many_is_not(small: DuckDBStore) -> None:
    report = find_weak_links(small, "温岭市", "链")
    before = labels(report.findings)
    assert [before[name][0] for name in ("单件", "双源", "多件", "甲")] == ["弱链", "弱链", "正常", "可替代缺口"]
    answer = find_sensitivity(small, "温岭市", "链", None, report, replicates=200, seed=2)
    assert answer.bootstrap is not None
    kept = {one.product: one for one in answer.bootstrap.findings}
    assert kept["单件"].kept == pytest.approx(0.9, abs=0.06)  # four standard errors of 200 draws would be 0.085
    assert kept["双源"].kept == pytest.approx(0.99, abs=0.03)
    assert kept["多件"].kept == 1.0
    assert set(kept["单件"].regional) == {"弱链", "断链", "可替代缺口"}  # its need may be gone as well
    # 甲 stays an alternative unless the row of 乙 goes and its own does not: 0.9 · 0.1
    assert kept["甲"].regional["断链"] / 200 == pytest.approx(0.09, abs=0.06)
    assert [one.product for one in answer.bootstrap.findings if one.bounded] == ["多件"]
    assert answer.bootstrap.claims == 1 + 1 + answer.bootstrap.makers_per_scope
    assert answer.bootstrap.links == 5


def test_honours_are_shown_and_asked_for(store_of: Callable[..., DuckDBStore]) -> None:
    place = ",浙江省,台州市,温岭市\n"
    firms = "企业名称,所属集团,荣誉,省份,城市,区县\n" + "".join(
        f"{name},{group},{honours}{place}"
        for name, group, honours in (("一厂", "", "专精特新；小巨人"), ("二厂", "", ""), ("三厂", "", "单项冠军"),
                                     ("三厂分厂", "三厂", "单项冠军"), ("外厂", "", "小巨人"))
    ).replace(f"外厂,,小巨人{place}", "外厂,,小巨人,江苏省,苏州市,昆山市\n")  # fmt: skip
    made = "企业名称,产品名称,角色\n" + "".join(f"{n},甲,生产\n" for n in ("一厂", "二厂", "三厂", "三厂分厂", "外厂"))
    said = "对象,指标,数值,地区,年份\n甲,区位商,1.6,温岭市,2024\n"
    store = store_of(产品="产品名称,产业链\n甲,链\n", 企业=firms, 企业产品=made, 指标=said)
    (finding,) = find_weak_links(store, "温岭市", "链").findings
    assert finding.regional == "强链"
    assert (finding.numbers["local_honours"], finding.numbers["national_share"]) == (3, 0.75)
    assert any("荣誉 3 项" in reason and "0.75" in reason for reason in finding.reasons)
    for asked, label in (
        ({"strong_honours": 3}, "强链"), ({"strong_honours": 4}, "正常"), ({"strong_national_share": 0.75}, "强链"),
        ({"strong_national_share": 0.76}, "正常"),
    ):  # fmt: skip
        report = find_weak_links(store, "温岭市", "链", Settings(**asked))  # type: ignore[arg-type]
        assert report.findings[0].regional == label, asked
    told = find_sensitivity(store, "温岭市", "链", Settings(strong_honours=3), replicates=0)
    assert [(f.setting, f.value, f.to) for f in told.flips if f.setting == "strong_honours"] == [
        ("strong_honours", 4, "正常")
    ]
