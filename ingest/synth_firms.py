"""Made-up firms: what the register says of each, drawn column by column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .synth_places import COUNTRIES, Places
from .synth_rows import Columns, Ints, Reals, chances, choose, joined, log_spread, one_of, sometimes

__all__ = ["FIRM_HEADERS", "PIECE", "Firms", "credit_codes", "firm_rows", "make_firms"]

FIRM_HEADERS: Final = (
    "企业名称", "统一社会信用代码", "简称", "国家或地区", "省份", "城市", "区县", "登记状态", "所属集团", "参保人数",
    "注册资本", "成立日期", "荣誉", "经营范围",
)  # fmt: skip
PIECE: Final = 100_000
"""Rows made and written at a time."""

_WORDS: Final = ("恒远", "华拓", "金盛", "瑞科", "同力", "新宇", "兴达", "德邦", "中拓", "永信", "天工", "正和")
_TRADES: Final = ("机械", "精工", "数控装备", "电子", "材料", "自动化", "传动", "液压", "模具", "科技")
_STATUS: Final = ("存续", "在业", "注销", "吊销")
_HONOURS: Final = (None, "高新技术企业", "省级专精特新中小企业", "国家级专精特新小巨人企业；高新技术企业")
_PER_GROUP: Final = 200
_ALPHABET: Final = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
_BODY_WEIGHTS: Final = np.array([3, 7, 9, 10, 5, 8, 4, 2])  # GB 11714
_CODE_WEIGHTS: Final = np.array([pow(3, at, 31) for at in range(17)])  # GB 32100-2015


@dataclass(frozen=True, slots=True)
class Firms:
    """Firms 0…n−1: county of each (position in ``places``, −1 abroad), country, word and trade in its name."""

    places: Places
    county: Ints
    country: Ints
    word: Ints
    trade: Ints

    def __len__(self) -> int:
        return len(self.county)

    @property
    def abroad(self) -> npt.NDArray[np.bool_]:
        """Whether each is outside the mainland."""
        return self.county < 0

    def names(self, numbers: Ints) -> Any:
        """Full names of the firms with these numbers; every name begins with 合成 and no two are alike."""
        counties = [place.county for place in self.places.counties] + list(COUNTRIES)
        where = np.where(self.abroad, len(self.places.counties) + self.country, self.county)[numbers]
        word, trade = one_of(_WORDS, self.word[numbers]), one_of(_TRADES, self.trade[numbers])
        return joined("合成", one_of(counties, where), word, numbers, trade, "有限公司")


def make_firms(seed: int, count: int, places: Places) -> Firms:
    """Draw where the firms are and what they are called."""
    chance = chances(seed, 4)
    county = choose(places.shares, chance.random(count))
    county[chance.random(count) < 0.015] = -1
    country, word, trade = (choose(np.ones(len(words)), chance.random(count)) for words in (COUNTRIES, _WORDS, _TRADES))
    return Firms(places, county, country, word, trade)


def firm_rows(seed: int, firms: Firms) -> Iterator[Columns]:
    """The table 企业, by number."""
    for start in range(0, len(firms), PIECE):
        numbers = np.arange(start, min(start + PIECE, len(firms)))
        chance = chances(seed, 5, start)
        yield {**_identity(firms, numbers), **_where(firms, numbers, chance), **_register(firms, numbers, chance)}


def _identity(firms: Firms, numbers: Ints) -> Columns:
    codes = np.array([place.code for place in firms.places.counties], dtype="S6")[firms.county[numbers]]
    return {
        "企业名称": firms.names(numbers),
        "统一社会信用代码": sometimes(credit_codes(codes, numbers), ~firms.abroad[numbers]),
        "简称": joined("合成", one_of(_WORDS, firms.word[numbers]), numbers),
    }


def _where(firms: Firms, numbers: Ints, chance: np.random.Generator) -> Columns:
    """Country or address; of one firm in fifty only the province is known."""
    counties, county, here = firms.places.counties, firms.county[numbers], ~firms.abroad[numbers]
    exact = here & (chance.random(len(numbers)) >= 0.02)
    return {
        "国家或地区": sometimes(one_of(COUNTRIES, firms.country[numbers]), ~here),
        "省份": sometimes(one_of([place.province for place in counties], county.clip(0)), here),
        "城市": sometimes(one_of([place.city or None for place in counties], county.clip(0)), exact),
        "区县": sometimes(one_of([place.county for place in counties], county.clip(0)), exact),
    }


def _register(firms: Firms, numbers: Ints, chance: np.random.Generator) -> Columns:
    count = len(numbers)

    def draw() -> Reals:
        return chance.random(count)

    group = (draw() * max(1, len(firms) // _PER_GROUP)).astype(np.int64)
    days = pa.array(np.datetime64("1985-01-01") + (draw() * 14_000).astype(np.int64).astype("timedelta64[D]"))
    scope = joined("一般项目：", one_of(_TRADES, firms.trade[numbers]), "产品研发、制造、销售；货物进出口")
    return {
        "登记状态": one_of(_STATUS, choose((0.85, 0.11, 0.03, 0.01), draw())),
        "所属集团": sometimes(joined("合成", group, "号控股集团有限公司"), draw() < 0.06),
        "参保人数": sometimes(joined(log_spread(draw(), 1, 5000)), draw() < 0.8),
        "注册资本": joined(log_spread(draw(), 10, 100_000), "万元"),
        "成立日期": pc.strftime(days, format="%Y-%m-%d"),
        "荣誉": one_of(_HONOURS, choose((0.88, 0.07, 0.035, 0.015), draw())),
        "经营范围": scope,
    }


def credit_codes(places: npt.NDArray[np.bytes_], numbers: Ints) -> Any:
    """Unified social credit codes with right check digits (GB 32100-2015), distinct by number.

    Args:
        places: six-digit codes of the registering authority.
        numbers: a number below 31⁶ for each.
    """
    letters = np.zeros((len(numbers), 18), dtype=np.int64)
    letters[:, [0, 1, 8, 9]] = [_digit(sign) for sign in "91MA"]  # 91: a firm; MA: the series since 2015
    letters[:, 2:8] = places.view(np.uint8).reshape(-1, 6) - ord("0")
    for at in range(6):
        letters[:, 15 - at] = numbers // 31**at % 31
    values = np.array([int(chr(sign), 36) for sign in _ALPHABET])[letters[:, 8:16]]
    check = (11 - values @ _BODY_WEIGHTS % 11) % 11
    letters[:, 16] = np.where(check == 10, _digit("X"), check)
    letters[:, 17] = -(letters[:, :17] @ _CODE_WEIGHTS) % 31
    return pa.array(_ALPHABET[letters].view("S18").ravel()).cast(pa.string())


def _digit(sign: str) -> int:
    return _ALPHABET.tobytes().index(sign.encode())
