"""Synthetic populations: any size and seed reads back whole, says everywhere what it is, and is no easy case."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.graph.duckdb_store import open_duckdb
from bulian.graph.errors import UsageError
from bulian.graph.names import credit_code_error, normal_form
from bulian.graph.synthetic import SYNTHETIC_MARK, synthetic_source
from bulian.ingest import synth_firms, synth_links
from bulian.ingest.pipeline import ingest
from bulian.ingest.synth import CHAIN_NAME, write_synthetic
from bulian.ingest.synth_places import PRIVATE_FIRMS, read_places
from bulian.ingest.tables import TABLES, table_named
from bulian.queries.results import REGIONAL_LABELS
from bulian.queries.weak_links import find_weak_links

SIZES = {"firms": st.integers(1, 60), "products": st.integers(1, 40), "seed": st.integers(0, 2**63 - 1)}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def population(folder: Path, **sizes: int) -> dict[str, list[dict[str, str]]]:
    made = write_synthetic(folder, **sizes)
    tables = {path.stem.removeprefix("合成_"): read(path) for path in made.paths}
    assert made.rows == sum(map(len, tables.values()))
    return tables


@settings(max_examples=12)
@given(share=st.floats(0, 1), **SIZES)
def test_every_size_and_seed_holds_together(tmp_path_factory, share, firms, products, seed) -> None:
    links = int(share * firms * min(products, 12))
    tables = population(tmp_path_factory.mktemp("synth"), firms=firms, links=links, products=products, seed=seed)
    for name, rows in tables.items():
        assert {row["来源"] for row in rows} <= {synthetic_source(seed)}, name
    names = [row["企业名称"] for row in tables["企业"]]
    known = [row["产品名称"] for row in tables["产品"]]
    assert (len(names), len(known), len(tables["企业产品"])) == (firms, products, links)
    assert len(set(map(normal_form, names))) == firms
    assert len(set(map(normal_form, known))) == products
    assert all(name.startswith("合成") for name in (*names, *known))
    pairs = [(row["企业名称"], row["产品名称"]) for row in tables["企业产品"]]
    assert len(set(pairs)) == links
    assert {firm for firm, _ in pairs} <= set(names)
    assert {product for _, product in pairs} <= set(known)
    check_codes(tables["企业"])
    check_chain(tables["产品"], tables["产业链关系"])


def check_codes(firms: list[dict[str, str]]) -> None:
    codes = [row["统一社会信用代码"] for row in firms if not row["国家或地区"]]
    assert len(set(codes)) == len(codes)
    assert [credit_code_error(code) for code in codes] == [None] * len(codes)
    assert all(not row["统一社会信用代码"] and not row["省份"] for row in firms if row["国家或地区"])


def check_chain(products: list[dict[str, str]], links: list[dict[str, str]]) -> None:
    """Layers: no cycle, finals need and are not needed, everything else is needed."""
    finals = {row["产品名称"] for row in products if row["终端产品"] == "是"}
    needs = [(row["产品"], row["对象"]) for row in links if row["关系"] == "需要"]
    graph: nx.DiGraph[str] = nx.DiGraph(needs)
    graph.add_nodes_from(row["产品名称"] for row in products)
    assert graph.number_of_nodes() == len(products)
    assert len(set(needs)) == len(needs)
    assert nx.is_directed_acyclic_graph(graph)
    assert {name for name, degree in graph.in_degree() if degree == 0} == finals != set()
    kinds = nx.DiGraph([(row["产品"], row["对象"]) for row in links if row["关系"] == "属于"])
    assert nx.is_directed_acyclic_graph(kinds)
    assert {row["产业链"] for row in (*products, *links)} == {CHAIN_NAME}


def test_same_seed_same_bytes(tmp_path) -> None:
    def written(folder: str, seed: int) -> dict[str, bytes]:
        paths = write_synthetic(tmp_path / folder, firms=500, products=60, seed=seed).paths
        return {path.name: path.read_bytes() for path in paths}

    once = written("甲", 1)
    assert written("乙", 1) == once
    other = written("丙", 2)
    assert [name for name in once if once[name] == other[name]] == []


def test_headers_are_the_public_ones(tmp_path) -> None:
    made = write_synthetic(tmp_path, firms=200, products=20)
    assert {path.stem.removeprefix("合成_") for path in made.paths} == {table.name for table in TABLES} - {"贸易", "词表"}
    for path in made.paths:
        head, first = path.read_bytes().split(b"\n")[:2]
        assert head.startswith(b"\xef\xbb\xbf")
        assert first
        table = table_named(path.stem.removeprefix("合成_"))
        labels = {column.label: column for column in table.all_columns}
        for row in read(path):
            assert row.keys() <= labels.keys()
            assert all(row[label] for label, column in labels.items() if column.required)
            for label, value in row.items():
                choices = labels[label].prop.choices
                assert not value or not choices or value in choices, (path.name, label, value)


def test_many_pieces_are_one_population(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(synth_firms, "PIECE", 7)
    monkeypatch.setattr(synth_links, "PIECE", 7)
    tables = population(tmp_path, firms=90, links=700, products=30)
    pairs = Counter((row["企业名称"], row["产品名称"]) for row in tables["企业产品"])
    assert len(pairs) == 700
    assert {firm for firm, _ in pairs} <= {row["企业名称"] for row in tables["企业"]}
    assert len({row["统一社会信用代码"] for row in tables["企业"] if row["统一社会信用代码"]}) > 80
    check_codes(tables["企业"])


def test_firms_are_where_firms_are_and_few_products_are_common(tmp_path) -> None:
    tables = population(tmp_path, firms=20_000, links=60_000, products=300)
    total = sum(PRIVATE_FIRMS.values())
    names = {row["省份"][:2] for row in tables["企业"] if row["省份"]}
    assert len(names) == len(PRIVATE_FIRMS)
    for code, province in (("44", "广东省"), ("32", "江苏省"), ("33", "浙江省"), ("54", "西藏自治区")):
        share = PRIVATE_FIRMS[code] / total
        found = sum(row["省份"] == province for row in tables["企业"])
        assert abs(found - 20_000 * share) < 5 * (20_000 * share) ** 0.5 + 20_000 * share * 0.02
    popular = [count for _, count in Counter(row["产品名称"] for row in tables["企业产品"]).most_common()]
    assert popular[0] > 20 * popular[len(popular) // 2]
    busy = [count for _, count in Counter(row["企业名称"] for row in tables["企业产品"]).most_common()]
    assert busy[0] > 10 * busy[len(busy) // 2]


def test_county_shares_keep_the_province_shares() -> None:
    places = read_places(3)
    for code, firms in PRIVATE_FIRMS.items():
        inside = [share for place, share in zip(places.counties, places.shares, strict=True) if place.code[:2] == code]
        assert sum(inside) == pytest.approx(firms / sum(PRIVATE_FIRMS.values()))
        assert min(inside) > 0


@pytest.mark.parametrize(
    "sizes",
    [
        {"firms": 0},
        {"products": 0},
        {"links": -1},
        {"seed": -1},
        {"firms": 3, "products": 2, "links": 7},
        {"firms": 10**9},
    ],
)
def test_impossible_sizes_are_refused(tmp_path, sizes) -> None:
    with pytest.raises(UsageError):
        write_synthetic(tmp_path / "甲", **sizes)
    assert not (tmp_path / "甲").exists()


def test_as_many_links_as_there_are_pairs(tmp_path) -> None:
    tables = population(tmp_path, firms=30, products=40, links=1200)
    assert len({(row["企业名称"], row["产品名称"]) for row in tables["企业产品"]}) == 1200


def test_an_earlier_run_is_replaced_and_nothing_else(tmp_path) -> None:
    write_synthetic(tmp_path, firms=50, products=10, seed=1)
    made = write_synthetic(tmp_path, firms=3, products=1, links=0, seed=2)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in made.paths}
    assert all(row["来源"] == synthetic_source(2) for path in made.paths for row in read(path))
    write_synthetic(tmp_path, firms=50, products=10, seed=1)  # over files that hold a header only, too
    assert len(read(tmp_path / "合成_企业.csv")) == 50


@pytest.mark.parametrize("where", ["only", "first", "last", "header", "folder"])
def test_the_work_of_others_is_not_overwritten(tmp_path, where) -> None:
    write_synthetic(tmp_path, firms=400, products=10)
    path = tmp_path / "合成_企业.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    mine = "我的企业有限公司" + "," * (lines[0].count(",")) + "\n"
    if where == "folder":
        path.unlink()
        path.mkdir()
    else:
        texts = {"only": [mine], "first": [lines[0], mine, *lines[1:]], "last": [*lines, mine],
                 "header": ["企业名称,来源\n", *lines[1:]]}  # fmt: skip
        path.write_text("".join(texts[where]), encoding="utf-8")
    before = {item.name: item.read_bytes() for item in tmp_path.iterdir() if item.is_file()}
    with pytest.raises(UsageError, match="没有覆盖") as refused:
        write_synthetic(tmp_path, firms=5, products=3)
    assert (refused.value.code, refused.value.exit_code) == ("exists", 2)
    assert {item.name: item.read_bytes() for item in tmp_path.iterdir() if item.is_file()} == before


def test_the_folder_must_not_be_a_file(tmp_path) -> None:
    (tmp_path / "甲").write_text("我的")
    with pytest.raises(UsageError):
        write_synthetic(tmp_path / "甲", firms=5, products=3)
    assert (tmp_path / "甲").read_text() == "我的"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("round")
    made = write_synthetic(folder / "合成", firms=4000, products=300)
    with open_duckdb(str(folder / "合成.duckdb"), write=True) as opened:
        yield opened, made, ingest(opened, [folder / "合成"])


def test_it_is_read_whole(store) -> None:
    _, made, report = store
    assert report.exit_code == 0
    for entry in report.files:
        assert (entry.rejected, list(entry.unmapped), dict(entry.reasons)) == (0, [], {}), entry.path
    assert sum(entry.accepted for entry in report.files) == made.rows


def test_nothing_is_said_without_the_mark(store) -> None:
    view, _, _ = store
    assert {fact.source for fact in view.all_facts()} == {synthetic_source(1)}
    assert view.chains() == [CHAIN_NAME]
    firms = list(view.nodes("Enterprise"))
    assert len(firms) >= 4000
    assert all(firm.name.startswith("合成") for firm in firms)


def test_it_is_a_varied_case(store) -> None:
    """Every regional and national label turns up somewhere, and no region is all of one label."""
    view, _, _ = store
    regional: Counter[str] = Counter()
    national: Counter[str] = Counter()
    for region in ("上海市黄浦区", "海曙区", "浙江省", "广东省", "温岭市"):
        findings = find_weak_links(view, region, CHAIN_NAME).findings
        labels = Counter(finding.regional for finding in findings)
        assert len(labels) >= 3, region
        regional += labels
        national += Counter(finding.national for finding in findings)
    assert regional.keys() == set(REGIONAL_LABELS)
    assert len(national) >= 4
    assert all(line.source.uri.startswith(SYNTHETIC_MARK) for finding in findings for line in finding.evidence)
