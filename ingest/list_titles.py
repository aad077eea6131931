"""What the title of a list says of all its rows: which honour, level, batch, date, validity, and which region.

Published lists are often just 序号 and 企业名称; the rest stands above the table, in the name of the sheet, of the
file or of its folder, in this order of belief. Only what is written is taken: 小巨人 without a level stays
without one, a title that names two honours or two regions names none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bulian.graph.errors import NotFoundError
from bulian.graph.regions import ROOT, Regions

from .values import parse_date

__all__ = ["ListTitle", "honour_level", "read_titles", "region_of_titles", "title_texts", "valid_until"]

_HONOURS: Final = re.compile(
    r"(?:(?:国家|省|市|区|县)级)?(?:重点)?(?:制造业)?(?:"
    r"专精特新[“\"「]?小巨人[”\"」]?(?:企业)?|[“\"「]?小巨人[”\"」]?(?:企业)|专精特新(?:中小)?(?:企业)?|单项冠军(?:示范|培育)?(?:企业|产品)?"
    r"|隐形冠军(?:培育)?(?:企业)?|创新型中小企业|高新技术企业|科技型中小企业|瞪羚企业|独角兽企业|首台\(?套\)?(?:装备|产品)?"
    r"|企业技术中心|绿色工厂|智能工厂|链主企业|雄鹰企业|技术创新示范企业)"
)
_LEVEL: Final = re.compile(r"(国家|省|市|区县|区|县)级")
_BATCH: Final = re.compile(r"第?([一二三四五六七八九十百\d]{1,4})批(?!发|量|评|示|复|准|次的)")
_DATED: Final = re.compile(r"((?:19|20)\d{2})(?:年度?|[-./](?=\d)|(?=[^\d]|$))")
_VALID: Final = re.compile(
    r"有效期[^\d。;；]{0,12}.*?(?:至|到|-|—|~)\s*(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2})\s*日?"
)
_UNTIL: Final = re.compile(r"(\d{4}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2})?|\d{8}|\d{4})\s*[日月年]?\s*\Z")
_REVOKED: Final = re.compile(r"取消|撤销|撤消|不予|未通过|不通过|取缔|失效")
_PROPOSED: Final = re.compile(r"公示|拟(?:认定|推荐|入选|确定|通过)|申报|推荐|培育库|储备|入库")
# Where firms of elsewhere are listed: their region is not that of the list.
_ELSEWHERE: Final = re.compile(r"招商|招引|目标企业|对接|引进|外地|市外|省外|县外|境外|客户|供应商|考察|拜访|全国|各省")
_LISTS: Final = re.compile(r"名单|名录|企业|公示|公告|认定|复核|清单|一览表")
_SCANNED: Final = 3000
_BETWEEN: Final = re.compile(r"[\W_\d]+")
_LONGEST: Final = 12


@dataclass(frozen=True, slots=True)
class ListTitle:
    """What a title says; None where it says nothing.

    ``honour`` is as written (width folded), ``date`` ISO as far as given, ``where`` says which text it was
    (title, sheet, file, folder), ``quote`` that text, ``status`` 公示 where the list is only a proposal,
    ``revoked`` whether the honour is taken away.
    """

    honour: str
    where: str
    quote: str
    level: str | None = None
    batch: str | None = None
    date: str | None = None
    valid_to: str | None = None
    status: str | None = None
    revoked: bool = False


def title_texts(titles: Sequence[str], sheet: str, path: Path) -> list[tuple[str, str]]:
    """(where, text) of all that may say what a list is, most trusted first."""
    texts = [("title", title) for title in titles] + [("sheet", sheet), ("file", path.stem), ("folder", path.parent.name)]
    return [(where, unicodedata.normalize("NFKC", text).strip()) for where, text in texts if text and text.strip()]


def read_titles(texts: Sequence[tuple[str, str]]) -> ListTitle | None:
    """The honour that a list confers on all its rows, None when no text names exactly one.

    Batch, date and validity come from the same text, else from the next that gives them.
    """
    for at, (where, text) in enumerate(texts):
        named = {_plain(found[0]): found[0] for found in _HONOURS.finditer(text[:_SCANNED])}
        if not named or not (where == "title" or _LISTS.search(text) or _BATCH.search(text)):
            continue
        if len(named) > 1:
            return None
        honour = next(iter(named.values()))
        rest = [text, *(other for place, (_, other) in enumerate(texts) if place != at)]
        proposed = _PROPOSED.search(text)
        return ListTitle(
            honour, where, text[:200], honour_level(honour) or honour_level(text), _first(_batch, rest),
            _first(_date, rest), _first(valid_until_in, rest), "公示" if proposed else None, bool(_REVOKED.search(text)),
        )  # fmt: skip
    return None


def _plain(honour: str) -> str:
    return re.sub(r"[“”\"「」()]|企业|中小", "", honour)


def _alone(name: str, regions: Regions) -> set[str]:
    """Regions that stand alone between the signs of a name: 温岭_企查查, 温岭(1); a short name needs no 市 there."""
    found = set()
    for word in filter(None, _BETWEEN.split(name)):
        if 2 <= len(word) <= _LONGEST:
            try:
                found.add(regions.resolve(word).code)
            except NotFoundError:
                continue
    return found - {ROOT}


def _first(read: Callable[[str], str | None], texts: Sequence[str]) -> str | None:
    return next((found for text in texts if (found := read(text))), None)


def honour_level(text: str) -> str | None:
    """The level as written (国家级, 省级, 市级 …), None where none or several are."""
    found = {match[0] for match in _LEVEL.finditer(text)}
    return found.pop() if len(found) == 1 else None


def _batch(text: str) -> str | None:
    found = _BATCH.search(text)
    return f"第{found[1]}批" if found else None


def _date(text: str) -> str | None:
    text = _VALID.sub("", text)  # an end of validity is no date of the honour
    whole = re.search(r"(?:19|20)\d{2}年\d{1,2}月(?:\d{1,2}日)?|(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2}", text)
    for found in filter(None, (whole[0] if whole else None, (_DATED.search(text) or [None, None])[1])):
        try:
            return parse_date(found)
        except ValueError:
            continue
    return None


def valid_until_in(text: str) -> str | None:
    """The end of validity that a sentence gives (有效期为2023年7月1日至2026年6月30日)."""
    found = _VALID.search(text)
    return valid_until(found[1]) if found else None


def valid_until(cell: str) -> str | None:
    """The last date of a cell of validity (2026-06-30, 2023.07.01-2026.06.30) in ISO form, None when there is none."""
    found = _UNTIL.search(unicodedata.normalize("NFKC", cell).strip())
    if not found:
        return None
    try:
        return parse_date(re.sub(r"\s", "", found[1]).rstrip("年月"))
    except ValueError:
        return None


def region_of_titles(texts: Sequence[tuple[str, str]], regions: Regions) -> tuple[str, str, str] | None:
    """The one region that the most trusted text with a region names: (code, where, text).

    None when a text names several regions that do not lie inside each other, or lists firms of elsewhere.
    """
    for where, text in texts:
        if _ELSEWHERE.search(text):
            return None
        codes = {code for _, _, code in regions.mentions(text)} - {ROOT}
        if not codes and where in ("file", "folder"):
            codes = _alone(text, regions)
        inner = {code for code in codes if not any(code != o and regions.contains(code, o) for o in codes)}
        if len(inner) == 1:
            return inner.pop(), where, text[:200]
        if len(inner) > 1:
            return None
    return None
