"""Regions named in running text, found conservatively: a missed name costs less than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ahocorasick_rs import AhoCorasick, MatchKind

from .region_names import BARE, FORMER_BARE, RegionNames, stem
from .region_tree import ROOT, Region

__all__ = ["RegionScanner"]

# Two-character country names that are mostly something else in running text (沿海地区, 也门槛, 大黑山 …).
_UNSAFE_COUNTRIES = frozenset({"海地", "也门", "马里", "黑山", "关岛", "苏丹", "多哥", "汤加"})
# Words that swallow a name: 长江西岸 is not 江西, 华泰国际 not 泰国, 今日本市 not 日本, 温岭市场 not 温岭市.
_SWALLOWED_BEFORE = {
    **dict.fromkeys(("江西", "江东"), "长珠闽嫩沱岷赣丽汉钱漓怒浦松黑湘冲"),
    **dict.fromkeys(("河南", "河北", "河东", "河西"), "黄淮运银沿内两洛渭漳汾沙护"),
    **dict.fromkeys(("湖南", "湖北"), "太西巢滨环沿东平"),
    **dict.fromkeys(("山东", "山西"), "泰中昆唐佛黄舟华燕阴天庐恒衡鞍保江稷眉萧象"),
    "海南": "上渤黄东沿北南临珠威",
    "日本": "今近即当每昨明翌同某节假生本",
}
_SWALLOWED_AFTER = {
    **dict.fromkeys(("蒙古",), "族包自语文马"),
    "印度": "洋",
    "南非": "公洲遗物法常",
    "河南": "岸侧",
    "河北": "岸侧",
    "湖南": "岸侧",
    "湖北": "岸侧",
    "江西": "岸侧",
    "山东": "麓坡侧",
    "山西": "麓坡侧",
}
_SUFFIX_SWALLOWED = {"市": "场值占盈面", "区": "域间块别隔分", "国": "际有家营", "县": "域"}
_PLACE_BEFORE = (
    *("位于", "坐落于", "坐落在", "坐落", "落户", "落户于", "落户在", "地处", "来自", "产自", "注册于", "注册地为"),
    *("总部在", "总部设在", "总部位于", "设在", "建在", "地址：", "地址:", "驻地", "前往", "赴"),
)
_PLACE_AFTER = re.compile(
    "(?:当地|本地|境内|全境|地区|一带|等地|籍|市委|市政府|县委|县政府|区委|区政府|经济(?:技术)?开发区|经开区|高新区)"
)


@dataclass(slots=True)
class _Run:
    """Names written without a gap, every one inside the one before; ``ranks`` gives the last one's regions."""

    start: int
    end: int
    name: str
    ranks: Mapping[str, int]
    path: list[set[str]] = field(default_factory=list)


class RegionScanner:
    """Finds regions in text by one Aho-Corasick pass, leftmost-longest, and judges only what it hit.

    Accepted: names with their suffix; provinces and countries also by short name; other short names after or
    before a place word (位于…, …境内), or where the same region was named in full earlier, or inside a path
    (浙江温岭). Never alone: ordinary words (合作, 东方) and 城区/郊区/矿区. Only after a parent was named: ordinary
    words with a suffix (港口区) and one-character counties (和县). A name of several regions counts only when
    its path or an earlier mention of a parent settles it.

    Args:
        names: the written forms.
        regions: the regions by code.
    """

    __slots__ = ("_ancestors", "_forms", "_machine", "_names", "_regions")

    def __init__(self, names: RegionNames, regions: Mapping[str, Region]) -> None:
        self._names = names
        self._regions = regions
        self._ancestors = names.ancestors
        self._forms = [form for form, ranks in names.forms.items() if self._is_searched(form, ranks)]
        self._machine = AhoCorasick(self._forms, matchkind=MatchKind.LeftmostLongest)

    def scan(self, text: str) -> list[tuple[int, int, str]]:
        """Mentions as (start, end, code), in order and without overlap; start and end in characters."""
        found: list[tuple[int, int, str]] = []
        seen: set[str] = set()
        run: _Run | None = None
        for index, start, end in self._machine.find_matches_as_indexes(text):
            name = self._trimmed(self._forms[index], text, end)
            if not name:
                continue
            end = start + len(name)
            ranks = self._names.forms[name]
            if run is not None and run.end == start and (inner := self._inside(name, ranks, run)):
                run.path.append(set(run.ranks))
                run = _Run(run.start, end, name, inner, run.path)
                continue
            if run is not None:
                self._close(run, text, seen, found)
            run = _Run(start, end, name, ranks)
        if run is not None:
            self._close(run, text, seen, found)
        return found

    def _is_searched(self, form: str, ranks: Mapping[str, int]) -> bool:
        weak = min(ranks.values()) in (BARE, FORMER_BARE)
        skipped = ROOT in ranks or form in _UNSAFE_COUNTRIES or "/" in form
        return len(form) > 1 and not skipped and not (weak and form in self._names.ordinary)

    def _trimmed(self, name: str, text: str, end: int) -> str:
        """The name, without a suffix that belongs to the next word; empty when nothing of it is a name."""
        after = text[end : end + 1]
        if after and after in _SUFFIX_SWALLOWED.get(name[-1], ""):
            shorter = name[:-1]
            known = len(shorter) > 1 and shorter in self._names.forms
            return shorter if known and shorter not in self._names.ordinary else ""
        return "" if after and after in _SWALLOWED_AFTER.get(name, "") else name

    def _inside(self, name: str, ranks: Mapping[str, int], run: _Run) -> dict[str, int]:
        """The regions of a name that lie inside those of the run before it."""
        best = min(run.ranks.values())
        outer = {code for code, rank in run.ranks.items() if rank == best}
        return {code: rank for code, rank in ranks.items() if not outer.isdisjoint(self._ancestors[code][1:])}

    def _close(self, run: _Run, text: str, seen: set[str], found: list[tuple[int, int, str]]) -> None:
        code = self._judged(run, text, seen)
        if code:
            found.append((run.start, run.end, code))
            path = set(self._ancestors[code])
            seen.add(code)
            for outer in run.path:
                seen |= outer & path

    def _judged(self, run: _Run, text: str, seen: set[str]) -> str | None:
        """The one region a run means, or None where it is not sure enough."""
        rank = min(run.ranks.values())
        codes = [code for code, written in run.ranks.items() if written == rank]
        if run.path:
            return self._settled(codes, seen)
        if rank in (BARE, FORMER_BARE):
            return self._bare(run, codes, text, seen)
        if self._regions[codes[0]].level == 0:
            return None if self._is_swallowed(run, text) else codes[0]
        short = stem(run.name)
        if run.name in self._names.ordinary:
            return None
        if (len(short) == 1 or short in self._names.ordinary) and not self._parents_seen(codes, seen):
            return None
        return self._settled(codes, seen)

    def _bare(self, run: _Run, codes: list[str], text: str, seen: set[str]) -> str | None:
        """A short name alone: a province, a region named before, or a place word beside it."""
        provinces = [code for code in codes if self._regions[code].level == 1]
        if provinces:
            others = [code for code in codes if provinces[0] not in self._ancestors[code]]
            doubtful = self._is_swallowed(run, text) or self._parents_seen(others, seen)
            return None if doubtful else provinces[0]
        before = [code for code in codes if code in seen]
        if len(before) == 1:
            return before[0]
        placed = text[max(0, run.start - 4) : run.start].endswith(_PLACE_BEFORE)
        return self._settled(codes, seen) if placed or _PLACE_AFTER.match(text, run.end) else None

    def _settled(self, codes: list[str], seen: set[str]) -> str | None:
        """The only candidate, the prefecture around the others, or the only one whose nearest parent was named."""
        outer = min(codes, key=lambda code: len(self._ancestors[code]))
        if all(outer in self._ancestors[code] for code in codes):
            return outer
        likely = self._parents_seen(codes, seen)
        steps = [self._steps_up(code, seen) for code in likely]
        nearest = [code for code, step in zip(likely, steps, strict=True) if step == min(steps)]
        return nearest[0] if len(nearest) == 1 else None

    def _steps_up(self, code: str, seen: set[str]) -> int:
        return next(step for step, outer in enumerate(self._ancestors[code][1:]) if outer in seen)

    def _parents_seen(self, codes: list[str], seen: set[str]) -> list[str]:
        return [code for code in codes if not seen.isdisjoint(self._ancestors[code][1:])]

    def _is_swallowed(self, run: _Run, text: str) -> bool:
        before = text[run.start - 1 : run.start] if run.start else ""
        return bool(before) and before in _SWALLOWED_BEFORE.get(run.name, "")
