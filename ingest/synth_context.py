"""What else is made up around chain and firms: searches, statements, institutes, technologies, trade between firms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa

from .synth_chain import ProductChain
from .synth_firms import Firms
from .synth_places import Places
from .synth_rows import Columns, Ints, chances, choose, joined, log_spread, one_of

__all__ = [
    "CLAIM_HEADERS", "INSTITUTE_HEADERS", "INVEST_HEADERS", "RESEARCH_HEADERS", "SEARCH_HEADERS", "SUPPLY_HEADERS",
    "TECHNOLOGY_HEADERS", "WORK_HEADERS", "claim_rows", "institute_rows", "invest_rows", "research_rows", "search_rows",
    "supply_rows", "technology_rows", "work_rows",
]  # fmt: skip

SEARCH_HEADERS: Final = ("地区", "产品名称", "检索来源", "检出率", "日期")
CLAIM_HEADERS: Final = ("对象", "指标", "数值", "年份", "地区", "说法人")
INSTITUTE_HEADERS: Final = ("院所名称", "类型", "省份", "城市", "区县")
RESEARCH_HEADERS: Final = ("院所名称", "技术名称", "产品名称", "关系")
TECHNOLOGY_HEADERS: Final = ("技术名称", "支撑产品")
SUPPLY_HEADERS: Final = ("供方", "需方", "产品名称", "年份")
INVEST_HEADERS: Final = ("投资方", "被投资方", "持股比例", "日期")
WORK_HEADERS: Final = ("企业名称", "合作方", "主题", "年份")
_TYPES: Final = ("大学", "研究院所", "实验室", "创新中心", "检测平台")
_TOPICS: Final = ("联合攻关", "委托开发", "成果转化", "检测服务")
_DATE: Final = "2024-12-31"
_PER_INSTITUTE: Final = 200
_PER_TECHNOLOGY: Final = 5
_BUSY: Final = 40


def search_rows(seed: int, chain: ProductChain) -> Iterator[Columns]:
    """A register of every product, too coarse to say that nobody is there, and surveys of two in five products."""
    chosen = np.flatnonzero(chances(seed, 9).random(len(chain)) < 0.4)
    yield {"地区": ["中国"], "检索来源": ["合成企业名录"], "检出率": ["0.6"], "日期": [_DATE]}
    if len(chosen):
        yield {
            "地区": ["中国"] * len(chosen), "产品名称": chain.take(chosen), "检索来源": ["合成专项调查"] * len(chosen),
            "检出率": ["0.85"] * len(chosen), "日期": [_DATE] * len(chosen),
        }  # fmt: skip


def claim_rows(seed: int, chain: ProductChain, places: Places) -> Iterator[Columns]:
    """National shares of some products, technology of those made abroad, and statements about busy areas."""
    chance = chances(seed, 10)
    numbers = np.arange(len(chain))
    home = numbers[(chance.random(len(chain)) < 0.3) & ~chain.abroad]
    away = numbers[(chance.random(len(chain)) < 0.75) & chain.abroad]
    low = chance.random(len(home)) < 0.25
    share = np.where(low, log_spread(chance.random(len(home)), 1, 50), 50 + home % 50)
    yield from _claims(chain, home, "国产化率", joined(share, "%"), _years(chance, home))
    yield from _claims(
        chain, away, "国产化率", joined(log_spread(chance.random(len(away)), 1, 12), "%"), _years(chance, away)
    )
    yield from _claims(chain, away, "首位国家专利份额", joined(45 + away % 50, "%"), _years(chance, away))
    yield from _claims(chain, away, "技术显示优势", joined("0.", 1 + away % 6), _years(chance, away))
    yield from _local_claims(chance, chain, places)


def _local_claims(chance: np.random.Generator, chain: ProductChain, places: Places) -> Iterator[Columns]:
    """What is said of the busiest counties and provinces."""
    areas = _busy_areas(places)
    for name, values in (("区位商", ("0.4", "0.8", "1.2", "2.5")), ("本地生产", ("无",))):
        pairs = np.flatnonzero(chance.random(len(areas) * len(chain)) < min(0.15, 50 / len(chain)))
        what, where = pairs % len(chain), pairs // len(chain)
        value = one_of(values, (chance.random(len(pairs)) * len(values)).astype(np.int64))
        yield from _claims(chain, what, name, value, np.full(len(pairs), 2024), one_of(areas, where))


def _busy_areas(places: Places) -> list[str]:
    counties = [places.counties[at] for at in np.argsort(-places.shares, kind="stable")[:_BUSY]]
    return [*(f"{at.province}{at.city}{at.county}" for at in counties), *sorted({at.province for at in counties})]


def _claims(chain: ProductChain, what: Ints, name: str, value: Any, year: Any, where: Any = None) -> Iterator[Columns]:
    if len(what):
        region = {} if where is None else {"地区": where}
        yield {
            "对象": chain.take(what), "指标": [name] * len(what), "数值": value, "年份": pa.array(year),
            "说法人": ["合成说法人"] * len(what), **region,
        }  # fmt: skip


def _institutes(firms: int) -> int:
    return max(1, firms // _PER_INSTITUTE)


def _technologies(products: int) -> int:
    return max(1, products // _PER_TECHNOLOGY)


def _institute(numbers: Ints) -> Any:
    return joined("合成第", numbers, "研究院")


def _technology(numbers: Ints) -> Any:
    return joined("合成", numbers, "号工艺技术")


def institute_rows(seed: int, firms: int, places: Places) -> Iterator[Columns]:
    """Institutes, one for some hundred firms, where firms are."""
    chance, count = chances(seed, 11), _institutes(firms)
    at = choose(places.shares, chance.random(count))
    kinds = one_of(_TYPES, choose(np.ones(len(_TYPES)), chance.random(count)))
    parts = {"省份": "province", "城市": "city", "区县": "county"}
    where = {
        header: one_of([getattr(place, part) or None for place in places.counties], at) for header, part in parts.items()
    }
    yield {"院所名称": _institute(np.arange(count)), "类型": kinds, **where}


def technology_rows(seed: int, chain: ProductChain) -> Iterator[Columns]:
    """Technologies, each behind one product, those made abroad first."""
    chance, count = chances(seed, 12), _technologies(len(chain))
    what = np.argsort(chance.random(len(chain)) - chain.abroad, kind="stable")[:count]
    yield {"技术名称": _technology(np.arange(count)), "支撑产品": chain.take(what)}


def research_rows(seed: int, firms: int, chain: ProductChain) -> Iterator[Columns]:
    """What institutes research: two technologies and a product each."""
    chance, count = chances(seed, 13), _institutes(firms)
    who = np.repeat(np.arange(count), 2)
    what = (chance.random(len(who)) * _technologies(len(chain))).astype(np.int64)
    yield {"院所名称": _institute(who), "技术名称": _technology(what), "关系": ["研究"] * len(who)}
    made = (chance.random(count) * len(chain)).astype(np.int64)
    yield {"院所名称": _institute(np.arange(count)), "产品名称": chain.take(made)}


def supply_rows(seed: int, firms: Firms, chain: ProductChain) -> Iterator[Columns]:
    """Who delivered what to whom."""
    who, whom, chance = _pairs(seed, 14, firms, 10)
    what = choose(chain.popularity, chance.random(len(who)))
    if len(who):
        yield {
            "供方": firms.names(who),
            "需方": firms.names(whom),
            "产品名称": chain.take(what),
            "年份": _years(chance, who),
        }


def invest_rows(seed: int, firms: Firms) -> Iterator[Columns]:
    """Who holds how much of whom."""
    who, whom, chance = _pairs(seed, 15, firms, 50)
    if len(who):
        share = joined(log_spread(chance.random(len(who)), 1, 100), "%")
        yield {"投资方": firms.names(who), "被投资方": firms.names(whom), "持股比例": share, "日期": [_DATE] * len(who)}


def work_rows(seed: int, firms: Firms) -> Iterator[Columns]:
    """Which firm works with which institute on what."""
    who, _, chance = _pairs(seed, 16, firms, 50)
    if len(who):
        partner = (chance.random(len(who)) * _institutes(len(firms))).astype(np.int64)
        topic = one_of(_TOPICS, choose(np.ones(len(_TOPICS)), chance.random(len(who))))
        yield {"企业名称": firms.names(who), "合作方": _institute(partner), "主题": topic, "年份": _years(chance, who)}


def _pairs(seed: int, table: int, firms: Firms, per: int) -> tuple[Ints, Ints, np.random.Generator]:
    """Two different firms a row, one row for so many firms."""
    chance, count = chances(seed, table), len(firms) // per if len(firms) > 1 else 0
    who = (chance.random(count) * len(firms)).astype(np.int64)
    step = 1 + (chance.random(count) * (len(firms) - 1)).astype(np.int64)
    return who, (who + step) % len(firms), chance


def _years(chance: np.random.Generator, rows: Ints) -> Any:
    return pa.array(2020 + (chance.random(len(rows)) * 5).astype(np.int64))
