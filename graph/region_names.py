"""Names of regions: which written forms a region has, and what a written path may mean.

A region is written in five ways, from the surest to the weakest: its own name (温岭市), an autonomous area
without its peoples (恩施州), the name without its suffix (温岭), a former name (玉环县), a former name without
suffix (襄樊). A path is read from the left, every part inside the part before it, so levels may be left out
(浙江温岭). All readings are returned with their rank; choosing, or refusing to choose, is the caller's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "BARE",
    "FORMER",
    "FORMER_BARE",
    "OWN",
    "PLACEHOLDERS",
    "SHORT",
    "RegionNames",
    "plain_text",
    "stem",
    "written_forms",
]

OWN, SHORT, BARE, FORMER, FORMER_BARE = 0, 2, 4, 6, 8
"""Ranks of a written form; the odd ranks between them mean that the path names a region twice."""

PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖", "省直辖县级行政单位"})
"""Levels of GB/T 2260 that are no places: left out of names, skipped inside a path, never an answer."""

_SEPARATORS = re.compile(r"[/\\|,;、·・•\-‐–—>→()\[\]〔〕【】]+")
_SUFFIX = re.compile(r"(?:特别行政区|自治[区州县旗]|地区|特区|矿区|(?<=神农架)林区|(?<=..)新区|[省市县区盟旗])$")
_PEOPLES = re.compile(
    "(?:(?:(?<!内)蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇"
    "|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|怒|鄂温克|裕固|独龙|鄂伦春|保安|塔吉克|各)族"
    "|(?<!内)蒙古|柯尔克孜|锡伯|哈萨克|塔吉克|维吾尔)+(?=自治[区州县旗]$|区$)"
)
_ZONE = re.compile(r"(?:开发区|园区|示范区|管理区|实验区|聚集区|新城|食品区|委员会|管委会|海域|群岛)$")


def plain_text(text: str) -> str:
    """A written region in comparable form: NFKC, white space out, every separator or bracket a single "/".

    Args:
        text: a name, a path or a code as written.

    Returns:
        The plain form without leading or trailing "/"; empty when nothing was written but dashes or spaces.
    """
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return _SEPARATORS.sub("/", folded).strip("/")


def stem(name: str) -> str:
    """A name without the peoples and the suffix: 浙江省 -> 浙江, 恩施土家族苗族自治州 -> 恩施; may be one character.

    Zones (高新技术产业开发区 …) are no administrative suffix and stay whole.
    """
    if _ZONE.search(name):
        return name
    without = _PEOPLES.sub("", name)
    if without.startswith("自治"):  # 东乡族自治县 is named after its people
        without = name.replace("族", "", 1)
    return _SUFFIX.sub("", without) or name


def written_forms(name: str) -> Iterator[tuple[str, int]]:
    """Written forms of a region's own name with their rank; a stem of one character is no form.

    Args:
        name: the own name, for example 景宁畲族自治县.

    Yields:
        (form, rank) with rank OWN, SHORT or BARE.
    """
    yield name, OWN
    short = stem(name)
    if name.endswith("自治区"):
        yield short + "自治区", SHORT
    elif "自治" in name or _PEOPLES.search(name):
        yield short + name[-1], SHORT
    if short != name and len(short) > 1:
        yield short, BARE


class RegionNames:
    """Written forms to regions, and the reading of written paths.

    Args:
        forms: (form, rank, code); the same form may stand for several regions.
        codes: former and placeholder codes to current ones.
        ancestors: code to its path, itself first, up to its root.
        ordinary: forms that are ordinary words and need a parent before them.
    """

    __slots__ = ("_codes", "_longest", "ancestors", "forms", "ordinary")

    def __init__(
        self,
        forms: Iterable[tuple[str, int, str]],
        codes: Mapping[str, str],
        ancestors: Mapping[str, tuple[str, ...]],
        ordinary: frozenset[str],
    ) -> None:
        table: dict[str, dict[str, int]] = {}
        for form, rank, code in forms:
            known = table.setdefault(form, {})
            known[code] = min(rank, known.get(code, rank))
        self.forms: Mapping[str, Mapping[str, int]] = table
        self.ordinary = ordinary
        self.ancestors = ancestors
        self._codes = codes
        self._longest = max(map(len, table), default=0)

    def readings(self, plain: str, scope: str | None) -> dict[str, int]:
        """Everything a plain text may mean, read to its end.

        Args:
            plain: the text after :func:`plain_text`.
            scope: the region every reading lies in; None for anywhere. Ordinary words need a scope other
                than a country.

        Returns:
            Region code to the rank of its best reading; empty when there is none.
        """
        if (code := self._by_code(plain)) and (scope is None or scope in self.ancestors[code]):
            return {code: OWN}
        found: dict[str, int] = {}
        self._read(plain, 0, scope, OWN, found)
        if scope is not None and not found:  # the path may begin above the scope: 浙江省台州市 inside 台州市
            self._read(plain, 0, None, OWN, found)
            found = {code: rank for code, rank in found.items() if scope in self.ancestors[code]}
        return found

    def best(self, plain: str, scope: str | None) -> list[str]:
        """The regions of the best rank among the readings, in code order."""
        found = self.readings(plain, scope)
        rank = min(found.values(), default=OWN)
        return sorted(code for code, reading in found.items() if reading == rank)

    def _by_code(self, plain: str) -> str:
        """The region of a written code: ISO alpha-2, or 2, 4, 6, 9 or 12 digits, current or former; "" if none."""
        if re.fullmatch(r"[A-Za-z]{2}", plain):
            code = plain.upper()
        elif re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", plain):
            code = plain if plain in self.ancestors else plain[:6].ljust(6, "0")
        else:
            return ""
        return code if code in self.ancestors else self._codes.get(code, "")

    def _read(self, plain: str, start: int, scope: str | None, rank: int, found: dict[str, int]) -> None:
        for end in range(min(len(plain), start + self._longest), start, -1):
            form = plain[start:end]
            if form in PLACEHOLDERS and start and end < len(plain):
                self._next(plain, end, scope, rank, found)
            if form not in self.forms or (form in self.ordinary and not self._is_narrow(scope)):
                continue
            for code, form_rank in self.forms[form].items():
                if scope is None or scope in self.ancestors[code]:
                    twice = 1 if code == scope else 0
                    self._next(plain, end, code, max(rank, form_rank + twice), found)

    def _next(self, plain: str, end: int, scope: str | None, rank: int, found: dict[str, int]) -> None:
        if end < len(plain):
            self._read(plain, end + (plain[end] == "/"), scope, rank, found)
        elif scope is not None:
            found[scope] = min(rank, found.get(scope, rank))

    def _is_narrow(self, scope: str | None) -> bool:
        return scope is not None and len(self.ancestors[scope]) > 1
