"""A second opinion on every label: plain Python straight from the cells, written from the definitions alone.

Slow and literal on purpose. It shares no code with the product and no way of computing: removal of one product
after the other, one firm after the other, one sentence of the definitions after the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .oracle_said import SURE, Said, number, sure
from .planted import HOMES, Row


@dataclass(frozen=True)
class Verdict:
    """What the oracle says of one product."""

    regional: str
    national: str
    numbers: dict[str, Any]


class Oracle(Said):
    """The tables, and what they mean for a region and a chain."""

    def judge(self, region: str, chain: str) -> dict[str, Verdict]:
        """Every product of the chain."""
        products = {row["产品名称"] for row in self.rows["产品"] if row.get("产业链") == chain}
        blocked = self.blocked(chain, products)
        return {p: self._verdict(region, p, chain, blocked[p]) for p in products}

    # --- the chain ---------------------------------------------------------------------------------------

    def _relations(self, chain: str, word: str) -> list[tuple[str, str, Row]]:
        found = []
        for row in self.rows["产业链关系"]:
            if row["关系"] == word and row.get("产业链", chain) == chain:
                ends = self.canonical.get(row["产品"], row["产品"]), self.canonical.get(row["对象"], row["对象"])
                found.append((*ends, row))
        return found

    def kinds_of(self, product: str, chain: str) -> set[str]:
        """The sub-types of a product, direct or not, without itself."""
        pairs = self._relations(chain, "属于")
        found: set[str] = set()
        while new := {a for a, b, _ in pairs if (b == product or b in found) and a != product} - found:
            found |= new
        return found

    def stopped(self, chain: str, products: set[str], taken: str) -> set[str]:
        """What stops when one product is taken away."""
        needs = [(a, b, row) for a, b, row in self._relations(chain, "需要") if a != b and {a, b} <= products]
        subs = {p: self.kinds_of(p, chain) for p in products}
        down = {taken}

        def gone(product: str) -> bool:
            return product in down and subs[product] <= down

        def stops(product: str) -> bool:
            mine = [(b, row) for a, b, row in needs if a == product]
            blocking = [(b, row) for b, row in mine if row.get("必要性") == "必需" and sure(row) >= SURE]
            for b, row in blocking:
                group = row.get("替代组")
                members = [c for c, other in mine if other.get("替代组") == group] if group else [b]
                if all(gone(member) for member in members):
                    return True
            return not mine and bool(subs[product]) and subs[product] <= down

        while new := {p for p in products - down if stops(p)}:
            down |= new
        return down

    def finals(self, chain: str, products: set[str]) -> set[str]:
        """The chain's ends: marked, or needed by nothing and no sub-type."""
        marked = {r["产品名称"] for r in self.rows["产品"] if r.get("产业链") == chain and r.get("终端产品") == "是"}
        needed = {b for a, b, _ in self._relations(chain, "需要") if a != b and a in products}
        below = {a for a, b, _ in self._relations(chain, "属于") if b in products}
        return marked or products - needed - below

    def blocked(self, chain: str, products: set[str]) -> dict[str, int]:
        """How many finals stop without each product."""
        ends = self.finals(chain, products)
        return {p: len((self.stopped(chain, products, p) & ends) - {p}) for p in products}

    # --- supply ------------------------------------------------------------------------------------------

    def place(self, firm: str) -> tuple[str, ...] | None:
        """The way from the root to where a firm is said to be; None where nobody says."""
        row = self.firms.get(firm)
        if row is None:
            return None
        country = row.get("国家或地区", "中国")
        inner = [row[level] for level in ("省份", "城市", "区县") if level in row]
        return (country, *inner)

    def makers(self, product: str, chain: str) -> dict[str, dict[str, Any]]:
        """Registered firms said to make the product or a sub-type: confidence and capacities per made product."""
        made = {product, *self.kinds_of(product, chain)}
        found: dict[str, dict[str, Any]] = {}
        for row in self.rows["企业产品"]:
            leaf = self.canonical[row["产品名称"]]
            firm = self.known_as.get(row["企业名称"], row["企业名称"])
            closed = self.firms.get(firm, {}).get("登记状态") in ("注销", "吊销")
            if row.get("角色") == "生产" and leaf in made and not closed:
                leaves = found.setdefault(firm, {}).setdefault(leaf, [])
                leaves.append(row)
        return found

    def group(self, firm: str) -> str:
        """The group a firm counts under."""
        seen = {firm}
        while (over := self.firms.get(firm, {}).get("所属集团", "")) and over not in seen:
            firm = over
            seen.add(firm)
        return firm

    def supply(self, product: str, chain: str, within: Iterable[str]) -> tuple[int, float, float]:
        """Independent confirmed groups among these firms, N_eff, and the doubt by unverified claims."""
        makers = self.makers(product, chain)
        confirmed: dict[str, list[tuple[float, str] | None]] = {}
        claimed: dict[str, float] = {}
        for firm in within:
            if firm not in makers:
                continue
            rows = [row for leaf in makers[firm].values() for row in leaf]
            best = max(sure(row) for row in rows)
            if best >= SURE:
                confirmed.setdefault(self.group(firm), []).append(self._capacity(makers[firm]))
            else:
                group = self.group(firm)
                claimed[group] = max(claimed.get(group, 0.0), best)
        doubt = math.prod(1 - c for g, c in claimed.items() if g not in confirmed)
        return len(confirmed), self._effective(confirmed), doubt

    @staticmethod
    def _capacity(leaves: dict[str, list[Row]]) -> tuple[float, str] | None:
        stated = []
        for rows in leaves.values():
            values = {(float(r["产能"]), r["单位"]) for r in rows if r.get("产能") and sure(r) >= SURE}
            if len(values) != 1 and any(sure(r) >= SURE for r in rows):
                return None
            stated += sorted(values)
        units = {unit for _, unit in stated}
        return (sum(value for value, _ in stated), units.pop()) if len(units) == 1 else None

    @staticmethod
    def _effective(groups: dict[str, list[tuple[float, str] | None]]) -> float:
        """1 / Σ s²; shares by capacity where every firm states one in one unit, else equal."""
        if not groups:
            return 0.0
        firms = [firm for members in groups.values() for firm in members]
        known = all(firms) and len({firm[1] for firm in firms if firm}) == 1
        sizes = [sum(f[0] for f in members if f) if known else 1.0 for members in groups.values()]
        return sum(sizes) ** 2 / sum(size**2 for size in sizes)

    # --- labels ------------------------------------------------------------------------------------------

    def _verdict(self, region: str, product: str, chain: str, blocks: int) -> Verdict:
        home = HOMES[region]
        named = {self.known_as.get(row["企业名称"], row["企业名称"]) for row in self.rows["企业产品"]}
        places = {firm: self.place(firm) for firm in named}
        local = [f for f, place in places.items() if place and place[: len(home)] == home]
        domestic = [f for f, place in places.items() if place and place[0] == "中国"]
        foreign = [f for f, place in places.items() if place and place[0] != "中国"]
        groups, effective, doubt = self.supply(product, chain, local)
        makers, _, doubt_china = self.supply(product, chain, domestic)
        here = self.absent(product, home, groups, doubt)
        china = self.absent(product, ("中国",), makers, doubt_china)
        numbers = {
            "local_groups": groups, "local_n_eff": effective, "domestic_groups": makers,
            "foreign_groups": self.supply(product, chain, foreign)[0],
            "p_absent_local": here, "p_absent_national": china, "blocks": blocks,
        }  # fmt: skip
        outer = {home[:depth] for depth in range(2, len(home))}
        around = [f for f, place in places.items() if place in outer]
        perhaps = self.supply(product, chain, around)[0]
        regional = self._regional(product, region, groups, effective, None if perhaps else here, blocks)
        return Verdict(regional, self._national(product, makers, china, blocks), numbers)

    def _regional(
        self, product: str, region: str, groups: int, effective: float, absent: float | None, blocks: int
    ) -> str:
        if not groups:
            if absent is not None and absent >= 0.9 - 1e-12:
                return "断链" if blocks else "可替代缺口"
            return "疑似断链" if blocks and self.denied(product, HOMES[region]) else "未知"
        if groups == 1 or effective < 1.5:
            return "弱链"
        quotient = self.newest(product, "区位商", min, region)
        if quotient is not None and quotient < 1:
            return "短板"
        return "强链" if quotient is not None and quotient >= 1.5 and effective >= 3 - 1e-9 else "正常"

    def _national(self, product: str, makers: int, absent: float | None, blocks: int) -> str:
        depends, behind = self.depends(product), self.behind(product)
        dated = [(y, number(v), c) for y, v, c in self.said(product, "国产化率", dated=True) if c >= SURE]
        first = [v for date, v, c in dated if (date, c) == (dated[0][0], dated[0][2])]
        marginal = bool(first) and min(first) <= 0.1
        torn = len({v <= 0.1 for _, v, _ in dated}) == 2
        none = not makers and absent is not None and absent >= 0.9 - 1e-12
        if depends and behind and blocks:
            if (none or marginal) and not torn:
                return "卡脖子"
            if not makers or torn:
                return "疑似卡脖子"
        if depends or marginal:
            return "对外依赖"
        return "国内可供" if makers else "未知"
