"""延链, coverage and relatedness from real stores, against a second opinion straight from the cells."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bulian.graph.errors import NotFoundError, UsageError
from bulian.graph.region_levels import level_of
from bulian.graph.store import Store
from bulian.queries.chain_graph import read_chain
from bulian.queries.complexity import complexity
from bulian.queries.diversification import Extension, find_diversification, find_extensions
from bulian.queries.region_products import read_region_products
from bulian.queries.relatedness import density, location_quotients, quotient_bounds, specialised
from bulian.queries.results import as_json, json_bytes
from bulian.queries.settings import Settings
from bulian.queries.specialisation import relatedness_of
from bulian.queries.weak_links import find_weak_links

from .oracle import Oracle
from .oracle_said import SURE, sure
from .planted import AREAS, Tables, plant
from .planted_store import stored

LOOSE = Settings(lq_min_region=4, lq_min_product=2, lq_min_cell=1, extend_inputs=0.5)
PLACES = ("温岭市", "昆山市", "台州市", "浙江省")


class Second(Oracle):
    """What the definitions of ``docs/relatedness.md`` give, by loops over the cells."""

    def products(self, chain: str) -> list[str]:
        return sorted({row["产品名称"] for row in self.rows["产品"] if row.get("产业链") == chain})

    @cache  # noqa: B019
    def made_in(self, product: str, chain: str, area: tuple[str, ...]) -> int:
        firms = [f for f in self.makers(product, chain) if (p := self.place(f)) and p[: len(area)] == area]
        return self.supply(product, chain, firms)[0]

    @cache  # noqa: B019
    def inputs(self, product: str, chain: str) -> list[tuple[set[str], bool]]:
        """Objects of which any will do, and whether a row says 必需."""
        known = set(self.products(chain))
        for row in self.rows["产业链关系"]:  # alternatives from outside the chain count, and so do sub-types
            if row.get("产业链", chain) == chain and row["关系"] == "需要" and row.get("替代组"):
                known.add(self.canonical.get(row["对象"], row["对象"]))
        known |= {kind for name in self.products(chain) for kind in self.kinds_of(name, chain)}
        rows = [(b, row) for a, b, row in self._relations(chain, "需要") if a == product and a != b and b in known]
        essential = {id(row) for _, row in rows if row.get("必要性") == "必需" and sure(row) >= SURE}
        groups = {row["替代组"] for _, row in rows if row.get("替代组")}
        found = []
        for group in groups:
            members = [(b, row) for b, row in rows if row.get("替代组") == group]
            found.append(({b for b, _ in members}, any(id(row) in essential for _, row in members)))
        grouped = {b for members, _ in found for b in members}
        for name in {b for b, row in rows if not row.get("替代组")}:
            needed = any(id(row) in essential for b, row in rows if b == name and not row.get("替代组"))
            if needed or name not in grouped:
                found.append(({name}, needed))
        return found

    def customers(self, product: str, chain: str) -> set[str]:
        found = set()
        for other in self.products(chain):
            wanted = {b for members, _ in self.inputs(other, chain) for b in members}
            wanted |= {kind for b in wanted & set(self.products(chain)) for kind in self.kinds_of(b, chain)}
            if product in wanted and other != product:
                found.add(other)
        return found

    def coverage(self, product: str, chain: str, area: tuple[str, ...]) -> dict[str, Any]:
        inputs = [
            (any(self.made_in(b, chain, area) for b in members), essential)
            for members, essential in self.inputs(product, chain)
        ]
        must = [here for here, essential in inputs if essential]
        customers = [bool(self.made_in(c, chain, area)) for c in self.customers(product, chain)]
        return {
            "local_groups": self.made_in(product, chain, area),
            "inputs": len(inputs), "inputs_here": sum(here for here, _ in inputs),
            "input_coverage": share([here for here, _ in inputs]),
            "essential_coverage": share(must), "customers": len(customers), "customer_coverage": share(customers),
        }  # fmt: skip

    @cache  # noqa: B019
    def cells(self, chain: str, depth: int) -> dict[tuple[tuple[str, ...], str], int]:
        places = {p[:depth] for f in self.firms if (p := self.place(f)) and p[0] == "中国" and len(p) >= depth}
        cells = {(area, name): self.made_in(name, chain, area) for area in places for name in self.products(chain)}
        return {key: groups for key, groups in cells.items() if groups}

    @cache  # noqa: B019
    def quotient(self, chain: str, area: tuple[str, ...], product: str) -> Fraction | None:
        cells = self.cells(chain, len(area))
        mine = sum(n for (place, _), n in cells.items() if place == area)
        its = sum(n for (_, name), n in cells.items() if name == product)
        here = cells.get((area, product), 0)
        if mine < LOOSE.lq_min_region or its < LOOSE.lq_min_product or here < LOOSE.lq_min_cell:
            return None
        return Fraction(here * sum(cells.values()), mine * its)

    def near(self, chain: str, area: tuple[str, ...], product: str) -> float | None:
        """Density without the diagonal; None where there is none."""
        cells = self.cells(chain, len(area))
        made = {key for key in cells if (q := self.quotient(chain, *key)) is not None and q >= 1}
        where = {name: {place for place, p in made if p == name} for name in self.products(chain)}
        closeness = {
            q: len(where[product] & where[q]) / max(len(where[product]), len(where[q]), 1) for q in where if q != product
        }
        whole = sum(closeness.values())
        if not whole or not any(place == area for place, _ in made):
            return None
        return sum(value for q, value in closeness.items() if area in where[q]) / whole


def share(said: list[bool]) -> float | None:
    return sum(said) / len(said) if said else None


@dataclass
class World:
    store: Store
    second: Second

    @cached_property
    def chains(self) -> list[str]:
        return self.store.chains()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    tables = Tables(plant(77, chains=5, firms=90).rows)
    with stored(tables, tmp_path_factory.mktemp("延链")) as store:
        yield World(store, Second(tables))


def asked(world: World) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for number, chain in enumerate(world.chains):
        places = PLACES if number < 2 else PLACES[:1]
        yield from ((chain, place, AREAS[place]) for place in places)


def test_coverage_and_the_list(world: World) -> None:
    listed = 0
    for chain, place, area in asked(world):
        told = find_diversification(world.store, place, chain, LOOSE)
        assert [profile.product for profile in told.products] == world.second.products(chain)
        expected = []
        for profile in told.products:
            said = world.second.coverage(profile.product, chain, area)
            assert {name: profile.numbers[name] for name in said} == pytest.approx(said), (chain, place, profile.product)
            enough = [said[name] is None or said[name] >= 0.5 for name in ("input_coverage", "essential_coverage")]
            if not said["local_groups"] and said["inputs_here"] and all(enough):
                expected.append(profile.product)
        found = find_extensions(world.store, place, chain, LOOSE)
        assert sorted(one.product for one in found) == expected, (chain, place)
        assert found == told.extensions
        assert found == tuple(sorted(found, key=order))
        listed += len(found)
    assert listed >= 10, "the worlds hold 延链"


def order(one: Extension) -> tuple[float, float, float, str]:
    first = one.numbers["essential_coverage"]
    whole, close = one.numbers["input_coverage"], one.numbers["density"]
    return (-(whole if first is None else first), -whole, 1.0 if close is None else -close, one.product)


def test_quotients_and_density(world: World) -> None:
    told = 0
    for chain, place, area in asked(world):
        answer = find_diversification(world.store, place, chain, LOOSE)
        for profile in answer.products:
            numbers = profile.numbers
            quotient = world.second.quotient(chain, area, profile.product)
            assert numbers["lq"] == (None if quotient is None else pytest.approx(float(quotient)))
            assert numbers["specialised"] == (None if quotient is None else quotient >= 1)
            close = world.second.near(chain, area, profile.product)
            assert numbers["density"] == (None if close is None else pytest.approx(close))
            told += (quotient is not None) + (close is not None)
            if quotient is not None:
                assert numbers["lq_low"] <= numbers["lq"] <= numbers["lq_high"]
        assert answer.few_regions
    assert told > 20


def test_a_figure_is_a_number_or_says_why_not(world: World) -> None:
    for chain, place, _ in list(asked(world))[:5]:
        for settings in (LOOSE, Settings()):
            for profile in find_diversification(world.store, place, chain, settings).products:
                empty = {name for name, value in profile.numbers.items() if value is None}
                assert profile.missing.keys() == empty
                assert all(profile.missing.values()), profile


def test_the_local_makers_are_those_of_the_weak_links(world: World) -> None:
    for chain, place, _ in list(asked(world))[:4]:
        weak = {f.product: f.numbers for f in find_weak_links(world.store, place, chain).findings}
        regions = world.store.regions()
        code = regions.resolve(place).code
        level = level_of(regions, code)
        assert level is not None
        graph = read_chain(world.store, chain, Settings())
        cells = read_region_products(world.store, graph, level, Settings())
        for profile in find_diversification(world.store, place, chain).products:
            groups = profile.numbers["local_groups"]
            assert groups == weak[profile.product]["local_groups"]
            counted = profile.product in cells.column and code in cells.row
            assert groups == (cells.groups[cells.row[code], cells.column[profile.product]] if counted else 0)


def test_the_sparse_matrix_is_the_dense_one(world: World) -> None:
    for chain in world.chains:
        cells = read_region_products(world.store, read_chain(world.store, chain, LOOSE), "county", LOOSE)
        plain = cells.groups.toarray()
        made = specialised(location_quotients(plain, cells.minimum))
        np.testing.assert_array_equal(cells.made.toarray(), made)
        whole = location_quotients(plain, cells.minimum), *quotient_bounds(plain, 0.95, cells.minimum)
        close = density(made)
        for row, code in enumerate(cells.regions):
            for one, all_ in zip(cells.quotients(code), whole, strict=True):
                np.testing.assert_allclose(one, all_[row], rtol=1e-14)
            known = {name: value for name, value in zip(cells.products, close[row], strict=True) if value == value}
            assert cells.density(code) == pytest.approx(known if made[row].any() else {})


def test_relatedness_of_a_chain(world: World) -> None:
    scored = 0
    for chain in world.chains:
        told = relatedness_of(world.store, chain, "county", LOOSE)
        cells = read_region_products(world.store, read_chain(world.store, chain, LOOSE), "county", LOOSE)
        found = complexity(cells.made.toarray())
        assert [region.region.code for region in told.regions] == list(cells.regions)
        assert [product.product for product in told.products] == world.second.products(chain)
        assert (told.undefined or "") == found.undefined
        assert told.few_regions
        for region, diversity, eci in zip(told.regions, found.diversity, found.eci, strict=True):
            assert (region.diversity, region.eci is None) == (diversity, region.missing is not None)
            assert region.eci == (None if np.isnan(eci) else pytest.approx(eci))
            scored += region.eci is not None
        assert all((product.pci is None) == (product.missing is not None) for product in told.products)
        assert json.loads(json_bytes(told)) == as_json(told)
    assert scored


PRODUCTS = "产品名称,产业链\n" + "".join(f"{name},机床\n" for name in ("机床", "主轴", "刀塔", "数控系统", "自动线"))
LINKS = """产品,关系,对象,必要性,产业链
机床,需要,主轴,必需,机床
机床,需要,刀塔,,机床
机床,需要,数控系统,,机床
自动线,需要,机床,必需,机床
"""
FIRMS = """企业名称,省份,城市,区县
甲厂,浙江省,台州市,温岭市
乙厂,浙江省,台州市,温岭市
丙厂,浙江省,台州市,
丁厂,江苏省,苏州市,昆山市
"""
MADE = "企业名称,产品名称,角色\n甲厂,主轴,生产\n乙厂,刀塔,生产\n丙厂,机床,生产\n丁厂,自动线,生产\n丁厂,机床,销售\n"
FEW = Settings(lq_min_region=1, lq_min_product=1, lq_min_cell=1)


def tables_of(**texts: str) -> Tables:
    return Tables({name: list(csv.DictReader(io.StringIO(text))) for name, text in texts.items()})


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    tables = tables_of(产品=PRODUCTS, 产业链关系=LINKS, 企业=FIRMS, 企业产品=MADE)
    with stored(tables, tmp_path_factory.mktemp("机床")) as store:
        yield store


def test_another_chain_changes_nothing(small: Store, tmp_path: Path) -> None:
    made = MADE + "甲厂,飞机,生产\n丁厂,飞机,生产\n"
    more = tables_of(产品=PRODUCTS + "飞机,航空\n", 产业链关系=LINKS, 企业=FIRMS, 企业产品=made)
    with stored(more, tmp_path) as store:
        found, plain = (find_diversification(view, "温岭市", "机床", FEW) for view in (store, small))
    assert [(p.product, p.numbers) for p in found.products] == [(p.product, p.numbers) for p in plain.products]


def test_an_extension_tells_its_story(small: Store) -> None:
    (one,) = find_extensions(small, "温岭市", "机床")
    assert (one.product, one.kind) == ("机床", "Product")
    assert [item.objects for item in one.inputs] == [("主轴",), ("刀塔",), ("数控系统",)], "必需 first"
    assert [item.essential for item in one.inputs] == [True, None, None]
    assert [item.here for item in one.inputs] == [("主轴",), ("刀塔",), ()]
    assert (one.numbers["input_coverage"], one.numbers["essential_coverage"]) == (pytest.approx(2 / 3), 1)
    assert (one.numbers["near_groups"], one.numbers["domestic_groups"]) == (1, 1)
    assert one.customers == ()
    assert one.numbers["customer_coverage"] == 0
    assert "3 项中，温岭市已有 2 项（主轴、刀塔）" in one.reasons[0]
    assert "未见不等于没有" in one.unknowns[0]
    assert any("只知在上级地区" in text for text in one.unknowns)
    assert any("数控系统" in text for text in one.unknowns)
    cited = [line.statement for line in one.evidence]
    assert any("机床 需要 主轴" in text for text in cited)
    assert any("甲厂 生产 主轴" in text for text in cited)
    assert len({line.fact for line in one.evidence}) == len(one.evidence)
    strict = Settings(extend_inputs=0.7)
    assert find_extensions(small, "温岭市", "机床", strict) == ()
    assert [e.product for e in find_extensions(small, "台州市", "机床")] == ["自动线"]


def test_an_alternative_from_outside_the_chain_counts_with_its_sub_types(tmp_path: Path) -> None:
    tables = tables_of(
        产品="产品名称,产业链\n机床,机床\n主轴,机床\n外件,\n细外件,\n",
        产业链关系="产品,关系,对象,替代组\n机床,需要,主轴,甲\n机床,需要,外件,甲\n细外件,属于,外件,\n",
        企业=FIRMS,
        企业产品="企业名称,产品名称,角色\n甲厂,细外件,生产\n丁厂,主轴,生产\n",
    )
    with stored(tables, tmp_path) as store:
        (one,) = find_extensions(store, "温岭市", "机床")
    (item,) = one.inputs
    assert (one.product, item.objects, item.here, item.essential) == ("机床", ("主轴", "外件"), ("外件",), None)


def test_places_without_peers(small: Store) -> None:
    told = find_diversification(small, "中国", "机床", FEW)
    assert (told.level, told.few_regions, told.gap) == (None, None, None)
    assert all(profile.numbers["density"] is None for profile in told.products)
    assert all("同级地区" in profile.missing["density"] for profile in told.products)
    assert {p.product: p.numbers["local_groups"] for p in told.products}["自动线"] == 1


def test_what_is_not_there(tmp_path: Path, small: Store) -> None:
    with stored(tables_of(产品=PRODUCTS, 企业=FIRMS), tmp_path) as store:
        told = relatedness_of(store, "机床")
        assert find_extensions(store, "温岭市", "机床") == ()
    assert (told.level, told.regions, told.undefined) == ("city", (), "没有一个地区专业于任何产品")
    assert all(product.missing for product in told.products)
    with pytest.raises(NotFoundError):
        find_extensions(small, "温岭市", "没有的链")
    with pytest.raises(NotFoundError):
        find_extensions(small, "没有的市", "机床")
    with pytest.raises(UsageError, match="relatedness_level"):
        relatedness_of(small, "机床", settings=Settings(relatedness_level=5))
