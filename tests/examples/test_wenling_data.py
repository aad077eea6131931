"""The bundled example keeps its promises: sources, tiers, no loose ends, conflicting claims still there."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "wenling_machine_tools"
EDITOR = "补链示例编者的工程判断"
FOUNDING = "温岭市委专题政治协商会议报道(2022-08-18)"
HEADERS = {
    "产品": "产品名称 类别 环节 产业链 别名 关键零部件 终端产品 代码",
    "产业链关系": "产品 关系 对象 必要性 替代组 成本占比 产业链",
    "企业": "企业名称 统一社会信用代码 简称 曾用名 英文名 国家或地区 省份 城市 区县 镇街 登记状态 所属集团 企业规模"
    " 参保人数 注册资本 成立日期 荣誉 主营产品 经营范围",
    "企业产品": "企业名称 产品名称 角色 营收占比 产能 单位 等级",
    "院所": "院所名称 类型 省份 城市 区县",
    "院所技术": "院所名称 技术名称 产品名称 关系",
    "技术": "技术名称 支撑产品",
    "合作": "企业名称 合作方 主题 年份",
    "供应": "供方 需方 产品名称 年份",
    "投资": "投资方 被投资方 持股比例 日期",
    "指标": "对象 指标 数值 年份 地区 说法人",
}
CHOICES = {
    ("产品", "类别"): {"材料", "零部件", "设备", "应用", "产品"},
    ("产品", "环节"): {"上游", "中游", "下游"},
    ("产品", "关键零部件"): {"", "是", "否"},
    ("产品", "终端产品"): {"", "是", "否"},
    ("产业链关系", "关系"): {"需要", "属于"},
    ("产业链关系", "必要性"): {"", "必需", "非必需"},
    ("企业产品", "角色"): {"", "生产", "销售", "使用", "研发"},
    ("院所", "类型"): set("大学 研究院所 实验室 创新中心 检测平台 培训平台 协会 其他".split()),
    ("院所技术", "关系"): {"研究", "检测", "培训", "服务"},
}
PERSON_TITLES = re.compile("董事长|院士|总经理|总裁|书记|市长|教授|首席科学家|院长|所长|厂长|会长|创始人|先生|女士")

Row = dict[str, str]


def read(table: str) -> list[Row]:
    """Rows of one table of the example."""
    with (FOLDER / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


TABLES = {table: read(table) for table in HEADERS}
ROWS = [(table, number, row) for table, rows in TABLES.items() for number, row in enumerate(rows, 2)]
LINKS = TABLES["产业链关系"]
PRODUCTS = {row["产品名称"] for row in TABLES["产品"]}
FIRMS = {row["企业名称"] for row in TABLES["企业"]}
INSTITUTES = {row["院所名称"] for row in TABLES["院所"]}


def where(bad: Iterable[tuple[str, int, Row]]) -> list[str]:
    """Rows as places a reader can open."""
    return [f"{table}.csv:{number}" for table, number, _ in bad]


# form


def test_every_file_of_the_folder_is_known() -> None:
    known = {f"{table}.csv" for table in HEADERS} | {"bulian.toml", "README.md", "温岭机床院所与合作.md"}
    assert {path.name for path in FOLDER.iterdir()} == known


@pytest.mark.parametrize("table", HEADERS)
def test_headers_are_those_of_the_contract(table: str) -> None:
    raw = (FOLDER / f"{table}.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel 需要 BOM 才认 UTF-8"
    header = raw.decode("utf-8-sig").splitlines()[0].split(",")
    assert header == [*HEADERS[table].split(), "来源", "来源日期", "原文", "置信度", "备注"]


@pytest.mark.parametrize("column", CHOICES, ids="-".join)
def test_choices_are_those_of_the_contract(column: tuple[str, str]) -> None:
    table, header = column
    assert {row[header] for row in TABLES[table]} <= CHOICES[column]


def test_no_row_stands_twice() -> None:
    seen: dict[tuple[str, ...], str] = {}
    for table, number, row in ROWS:
        key = (table, *(value for header, value in row.items() if header != "备注"))
        assert seen.setdefault(key, f"{table}.csv:{number}") == f"{table}.csv:{number}"


def test_names_are_unique() -> None:
    for table, key in (("产品", "产品名称"), ("企业", "企业名称"), ("院所", "院所名称")):
        names = [row[key] for row in TABLES[table]]
        assert len(names) == len(set(names)), table


def test_toml_names_every_table_and_the_document() -> None:
    config = tomllib.loads((FOLDER / "bulian.toml").read_text(encoding="utf-8"))
    assert config["folder"] == {"uri": "example:wenling_machine_tools", "chain": "数控机床"}
    named = {name for name, said in config["source"].items() if said.get("title") and said.get("date")}
    assert named == {f"{table}.csv" for table in HEADERS} | {"温岭机床院所与合作.md"}


# evidence


def test_every_row_names_its_source() -> None:
    good = re.compile(rf"https?://\S+|{re.escape(FOUNDING)}|{EDITOR}")
    assert where(item for item in ROWS if not good.fullmatch(item[2]["来源"])) == []


def test_nothing_from_the_unlicensed_or_the_unsourced() -> None:
    for path in FOLDER.iterdir():
        assert not re.search("ChainKnowledgeGraph|general-knowledge", path.read_text("utf-8")), path.name


def test_confidence_is_one_per_source_and_a_tier() -> None:
    by_source = defaultdict(set)
    for _, _, row in ROWS:
        by_source[row["来源"]].add(row["置信度"])
    assert {source: levels for source, levels in by_source.items() if len(levels) != 1} == {}
    assert by_source.pop(EDITOR) == {"0.6"}
    assert by_source[FOUNDING] == {"0.9"}
    assert set().union(*by_source.values()) == {"0.9", "0.8", "0.7"}


def test_one_source_has_one_date() -> None:
    dates = defaultdict(set)
    for _, _, row in ROWS:
        dates[row["来源"]].add(row["来源日期"])
    assert all(len(found) == 1 for found in dates.values())
    assert dates[FOUNDING] == {"2022-08-18"}
    assert all(re.fullmatch(r"(\d{4}-\d\d(-\d\d)?)?", date) for found in dates.values() for date in found)


def test_no_quote_is_claimed() -> None:
    assert where(item for item in ROWS if item[2]["原文"]) == []


def test_no_persons() -> None:
    found = {path.name: PERSON_TITLES.findall(path.read_text("utf-8")) for path in FOLDER.iterdir()}
    assert {name: titles for name, titles in found.items() if titles} == {}


def test_a_country_from_general_knowledge_says_so() -> None:
    foreign = [row for row in TABLES["企业"] if row["国家或地区"]]
    assert {row["国家或地区"] for row in foreign} == {"德国", "日本", "英国", "中国台湾"}
    assert all("国别为常识" in row["备注"] and not row["省份"] + row["城市"] for row in foreign)


def test_readme_counts_are_true() -> None:
    readme, told = (FOLDER / "README.md").read_text("utf-8"), dict[str, int]()
    for names, counts in re.findall(r"^\| ([^|]*\.csv[^|]*) \| ([\d /]+) \|", readme, flags=re.M):
        told |= dict(zip(names.split(" / "), map(int, counts.split(" / ")), strict=True))
    assert told == {f"{table}.csv": len(rows) for table, rows in TABLES.items()}
    editor = sum(row["来源"] == EDITOR for row in LINKS)
    assert f"{len(LINKS) - editor}行有页面来源，{editor}行是编者的工程判断" in readme
    made = {row["产品名称"] for row in TABLES["企业产品"] if row["角色"] == "生产"}
    assert f"{len(PRODUCTS)}个产品里有{len(PRODUCTS - made)}个没有" in readme


# references


def test_every_product_that_is_named_is_defined() -> None:
    named = {row[end] for row in LINKS for end in ("产品", "对象")}
    named |= {row["产品名称"] for table in ("企业产品", "院所技术", "供应") for row in TABLES[table]}
    named.update(row["支撑产品"] for row in TABLES["技术"])
    assert named - {""} - PRODUCTS == set()


def test_every_firm_and_institute_that_is_named_is_defined() -> None:
    firms = {row["企业名称"] for table in ("企业产品", "合作") for row in TABLES[table]}
    firms |= {row[end] for row in TABLES["供应"] for end in ("供方", "需方")}
    firms |= {row[end] for row in TABLES["投资"] for end in ("投资方", "被投资方")}
    firms |= {row["所属集团"] for row in TABLES["企业"]} - {""}
    assert firms - FIRMS == set()
    assert {row["合作方"] for row in TABLES["合作"]} - INSTITUTES - FIRMS == set()
    assert {row["院所名称"] for row in TABLES["院所技术"]} - INSTITUTES == set()
    technologies = {row["技术名称"] for row in TABLES["技术"]}
    assert {row["技术名称"] for row in TABLES["院所技术"]} - {""} - technologies == set()


def test_every_claim_is_about_something_known() -> None:
    assert {row["对象"] for row in TABLES["指标"]} - PRODUCTS - FIRMS == set()


def test_an_alias_is_nobody_elses_name() -> None:
    owner: dict[str, str] = {name: name for name in PRODUCTS}
    for row in TABLES["产品"]:
        for alias in filter(None, row["别名"].split("；")):
            assert owner.setdefault(alias, row["产品名称"]) == row["产品名称"], alias
    assert not {"机床", "丝杠", "导轨", "刀具", "汽车零部件", "工业母机之眼"} & set(owner)


def test_a_short_name_is_no_repetition_and_no_second_firms_name() -> None:
    owner: dict[str, str] = {name: name for name in FIRMS}
    for row in TABLES["企业"]:
        assert row["简称"] not in (row["企业名称"], row["英文名"]) or not row["简称"]
        if row["简称"]:
            assert owner.setdefault(row["简称"], row["企业名称"]) == row["企业名称"], row["简称"]


def test_a_city_cell_holds_one_city() -> None:
    for row in TABLES["企业"] + TABLES["院所"]:
        assert re.fullmatch(r"[^市]*市?", row["城市"]), row
        assert row["城市"] or not row["区县"], row


# claims


def test_conflicting_shares_stay_side_by_side() -> None:
    claims = [row for row in TABLES["指标"] if (row["对象"], row["指标"]) == ("高档数控系统", "国产化率")]
    assert len(claims) >= 3
    assert {("5%", "2016"), ("10%", ""), ("30%", "2025")} <= {(row["数值"], row["年份"]) for row in claims}
    assert [row["说法人"] for row in claims if row["数值"] == "30%"] == ["华中数控"]


def test_three_cost_structures_stay_side_by_side() -> None:
    cost = defaultdict(set)
    for row in LINKS:
        if row["成本占比"]:
            assert 0 < float(row["成本占比"]) < 1
            cost[row["产品"], row["对象"]].add(row["来源"])
    for part in ("结构件", "数控系统", "传动系统"):
        assert len(cost["数控机床", part]) == 3, part


def test_a_bound_is_said_to_be_one() -> None:
    bounds = re.compile("写.*(低于|不足|超过[0-9])")
    told = [row for row in TABLES["指标"] if bounds.search(row["备注"]) and "%" in row["数值"]]
    assert len(told) >= 6
    assert all("界限不是实测值" in row["备注"] or "只说中低端" in row["备注"] for row in told)


def test_no_claim_makes_a_stranglehold_or_an_absence() -> None:
    properties = {row["指标"] for row in TABLES["指标"]}
    assert not properties & {"出口管制", "本地生产", "首位国家专利份额", "技术显示优势", "进口依赖度"}
    assert not (FOLDER / "检索.csv").exists()


def test_only_production_is_supply() -> None:
    roles = {(row["企业名称"], row["产品名称"], row["角色"]) for row in TABLES["企业产品"]}
    assert ("美戈利(浙江)科技有限公司", "钢轨铣磨车用长寿命铣刀", "研发") in roles
    assert {("钱江摩托", "摩托车", "使用"), ("三和数控", "液压动力刀塔", "生产")} <= roles
