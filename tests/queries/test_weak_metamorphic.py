"""What must not change a label, and in which direction what is added or taken away may move it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bulian.queries.results import NATIONAL_LABELS, Finding
from bulian.queries.weak_links import find_weak_links

from .oracle import Oracle
from .planted import HOMES, Row, Tables, plant
from .planted_store import stored

HOME = "昆山市"
BETTER = {"断链": 0, "疑似断链": 1, "可替代缺口": 2, "未知": 2, "弱链": 3, "短板": 4, "正常": 5, "强链": 6}
SEEDS = (101, 103)
Looks = Mapping[tuple[str, str], Finding]
Change = Callable[[Tables, random.Random], Tables]


def look(tables: Tables, folder: Path, seed: int = 0) -> Looks:
    """The findings of every chain at home."""
    with stored(tables, folder, seed) as store:
        reports = [find_weak_links(store, HOME, chain) for chain in store.chains()]
    return {(report.chain, finding.product): finding for report in reports for finding in report.findings}


def core(finding: Finding) -> tuple[Any, ...]:
    """Labels, numbers and what would change them, without names of firms; and the finding's own number."""
    return finding.regional, finding.national, finding.severity, dict(finding.numbers), finding.id, finding.changes


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Tables, Looks]]:
    found = {}
    for seed in SEEDS:
        tables = plant(seed, chains=3, firms=26)
        found[seed] = tables, look(tables, tmp_path_factory.mktemp("base"))
    return found


def mapped(tables: Tables, cell: Callable[[str, str], str]) -> Tables:
    """Every cell rewritten by its header and text."""
    rows = {name: [{c: cell(c, v) for c, v in row.items()} for row in rows] for name, rows in tables.rows.items()}
    return Tables(rows)


def renamed_firms(tables: Tables, rng: random.Random) -> Tables:
    """Every firm under another name, so with another id and another place in every order."""
    names = sorted({row["企业名称"] for row in tables.rows["企业"]})
    others = [f"别名{number:03d}号制造有限公司" for number in range(len(names))]
    new = dict(zip(names, rng.sample(others, len(others)), strict=True))
    new |= {row["简称"]: new[row["企业名称"]][:5] for row in tables.rows["企业"] if "简称" in row}
    return mapped(tables, lambda _, text: new.get(text, text))


def other_aliases(tables: Tables, rng: random.Random) -> Tables:
    """Every product has one more alias, and most rows name it by that."""
    changed = tables.copy()
    for row in changed.rows["产品"]:
        row["别名"] = "；".join([*filter(None, [row.get("别名")]), f"又称{row['产品名称']}"])
    for table, column in (("企业产品", "产品名称"), ("检索", "产品名称"), ("指标", "对象"), ("贸易", "产品名称")):
        for row in changed.rows.get(table, []):
            name = row.get(column, "").removesuffix("俗称")
            if name and rng.random() < 0.7:
                row[column] = f"又称{name}"
    return changed


def other_order(tables: Tables, rng: random.Random) -> Tables:
    """Every table in another order; the writer shuffles files, rows and columns anew on top."""
    return Tables({name: rng.sample(rows, len(rows)) for name, rows in reversed(tables.rows.items())})


def scaled_capacities(tables: Tables, rng: random.Random) -> Tables:
    """All capacities times one factor."""
    factor = rng.choice((3, 10, 1000))
    return mapped(tables, lambda column, text: str(int(text) * factor) if column == "产能" else text)


def unrelated_chain(tables: Tables, rng: random.Random) -> Tables:
    """Another chain with its own products, firms, searches and statements."""
    other = plant(rng.randrange(10_000), chains=2, firms=12)
    other.rows["检索"] = [row for row in other.rows.get("检索", []) if "产品名称" in row]
    swap = str.maketrans({"链": "旁", "试": "他", "通": "异", "远": "异", "近": "异"})
    foreign = mapped(other, lambda c, v: v.translate(swap) if c not in ("登记状态", "省份", "城市", "区县") else v)
    return Tables({name: [*rows, *foreign.rows.get(name, [])] for name, rows in tables.rows.items()})


@pytest.mark.parametrize("change", [renamed_firms, other_aliases, other_order, scaled_capacities, unrelated_chain])
def test_nothing_changes(bases: dict[int, tuple[Tables, Looks]], change: Change, tmp_path: Path) -> None:
    for seed, (tables, before) in bases.items():
        folder = tmp_path / str(seed)
        folder.mkdir()
        after = look(change(tables, random.Random(seed)), folder, seed + 1)
        assert {key: core(after[key]) for key in before} == {key: core(finding) for key, finding in before.items()}


def test_firms_of_one_group_count_once(tmp_path: Path) -> None:
    tables = plant(104, chains=3, firms=26)
    for row in tables.rows["企业产品"]:
        row.pop("产能", None)
        row.pop("单位", None)
    doubled = tables.copy()
    firms = {row["企业名称"]: row for row in tables.rows["企业"]}
    short = {row["简称"]: name for name, row in firms.items() if "简称" in row}
    for name, row in firms.items():
        twin = {column: text for column, text in row.items() if column != "简称"}
        doubled.rows["企业"].append(twin | {"企业名称": f"{name}二分公司", "所属集团": row.get("所属集团", name)})
    for row in tables.rows["企业产品"]:
        name = short.get(row["企业名称"], row["企业名称"])
        if name in firms:
            doubled.rows["企业产品"].append(row | {"企业名称": f"{name}二分公司"})
    for folder in ("once", "twice"):
        (tmp_path / folder).mkdir()
    once, twice = look(tables, tmp_path / "once"), look(doubled, tmp_path / "twice")
    assert sum(f.numbers["local_firms"] for f in twice.values()) > sum(f.numbers["local_firms"] for f in once.values())
    for key, finding in once.items():
        assert core(twice[key])[:3] == core(finding)[:3]
        assert core(twice[key])[4:] == core(finding)[4:]
        same = set(finding.numbers) - {"local_firms"}
        assert {n: twice[key].numbers[n] for n in same} == {n: finding.numbers[n] for n in same}, key


def makers_at_home(tables: Tables, product: str, chain: str) -> list[Row]:
    """The rows of confirmed local supply of a product."""
    oracle = Oracle(tables)
    home = HOMES[HOME]
    return [
        row for firm, leaves in oracle.makers(product, chain).items() for rows in leaves.values() for row in rows
        if (oracle.place(firm) or ())[: len(home)] == home
    ]  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_another_local_supplier_never_worsens_a_label(
    bases: dict[int, tuple[Tables, Looks]], seed: int, tmp_path: Path
) -> None:
    tables, before = bases[seed]
    more = tables.copy()
    for number, (chain, product) in enumerate(sorted(before)):
        stated = [row for row in makers_at_home(tables, product, chain) if "产能" in row]
        firm = f"新来{number:03d}号机械有限公司"
        more.add("企业", 企业名称=firm, **dict(zip(("省份", "城市", "区县"), HOMES[HOME][1:], strict=True)))
        size = {"产能": "90", "单位": stated[0]["单位"]} if stated else {}
        more.add("企业产品", 企业名称=firm, 产品名称=product, 角色="生产", **size)
    after = look(more, tmp_path)
    improved = 0
    for key, finding in before.items():
        assert BETTER[after[key].regional] >= BETTER[finding.regional], key
        assert NATIONAL_LABELS.index(after[key].national) >= NATIONAL_LABELS.index(finding.national), key
        assert after[key].numbers["local_groups"] > finding.numbers["local_groups"]
        assert after[key].id == finding.id
        improved += BETTER[after[key].regional] > BETTER[finding.regional]
    assert improved


@pytest.mark.parametrize("seed", SEEDS)
def test_another_alternative_never_adds_a_single_point(
    bases: dict[int, tuple[Tables, Looks]], seed: int, tmp_path: Path
) -> None:
    tables, before = bases[seed]
    more = tables.copy()
    for number, row in enumerate(tables.rows["产业链关系"]):
        if row["关系"] == "需要" and row["产品"] != row["对象"]:
            group = row.get("替代组", f"新{number}")
            more.rows["产业链关系"][number]["替代组"] = group
            chain = row["产品"].split("部件")[0] if "部件" in row["产品"] else row.get("产业链", "链0")
            more.add("产品", 产品名称=f"另一种{number}", 产业链=chain)
            more.add("产业链关系", 产品=row["产品"], 关系="需要", 对象=f"另一种{number}", 替代组=group, 产业链=chain)
    after = look(more, tmp_path)
    assert any(after[key].numbers["blocks"] < finding.numbers["blocks"] for key, finding in before.items())
    for key, finding in before.items():
        assert after[key].numbers["blocks"] <= finding.numbers["blocks"], key


@pytest.mark.parametrize("seed", SEEDS)
def test_less_knowledge_never_makes_a_break_of_an_unknown(
    bases: dict[int, tuple[Tables, Looks]], seed: int, tmp_path: Path
) -> None:
    tables, before = bases[seed]
    rng = random.Random(seed)
    for what in ("producers", "searches"):
        less = tables.copy()
        if what == "producers":
            rows = less.rows["企业产品"]
            sure = [r for r in rows if r.get("角色") == "生产" and float(r.get("置信度", "0.9")) >= 0.5]
            gone = {id(row) for row in rng.sample(sure, len(sure) // 3)}
            less.rows["企业产品"] = [row for row in rows if id(row) not in gone]
        else:  # a source as a whole: of one source a narrow row may hide a wider one that finds more
            source = rng.choice(sorted({row["检索来源"] for row in less.rows["检索"]}))
            less.rows["检索"] = [row for row in less.rows["检索"] if row["检索来源"] != source]
        (tmp_path / what).mkdir()
        after = look(less, tmp_path / what)
        unknown = [key for key, finding in before.items() if finding.regional == "未知"]
        assert unknown
        assert not [key for key in unknown if after[key].regional in ("断链", "可替代缺口")]


@pytest.mark.parametrize("seed", SEEDS)
def test_hidden_producers_are_unknown_where_nothing_was_searched(
    bases: dict[int, tuple[Tables, Looks]], seed: int, tmp_path: Path
) -> None:
    tables, before = bases[seed]
    less = tables.copy()
    rng = random.Random(seed)
    firms = sorted({row["企业名称"] for key in before for row in makers_at_home(tables, key[1], key[0])})
    hidden = set(rng.sample(firms, -(-len(firms) // 5)))
    less.rows["企业产品"] = [row for row in less.rows["企业产品"] if row["企业名称"] not in hidden]
    less.rows.pop("检索")
    after = look(less, tmp_path)
    assert sum(f.numbers["local_groups"] for f in after.values()) < sum(
        f.numbers["local_groups"] for f in before.values()
    )
    for key, finding in after.items():
        assert finding.regional not in ("断链", "可替代缺口"), key
        assert finding.numbers["p_absent_local"] is None


@pytest.mark.parametrize("role", ["销售", "使用", "研发", ""])
def test_only_making_is_supply(bases: dict[int, tuple[Tables, Looks]], role: str, tmp_path: Path) -> None:
    tables, _ = bases[SEEDS[0]]
    changed = mapped(tables, lambda column, text: role if column == "角色" else text)
    for finding in look(changed, tmp_path).values():
        for scope in ("local", "domestic", "foreign", "unplaced", "vague"):
            assert finding.numbers[f"{scope}_groups"] == 0
        assert finding.numbers["unverified_local"] == 0
        assert finding.regional not in ("弱链", "短板", "正常", "强链")
        assert finding.national != "国内可供"
