"""What the tables say of each product, cell by cell: searches, dated statements and trade. See ``oracle.py``."""

from __future__ import annotations

import math
from collections.abc import Callable

from .planted import AREAS, Row, Tables

SURE = 0.5
PRIOR = 0.5
TENTHS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True))


def number(text: str) -> float:
    """A cell's number; 8%, 一成 and 0.08 alike."""
    if text.endswith("成"):
        return TENTHS[text[0]] / 10
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def sure(row: Row) -> float:
    """A row's own confidence."""
    return float(row.get("置信度", "0.9"))


class Said:
    """The tables, and what was searched and said of each product."""

    def __init__(self, tables: Tables) -> None:
        self.rows = {name: tables.rows.get(name, []) for name in
                     ("产品", "产业链关系", "企业", "企业产品", "检索", "指标", "贸易")}  # fmt: skip
        self.canonical: dict[str, str] = {}
        for row in self.rows["产品"]:
            for name in (row["产品名称"], *row.get("别名", "").split("；")):
                self.canonical[name] = row["产品名称"]
        self.firms = {row["企业名称"]: row for row in self.rows["企业"]}
        self.known_as = {row["简称"]: row["企业名称"] for row in self.rows["企业"] if "简称" in row}

    def searched(self, product: str, area: tuple[str, ...]) -> list[float]:
        """One detection rate per source: the narrowest area, then the named product, then the newest, wins."""
        best: dict[str, tuple[tuple[int, bool, str], float]] = {}
        for row in self.rows["检索"]:
            named = row.get("产品名称")
            where = AREAS[row["地区"]]
            if area[: len(where)] != where or (named and self.canonical[named] != product):
                continue
            key = (len(where), bool(named), row.get("日期", ""))
            rate = number(row["检出率"])
            source = row["检索来源"]
            if source not in best or key > best[source][0] or (key == best[source][0] and rate < best[source][1]):
                best[source] = (key, rate)
        return [rate for _, rate in best.values()]

    def said(self, product: str, name: str, area: str = "中国", *, dated: bool = False) -> list[tuple[str, str, float]]:
        """(date or "", cell, confidence) of every claim, newest first, of one date the surest first."""
        found = [
            (row.get("年份") or row.get("来源日期", ""), row["数值"], sure(row)) for row in self.rows["指标"]
            if self.canonical[row["对象"]] == product and row["指标"] == name and row.get("地区", "中国") == area
        ]  # fmt: skip
        return sorted((c for c in found if c[0] or not dated), key=lambda c: (c[0], c[2]), reverse=True)

    def newest(self, product: str, name: str, worse: Callable[..., float], area: str = "中国") -> float | None:
        """The newest confirmed value; of one date the surest, of equally sure ones the worse."""
        claims = [c for c in self.said(product, name, area) if c[2] >= SURE]
        return worse(number(c[1]) for c in claims if (c[0], c[2]) == (claims[0][0], claims[0][2])) if claims else None

    def absent(self, product: str, area: tuple[str, ...], groups: int, doubt: float) -> float | None:
        """P_absent by Bayes, one source after the other; None where nothing was searched."""
        rates = self.searched(product, area)
        if not rates:
            return None
        if groups:
            return 0.0
        present = PRIOR
        for rate in rates:
            missed = present * (1 - rate)
            present = missed / (missed + 1 - present)
        return (1 - present) * doubt * math.prod(1 - c for c in self._said_to_be_made(product, area))

    def _said_to_be_made(self, product: str, area: tuple[str, ...]) -> list[float]:
        """有 in the area or in a part of it: per place and year the surest."""
        best: dict[tuple[str, str], float] = {}
        for inner, path in AREAS.items():
            if path[: len(area)] == area:
                for when, value, c in self.said(product, "本地生产", inner):
                    if value == "有":
                        best[inner, when[:4]] = max(best.get((inner, when[:4]), 0.0), c)
        return list(best.values())

    def denied(self, product: str, area: tuple[str, ...]) -> bool:
        """A confirmed, dated 无 for the area or one around it, outdated by no confirmed 有 that is surely newer."""
        none, some = [], []
        for other, path in AREAS.items():
            claims = [c for c in self.said(product, "本地生产", other, dated=True) if c[2] >= SURE]
            if area[: len(path)] == path:
                none += [when for when, value, _ in claims if value == "无"]
            if path[: len(area)] == area:
                some += [when for when, value, _ in claims if value == "有"]
        last = max(none, default="")
        return bool(none) and not any(when[: len(last)] > last[: len(when)] for when in some)

    def depends(self, product: str) -> bool:
        """Trade dependence in two of three years, or the newest claims where there is no trade row."""
        rows = [row for row in self.rows["贸易"] if self.canonical[row["产品名称"]] == product]
        if not rows:
            home, bought = self.newest(product, "国产化率", min), self.newest(product, "进口依赖度", max)
            return (home is not None and home < 0.5) or (bought is not None and bought > 0.5)
        years = sorted({row["年份"] for row in rows})[-3:]
        return sum(self._dependent(rows, year) for year in years) >= 2

    @staticmethod
    def _dependent(rows: list[Row], year: str) -> bool:
        def values(flow: str) -> list[float]:
            return [float(row["金额"]) for row in rows if row["年份"] == year and row["流向"] == flow]

        def concentrated(amounts: list[float]) -> bool:
            return sum(a**2 for a in amounts) / sum(amounts) ** 2 > 0.4

        bought, sold = sum(values("进口")), sum(values("出口"))
        return concentrated(values("进口")) and concentrated(values("世界出口")) and bought / sold > 1

    def behind(self, product: str) -> bool:
        """A technology gap: controlled exports, or patents held abroad while China has no advantage."""
        controls = [c for c in self.said(product, "出口管制") if c[2] >= SURE]
        listed = any(c[1] == "是" for c in controls if (c[0], c[2]) == (controls[0][0], controls[0][2]))
        top, own = self.newest(product, "首位国家专利份额", max), self.newest(product, "RTA", min)
        return listed or (top is not None and own is not None and top >= 0.5 and own < 0.5)
