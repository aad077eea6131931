"""Random regions and chains as the tables offices hand in, with gaps, monopolies, duplicates and unknowns planted.

One :class:`Tables` holds several chains over one population of firms; every cell is text under its Chinese
header, exactly what :func:`write` puts into CSV files. Nothing here knows how anything is computed.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Row = dict[str, str]

ENGLISH = {
    "产品名称": "product", "产业链": "chain", "别名": "aliases", "终端产品": "final", "产品": "product",
    "关系": "relation", "对象": "object", "必要性": "essentiality", "替代组": "alt_group", "企业名称": "enterprise",
    "角色": "role", "产能": "capacity", "单位": "unit", "国家或地区": "country", "省份": "province", "城市": "city",
    "区县": "county", "登记状态": "status", "所属集团": "group", "简称": "short_name",
    "地区": "region", "检索来源": "searched_source",
    "检出率": "detection_rate", "日期": "date", "指标": "property", "数值": "value", "年份": "year", "流向": "flow",
    "伙伴": "partner", "金额": "value", "置信度": "confidence", "来源": "source", "来源日期": "source_date",
}  # fmt: skip
OWN_ENGLISH = {("产品", "产品名称"): "product_name", ("企业", "企业名称"): "enterprise_name", ("指标", "对象"): "subject"}

HOMES: dict[str, tuple[str, ...]] = {
    "温岭市": ("中国", "浙江省", "台州市", "温岭市"),
    "玉环市": ("中国", "浙江省", "台州市", "玉环市"),
    "慈溪市": ("中国", "浙江省", "宁波市", "慈溪市"),
    "昆山市": ("中国", "江苏省", "苏州市", "昆山市"),
}
"""Counties, each with its way from the root."""

ABROAD = ("日本", "德国", "美国", "中国台湾", "中国香港")
AREAS = {name: path[: path.index(name) + 1] for path in HOMES.values() for name in path}
"""Every area a table names, with its way from the root."""


@dataclass
class Tables:
    """The rows by table name."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **cells: str | float) -> Row:
        """Add a row; empty cells are kept out."""
        row = {name: str(value) for name, value in cells.items() if value != ""}
        self.rows.setdefault(table, []).append(row)
        return row

    def copy(self) -> Tables:
        """The same rows, free to change."""
        return Tables({table: [dict(row) for row in rows] for table, rows in self.rows.items()})


def write(tables: Tables, folder: Path, rng: random.Random) -> list[Path]:
    """Write one CSV per table: columns, rows and header language shuffled."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for table, rows in sorted(tables.rows.items()):
        columns = sorted({column for row in rows for column in row})
        rng.shuffle(columns)
        spelled = [OWN_ENGLISH.get((table, c), ENGLISH[c]) if rng.random() < 0.3 else c for c in columns]
        shuffled = rng.sample(rows, len(rows))
        path = folder / f"{rng.choice('甲乙丙丁')}{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(spelled)
            writer.writerows([row.get(column, "") for column in columns] for row in shuffled)
        paths.append(path)
    rng.shuffle(paths)
    return paths


def plant(seed: int, chains: int = 8, firms: int = 60) -> Tables:
    """A population of firms and several chains over it."""
    rng = random.Random(seed)
    tables = Tables()
    names = _plant_firms(tables, rng, firms)
    for number in range(chains):
        _plant_chain(tables, rng, f"链{number}", names)
    _plant_wide_searches(tables, rng)
    return tables


def _plant_firms(tables: Tables, rng: random.Random, count: int) -> list[str]:
    """Firms near and far; some say only their province, some are in no list at all."""
    names = [f"试验{number:03d}号机械有限公司" for number in range(count)]
    for number, name in enumerate(names):
        draw = rng.random()
        if draw < 0.04:
            continue  # in no list of firms, so its place is unknown
        home = list(HOMES.values())[min(rng.randrange(6), 3)]
        place = dict(zip(("省份", "城市", "区县"), home[1:], strict=True))
        if draw < 0.22:
            place = {"国家或地区": rng.choice(ABROAD)}
        elif draw < 0.30:
            place = dict(list(place.items())[: rng.randint(0, 2)])
        elif draw < 0.35:
            place["国家或地区"] = "中国"
        group = rng.choice(names[:4] if rng.random() < 0.5 else ["远山集团", "近水集团"]) if rng.random() < 0.25 else ""
        status = rng.choice(("存续", "在业", "", "")) if number % 12 else "注销"
        short = f"试{number:03d}" if rng.random() < 0.2 else ""
        tables.add("企业", 企业名称=name, 简称=short, 所属集团="" if group == name else group, 登记状态=status, **place)
    return names


def _plant_chain(tables: Tables, rng: random.Random, chain: str, firms: Sequence[str]) -> None:
    """One chain, who makes its products, what was searched and what is said of it."""
    products = [f"{chain}部件{number}" for number in range(rng.randint(4, 8))]
    outside = [f"{chain}外件{number}" for number in range(rng.randint(0, 2))]
    marks_finals = rng.random() < 0.4
    for number, product in enumerate(products):
        final = "是" if marks_finals and (number == 0 or rng.random() < 0.2) else ""
        alias = f"{product}俗称" if rng.random() < 0.5 else ""
        tables.add("产品", 产品名称=product, 产业链=chain, 终端产品=final, 别名=alias)
    for product in outside:
        tables.add("产品", 产品名称=product)
    if rng.random() < 0.3:
        products.append("通用件")
        tables.add("产品", 产品名称="通用件", 产业链=chain)
    _plant_relations(tables, rng, chain, products, outside)
    for product in (*products, *outside):
        _plant_makers(tables, rng, product, firms)
        _plant_searches(tables, rng, product)
        _plant_claims(tables, rng, product)
        if rng.random() < 0.3:
            plant_trade(tables, rng, product, held=rng.random() < 0.7)


def _plant_relations(
    tables: Tables, rng: random.Random, chain: str, products: Sequence[str], outside: Sequence[str]
) -> None:
    """Needs mostly downwards, some alternatives, cycles, self-loops and doubtful rows; sub-types."""
    for here, product in enumerate(products):
        for there in rng.sample(range(len(products)), min(3, len(products))):
            if there < here and rng.random() < 0.8:
                continue
            need = rng.choice(("必需", "必需", "必需", "必需", "非必需", ""))
            group = rng.choice(("", "", "", "A", "B"))
            sure = rng.choice(("", "", "", "0.8", "0.45"))
            tables.add("产业链关系", 产品=product, 关系="需要", 对象=products[there], 必要性=need, 替代组=group,
                       置信度=sure, 产业链=chain if rng.random() < 0.8 else "")  # fmt: skip
    for sub in outside:
        tables.add("产业链关系", 产品=sub, 关系="属于", 对象=rng.choice(products))
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        sub, parent = sorted(rng.sample(range(len(products)), 2))
        tables.add("产业链关系", 产品=products[sub], 关系="属于", 对象=products[parent], 产业链=chain)


def _named(tables: Tables, rng: random.Random, product: str) -> str:
    """The product as a table may call it."""
    known = {row["产品名称"]: row.get("别名", "") for row in tables.rows["产品"]}
    return known[product] or product if rng.random() < 0.3 else product


def _plant_makers(tables: Tables, rng: random.Random, product: str, firms: Sequence[str]) -> None:
    """Nobody, one or several firms; other roles beside; some rows from two sources."""
    unit = rng.choice(("", "台/年"))
    shorts = {row["企业名称"]: row["简称"] for row in tables.rows["企业"] if "简称" in row}
    for firm in rng.sample(list(firms), min(rng.choice((0, 0, 1, 2, 5, 12, 20)), len(firms) // 2)):
        role = rng.choice(("生产", "生产", "生产", "生产", "销售", "使用", "研发", ""))
        has_capacity = bool(unit) and rng.random() < 0.85
        cells = {
            "产能": str(rng.choice((100, 200, 250, 900))) if has_capacity else "",
            "单位": (unit if rng.random() < 0.9 else "吨/年") if has_capacity else "",
        }
        for source in rng.choice((("",), ("",), ("",), ("甲网站", "乙报告"))):
            sure = rng.choice(("", "", "0.9", "0.5", "0.49", "0.3", "0.7"))
            name = shorts.get(firm, firm) if rng.random() < 0.5 else firm
            tables.add("企业产品", 企业名称=name, 产品名称=_named(tables, rng, product), 角色=role, 来源=source,
                       置信度=sure, **cells)  # fmt: skip


def _plant_searches(tables: Tables, rng: random.Random, product: str) -> None:
    """Searches for this product, near and wide; one source often more than once, with another area."""
    sources = [f"名录{letter}" for letter in "甲乙丙丁"]
    for source in rng.sample(sources, rng.choice((0, 0, 1, 2, 4))):
        for area in rng.sample(sorted(AREAS), rng.choice((1, 1, 2))):
            rate = rng.choice(("0.6", "0.9", "0.95", "30%", "0.2"))
            tables.add("检索", 地区=area, 产品名称=_named(tables, rng, product), 检索来源=source, 检出率=rate,
                       日期=f"{rng.randint(2020, 2025)}-06-30")  # fmt: skip


def _plant_wide_searches(tables: Tables, rng: random.Random) -> None:
    """Searches for every product."""
    for area in rng.sample(sorted(AREAS), rng.choice((0, 2, 5))):
        source = rng.choice(("名录甲", "名录乙", "年鉴"))
        for rate in rng.sample(("0.5", "0.92", "10%"), rng.choice((1, 1, 2))):
            tables.add("检索", 地区=area, 检索来源=source, 检出率=rate, 日期="2024-12-31")


def _plant_claims(tables: Tables, rng: random.Random, product: str) -> None:
    """What papers say of the product: dated and undated, sure and unsure, near and far."""

    def say(name: str, chance: float, values: Sequence[str], *, area: str = "", dated: float = 0.8) -> None:
        if rng.random() >= chance:
            return
        date = rng.choice(("", "2021-03-15", "2023-10-08")) if rng.random() < 0.3 else ""
        tables.add("指标", 对象=_named(tables, rng, product), 指标=name, 数值=rng.choice(list(values)), 地区=area,
                   年份=rng.randint(2021, 2023) if rng.random() < dated else "", 来源日期=date,
                   置信度=rng.choice(("", "", "", "0.6", "0.4")), 来源=rng.choice(("", "某报告", "某部门")))  # fmt: skip

    homes = sorted(HOMES)
    for _ in range(rng.choice((0, 1, 2, 3))):
        say("国产化率", 0.9, ("5%", "5%", "8%", "一成", "0.3", "45%", "80%"), dated=0.6)
    say("进口依赖度", 0.3, ("70%", "90%", "20%"))
    say("出口管制", 0.7, ("是", "是", "否"), dated=0.6)
    say("首位国家专利份额", 0.4, ("0.5", "0.7", "20%"))
    say("RTA", 0.5, ("0.3", "0.4", "1.2"))
    for area in rng.sample(homes, 3):
        say("区位商", 0.7, ("0.4", "0.9", "1", "1.5", "2.6"), area=area)
        say("区位商", 0.2, ("0.7", "1.6"), area=area)
        for _ in range(rng.choice((0, 1, 2, 3))):
            say("本地生产", 0.7, ("无", "无", "有"), area=area, dated=0.7)
    say("国产化率", 0.1, ("5%", "90%"), area="浙江省")
    say("本地生产", 0.05, ("无", "有"), area="中国")


def plant_trade(tables: Tables, rng: random.Random, product: str, *, held: bool) -> None:
    """Three years of trade, concentrated and without exports to speak of where it is held abroad."""
    years = (2022, 2023, 2024)[: rng.choice((3, 3, 2, 1))]
    amount: Callable[[], int] = lambda: rng.choice((10, 20, 50))  # noqa: E731
    for year in years:
        main = 900 if held or rng.random() < 0.2 else amount()
        for partner, value in (("日本", main), ("德国", amount()), ("美国", amount())):
            tables.add("贸易", 年份=year, 产品名称=product, 流向="进口", 伙伴=partner, 金额=value)
            tables.add("贸易", 年份=year, 产品名称=product, 流向="世界出口", 伙伴=partner, 金额=value * 3)
        sold = 5 if held else rng.choice((1, 2000))
        tables.add("贸易", 年份=year, 产品名称=product, 流向="出口", 伙伴="越南", 金额=sold)
