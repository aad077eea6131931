"""Cells into values: numbers with 万 and 亿, shares with % and 成, years, dates, yes and no.

Every parser takes one trimmed cell and returns a value or raises ValueError with a short Chinese reason.
Columns are parsed by their distinct values, so a million repeated cells cost a handful of calls.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.names import normal_forms
from bulian.graph.schema import Property

__all__ = [
    "forms_of_repeated",
    "parse_column",
    "parse_date",
    "parse_flag",
    "parse_number",
    "parse_share",
    "parse_year",
    "parser_for",
    "split_number",
]

_SCALES: Final = {
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "十亿": 1e9, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5,
    "万": 1e4, "千": 1e3,
}  # fmt: skip
# 千克 and 千瓦 are units, not thousands; a second scale behind a bracket (1200(万元)) or a word such as 余, 以上
# or a range sign would change the number, so what follows may hold none of them.
_NUMBER = re.compile(
    r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?)"
    rf"({'|'.join(scale for scale in _SCALES if scale != '千')}|千(?![克瓦米伏帕卡升字赫]))?"
    r"((?:[^\d%‰.十百万亿余多几约近超至起以左~+<>≥≤-][^\d%‰百万亿余多几约至以左~+<>≥≤-]{0,7})?)\Z",
    re.I,
)
_SHARE = re.compile(r"([+-]?\d+(?:\.\d+)?)(%|成)?\Z")
_TENTHS = {character: number for number, character in enumerate("一二三四五六七八九十", start=1)}
_DATE = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?)?(?:年度|[年月])?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?.*)?\Z"
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})?\Z")
_DAY_NUMBER = re.compile(r"[2-5]\d{4}\Z")
_YES = {"是", "有", "√", "y", "yes", "true", "1"}
_NO = {"否", "无", "×", "n", "no", "false", "0"}
_CHOICE_SYNONYMS: Final[Mapping[str, str]] = {
    "producer": "生产", "produces": "生产", "produce": "生产", "制造": "生产", "生产型": "生产",
    "sells": "销售", "sell": "销售", "销售型": "销售", "uses": "使用", "use": "使用", "依赖型": "使用",
    "researches": "研发", "research": "研发",
    "material": "材料", "component": "零部件", "equipment": "设备", "application": "应用", "product": "产品",
    "requires": "需要", "is_a": "属于", "essential": "必需", "non-essential": "非必需",
    "upstream": "上游", "midstream": "中游", "downstream": "下游",
    "import": "进口", "export": "出口", "world_export": "世界出口",
    "university": "大学", "高校": "大学", "高等院校": "大学", "科研院所": "研究院所", "研究院": "研究院所",
    "研究所": "研究院所", "laboratory": "实验室", "重点实验室": "实验室", "association": "协会", "other": "其他",
}  # fmt: skip


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def parse_number(text: str) -> float:
    """A number: thousands commas, 万, 亿 and a short unit behind it are read (1,200台/年 → 1200)."""
    return split_number(text)[0]


def split_number(text: str) -> tuple[float, str]:
    """A number and the unit behind it, "" when there is none (1.2万吨 → 12000, 吨)."""
    match = _NUMBER.match(_folded(text).replace(" ", ""))
    if not match:
        raise ValueError("不是数，请只写一个数，可带 万、亿 和单位")
    number = float(match[1].replace(",", "")) * _SCALES.get(match[2] or "", 1.0)
    if not math.isfinite(number):
        raise ValueError("不是有限的数")
    return number, match[3]


def parse_share(text: str) -> float:
    """A share between 0 and 1: 35%, 0.35, 3.5成, 七成. A bare number above 1 is not guessed to be a percentage."""
    folded = _folded(text).replace(" ", "")
    if len(folded) == 2 and folded[1] == "成" and folded[0] in _TENTHS:
        return _TENTHS[folded[0]] / 10
    match = _SHARE.match(folded)
    if not match:
        raise ValueError("不是比例，请写成 35% 或 0.35")
    divisor = {"%": 100, "成": 10}.get(match[2] or "", 1)
    share = float(match[1]) / divisor
    if not 0 <= share <= 1:
        raise ValueError("不在 0 到 1 之间；若是百分数请带 %，如 35%")
    return share


def parse_year(text: str) -> int:
    """A year between 1900 and 2100: 2024, 2024年, 2024年度, or the year of a date.

    A five-digit number is not read as one of Excel's day numbers here: in a column of years it is a slip.
    """
    if _DAY_NUMBER.match(_folded(text)):
        raise ValueError("不是年份，应为四位，如 2024")
    year = int(parse_date(text)[:4])
    if not 1900 <= year <= 2100:
        raise ValueError("年份不合理")
    return year


def parse_date(text: str) -> str:
    """An ISO date as far as it is given: 2024, 2024-03 or 2024-03-01; Excel's day numbers are read.

    Years before 1800 and after 2100 are slips of the pen.
    """
    folded = _folded(text)
    if _DAY_NUMBER.match(folded):
        return (date(1899, 12, 30) + timedelta(days=int(folded))).isoformat()
    match = _DATE.match(folded) or _COMPACT_DATE.match(folded)
    if not match:
        raise ValueError("不是日期，请写成 2024-03-01、2024-03 或 2024")
    year, month, day = int(match[1]), match[2], match[3]
    if not 1800 <= year <= 2100:
        raise ValueError("年份不合理")
    if month is None:
        return f"{year:04d}"
    try:
        whole = date(year, int(month), int(day or 1))
    except ValueError:
        raise ValueError("没有这一天") from None
    return whole.isoformat() if day else whole.isoformat()[:7]


def parse_flag(text: str) -> str:
    """是 or 否."""
    folded = _folded(text).casefold()
    if folded in _YES:
        return "是"
    if folded in _NO:
        return "否"
    raise ValueError("应为 是 或 否")


def _choice_parser(choices: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        folded = _folded(text)
        value = folded if folded in choices else _CHOICE_SYNONYMS.get(folded.casefold(), folded)
        if value not in choices:
            raise ValueError(f"应为 {'、'.join(choices)} 之一")
        return value

    return parse


def parser_for(prop: Property) -> tuple[Callable[[str], Any], pa.DataType] | None:
    """The parser of a property's cells and the Arrow type it gives; None when text stays as it is."""
    if prop.choices:
        return _choice_parser(prop.choices), pa.string()
    by_type: Mapping[str, tuple[Callable[[str], Any], pa.DataType]] = {
        "number": (parse_number, pa.float64()),
        "share": (parse_share, pa.float64()),
        "year": (parse_year, pa.int32()),
        "date": (parse_date, pa.string()),
        "flag": (parse_flag, pa.string()),
    }
    return by_type.get(prop.type)


def parse_column(
    column: pa.ChunkedArray, parser: Callable[[str], Any], arrow_type: pa.DataType
) -> tuple[pa.ChunkedArray, dict[str, str]]:
    """Parse a string column by its distinct values.

    Returns:
        The typed column (null where empty or bad) and each bad cell text with its reason.
    """
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    bad: dict[str, str] = {}
    parsed: list[Any] = []
    for text in encoded.dictionary.to_pylist():
        try:
            parsed.append(parser(text))
        except ValueError as error:
            bad[text] = str(error)
            parsed.append(None)
    values = pa.array(parsed, arrow_type)
    return pa.chunked_array([pc.take(values, encoded.indices)], type=arrow_type), bad


def forms_of_repeated(names: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    """Normal forms of a column in which a name stands in many rows, by its distinct values."""
    encoded: Any = names.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    forms = normal_forms(encoded.dictionary).combine_chunks()
    return pa.chunked_array([pc.take(forms, encoded.indices)], pa.string())
