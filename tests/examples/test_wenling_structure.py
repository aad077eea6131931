"""The bundled example as a machine-tool engineer reads it: what is needed, what replaces what, what stops what.

The cascade here is written from the contract alone and shares nothing with ``bulian.queries``.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import networkx as nx
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "wenling_machine_tools"
EDITOR = "补链示例编者的工程判断"
FINALS = frozenset("数控车床 加工中心 数控磨床 车铣复合机床 五轴联动数控机床 高档数控机床 金属成形机床".split())
CUTTING = FINALS - {"金属成形机床", "高档数控机床"}
CONTROLLED = FINALS - {"金属成形机床"}

Row = dict[str, str]


def read(table: str) -> list[Row]:
    """Rows of one table of the example."""
    with (FOLDER / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


PRODUCTS = read("产品")
LINKS = read("产业链关系")
NAMES = [row["产品名称"] for row in PRODUCTS]


def subtypes() -> dict[str, set[str]]:
    """Direct sub-types of every product."""
    found: dict[str, set[str]] = {name: set() for name in NAMES}
    for row in LINKS:
        if row["关系"] == "属于":
            found[row["对象"]].add(row["产品"])
    return found


def essential_groups() -> dict[str, list[set[str]]]:
    """Of every product the sets of objects of which one must run."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in LINKS:
        if row["关系"] == "需要" and row["必要性"] == "必需":
            found[row["产品"], row["替代组"] or f"单独:{row['对象']}"].add(row["对象"])
    groups: dict[str, list[set[str]]] = {name: [] for name in NAMES}
    for (product, _), members in found.items():
        groups[product].append(members)
    return groups


SUBTYPES = subtypes()
GROUPS = essential_groups()
NEEDY = {row["产品"] for row in LINKS if row["关系"] == "需要"}


def family(name: str) -> set[str]:
    """A product with all its sub-types, direct or not."""
    return {name}.union(*(family(sub) for sub in SUBTYPES[name]))


FAMILY = {name: family(name) for name in NAMES}


def stops(name: str, gone: set[str]) -> bool:
    """Whether a product stops, given what has stopped already (one step of the contract's cascade)."""
    if any(all(FAMILY[member] <= gone for member in group) for group in GROUPS[name]):
        return True
    return name not in NEEDY and bool(SUBTYPES[name]) and SUBTYPES[name] <= gone


def stopped_finals(removed: Iterable[str]) -> frozenset[str]:
    """Finals that stop when products are taken away, themselves excluded."""
    taken = set(removed)
    gone = set(taken)
    while more := {name for name in NAMES if name not in gone and stops(name, gone)}:
        gone |= more
    return FINALS & gone - taken


BLOCKS = {name: stopped_finals({name}) for name in NAMES}


def test_essentiality_is_the_editors_and_gives_its_reason() -> None:
    judged = [row for row in LINKS if row["必要性"]]
    assert len(judged) > 100
    assert {row["来源"] for row in judged} == {EDITOR}
    assert all(len(row["备注"]) >= 4 for row in judged)


def test_every_sourced_existence_keeps_its_own_row() -> None:
    sourced = {(row["产品"], row["对象"]) for row in LINKS if row["来源"] != EDITOR}
    for link in (("数控车床", "刀塔"), ("加工中心", "刀库"), ("电主轴", "主轴轴承"), ("传动系统", "滚珠丝杠")):
        assert link in sourced
    assert not any(row["必要性"] or row["替代组"] for row in LINKS if row["来源"] != EDITOR)


def test_a_group_of_alternatives_is_a_choice() -> None:
    groups = defaultdict(list)
    for row in LINKS:
        if row["替代组"]:
            assert row["必要性"] == "必需", row
            groups[row["产品"], row["替代组"]].append(row["对象"])
    assert {key for key, members in groups.items() if len(set(members)) < 2} == set()


def test_the_only_cycle_is_the_explained_one() -> None:
    needs = nx.DiGraph((row["产品"], row["对象"]) for row in LINKS if row["关系"] == "需要")
    kinds = nx.DiGraph((row["产品"], row["对象"]) for row in LINKS if row["关系"] == "属于")
    assert nx.is_directed_acyclic_graph(kinds)
    loops = [component for component in nx.strongly_connected_components(needs) if len(component) > 1]
    assert loops == [{"滚珠丝杠", "螺纹磨床", "传动系统"}]
    assert nx.number_of_selfloops(needs) == 0


def test_the_finals_are_the_machines() -> None:
    marked = {row["产品名称"]: row["类别"] for row in PRODUCTS if row["终端产品"] == "是"}
    assert set(marked) == FINALS
    assert set(marked.values()) == {"设备"}


# what stops what


@pytest.mark.parametrize(
    ("product", "finals"),
    [
        ("床身", FINALS),
        ("数控装置", CONTROLLED),
        ("伺服系统", CONTROLLED),
        ("伺服电机", CONTROLLED),
        ("伺服驱动器", CONTROLLED),
        ("传动系统", CUTTING),
        ("主轴轴承", CUTTING),
        ("数控系统", CUTTING - {"五轴联动数控机床"}),
        ("高档数控系统", {"五轴联动数控机床", "高档数控机床"}),
        ("刀库", {"加工中心"}),
        ("砂轮", {"数控磨床"}),
    ],
)
def test_what_one_missing_product_stops(product: str, finals: Iterable[str]) -> None:
    assert BLOCKS[product] == set(finals)


def test_nothing_else_stops_a_machine_alone() -> None:
    assert sum(bool(finals) for finals in BLOCKS.values()) == 11


@pytest.mark.parametrize(
    ("group", "finals"),
    [
        (("滚珠丝杠", "直线电机", "行星滚柱丝杠"), CUTTING),
        (("直线导轨", "交叉滚子导轨", "滑动导轨"), CUTTING),
        (("铸铁", "钢材", "矿物铸件"), FINALS),
        (("硬质合金", "高速钢", "刀具陶瓷", "超硬材料"), set()),
        (("转台", "复合铣头"), {"五轴联动数控机床"}),
        (("绝对式光栅尺", "增量式光栅尺", "编码器"), CONTROLLED),
        (("主轴", "电主轴", "同步电主轴"), CUTTING),
        (("液压动力刀塔", "一体式刀塔", "伺服刀塔", "排刀架"), {"数控车床"}),
    ],
)
def test_alternatives_hold_until_the_last_one(group: tuple[str, ...], finals: Iterable[str]) -> None:
    for some in range(1, len(group)):
        for part in combinations(group, some):
            assert stopped_finals(part) == set(), part
    assert stopped_finals(group) == set(finals)


def test_no_single_subtype_stands_for_its_whole_class() -> None:
    for name, subs in SUBTYPES.items():
        assert not [sub for sub in subs if stops(name, FAMILY[sub])], name


def test_tool_materials_stop_tools_of_no_stated_material_only() -> None:
    # U钻 and the hobs state no material of their own, so the data must not claim that cutting stops.
    gone = {"硬质合金", "高速钢", "刀具陶瓷", "超硬材料"}
    assert stops("数控刀具", gone)
    assert stopped_finals(gone | FAMILY["数控刀具"]) == {"数控车床", "加工中心", "车铣复合机床"}


def test_optional_parts_stop_nothing() -> None:
    optional = {row["对象"] for row in LINKS if row["必要性"] == "非必需"}
    needed = {member for groups in GROUPS.values() for group in groups for member in group}
    assert optional - needed
    assert stopped_finals(optional - needed) == set()


def test_applications_need_machines_but_are_not_judged() -> None:
    uses = {row["产品名称"] for row in PRODUCTS if row["类别"] == "应用"}
    assert {row["必要性"] for row in LINKS if row["产品"] in uses} == {""}


def test_no_reason_contradicts_its_judgement() -> None:
    for row in LINKS:
        if row["必要性"] == "非必需":
            assert re.search("不用|代替|也能|很多|只用|直连", row["备注"]), row


def test_taking_more_away_never_starts_a_machine() -> None:
    blocking = [name for name in NAMES if BLOCKS[name]]
    for a, b in combinations(blocking, 2):
        assert BLOCKS[a] | BLOCKS[b] <= stopped_finals({a, b}) | {a, b}
