"""What a registered class of industry (GB/T 4754) hints at: editions told apart, wider classes weaker, never a link."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from bulian.ingest.industry import EDITIONS, Industries, edition_named, read_industry

NODES = (("车床", "GB:3421"), ("刀塔", "GB:3425"), ("滑动轴承", "gb：C3452"), ("齿轮箱", "GB/T4754-2017:3453"),
         ("老齿轮箱", "GB2011:3452"), ("机床", "GB:342"), ("磨具", "GB:3099"), ("丝杠", "HS:848340"),
         ("主轴", "IPC:B23Q"))  # fmt: skip


def hints(text: str) -> dict[str, tuple[str, float]]:
    return {hint.node: (hint.method, hint.confidence) for hint in Industries(NODES).hints(text)}


@pytest.mark.parametrize(("text", "said"), [
    ("C3421 金属切削机床制造", (None, "3421", "金属切削机床制造")),
    ("3421-金属切削机床制造", (None, "3421", "金属切削机床制造")),
    ("金属切削机床制造（C3421）", (None, "3421", "金属切削机床制造")),
    ("制造业>通用设备制造业>金属加工机械制造", (None, None, "金属加工机械制造")),
    ("GB/T 4754—2011 3452", ("2011", "3452", "")),
    ("Ｃ３４２１", (None, "3421", "")),
    ("34", (None, "34", "")),
])  # fmt: skip
def test_cells_as_they_are_written(text: str, said: tuple[str | None, str | None, str]) -> None:
    found = read_industry(text)
    assert (found.edition, found.code, found.name) == said


@pytest.mark.parametrize(("text", "edition"), [
    ("国标行业小类（GB/T 4754-2011）", "2011"), ("行业代码(GB/T4754—2017)", "2017"), ("2011版国民经济行业", "2011"),
    ("国标行业小类", None), ("温岭企业 2017", None), ("4754", None),
])  # fmt: skip
def test_the_edition_a_file_states(text: str, edition: str | None) -> None:
    assert edition_named(text) == edition


def test_one_code_is_two_classes_in_two_editions() -> None:
    assert hints("3452 齿轮及齿轮减、变速箱制造") == {  # the name says 2011
        "齿轮箱": ("GB/T 4754-2011 3452", 0.3), "老齿轮箱": ("GB/T 4754-2011 3452", 0.3),
    }  # fmt: skip
    assert set(hints("3452 滑动轴承制造")) == {"滑动轴承"}  # the name says 2017
    assert set(hints("GB/T 4754-2011 3452")) == {"齿轮箱", "老齿轮箱"}  # the file says 2011
    assert hints("3453") == {  # only one edition has it
        "齿轮箱": ("GB/T 4754-2017 3453", 0.3), "老齿轮箱": ("GB/T 4754-2017 3453", 0.3),
    }  # fmt: skip
    unsure = hints("3452")  # both editions have it, nothing says which
    assert set(unsure) == {"滑动轴承", "齿轮箱", "老齿轮箱"}
    assert {held for _, held in unsure.values()} == {0.2}
    assert all("版次不明" in method for method, _ in unsure.values())


def test_the_codes_of_2002_are_read_only_where_something_says_so() -> None:
    assert hints("3521 金属切削机床制造")["车床"] == ("GB/T 4754-2002 3521", 0.3)
    assert set(hints("GB/T 4754-2002 3521")) == {"车床", "机床"}
    assert hints("3521") == hints("C3521 炼油、化工生产专用设备制造") == {}


def test_wider_classes_say_less_and_contradictions_nothing() -> None:
    assert hints("金属加工机械制造")["车床"][1] < hints("3421")["车床"][1]
    assert hints("金属加工机械制造")["机床"][1] == hints("3421")["机床"][1] == 0.3
    for text in ("通用设备制造业", "34", "C", "制造业", "3425 餐饮服务", "餐饮业", "", "H6210 正餐服务", "-"):
        assert hints(text) == {}, text


def test_of_classes_that_are_not_shipped_codes_alone_are_compared() -> None:
    assert hints("3099 其他非金属矿物制品制造") == {"磨具": ("GB/T 4754 3099（版次不明）", 0.2)}
    assert hints("GB/T 4754-2017 3099") == {"磨具": ("GB/T 4754-2017 3099", 0.3)}
    assert hints("GB/T 4754-2011 3099") == {}
    assert hints("309") == {"磨具": ("GB/T 4754 309（版次不明）", 0.1)}


def test_nodes_without_codes_of_the_standard_ask_nothing() -> None:
    assert not Industries([("丝杠", "HS:848340"), ("主轴", "IPC:B23Q"), ("车床", "GB:34"), ("轴", "GB")])
    assert Industries([]).content == ""


@pytest.mark.shared
def test_the_shipped_classes_are_those_of_the_standard() -> None:
    data = Path(__file__).resolve().parents[3] / "shared" / "data" / "gbt4754"
    if not data.is_dir():
        pytest.skip("没有参考数据 shared/data/gbt4754")
    known: dict[str, dict[str, str]] = {edition: {} for edition in EDITIONS}
    with (data / "gbt4754_2017_with_definitions.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            known["2017"][row["class4"] or row["class3"] or row["class2"]] = row["name"].strip()
    todo = json.loads((data / "gbt4754_2011_tree.json").read_text(encoding="utf-8"))
    while todo:
        node = todo.pop()
        known["2011"][node["code"][1:]] = node["value"]
        todo += node.get("children") or []
    shipped = Path(__file__).resolve().parents[2] / "ingest" / "data" / "industry_classes.csv"
    with shipped.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for edition in ("2017", "2011"):
        told = {row[f"{edition}代码"]: row[f"{edition}名称"] for row in rows if row[f"{edition}代码"]}
        assert len(told) > 20
        assert told.items() <= known[edition].items()
