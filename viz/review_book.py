"""The workbook a person reviews in: what is doubtful, the evidence beside it, and columns for the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bulian.graph.kinds import MODALITIES
from bulian.graph.writing import whole_file
from bulian.queries.results import Evidence
from bulian.queries.review import DoubtfulPair, DoubtfulStatement, Review

from .sheet import Column, Sheet, SheetBook

__all__ = ["LINKS", "OTHERS", "PAIRS", "write_review_book"]

PAIRS: Final = "合并候选"
LINKS: Final = "低置信挂链"
OTHERS: Final = "低置信事实"
_VERDICTS: Final = ("确认", "否决", "改为", "撤销")
_FILLED: Final = (
    Column("判定", 9, fill=True, choices=_VERDICTS), Column("改为", 20, fill=True), Column("理由", 24, fill=True),
    Column("审核人", 10, fill=True), Column("日期", 12, fill=True),
)  # fmt: skip
_EVIDENCE: Final = (
    Column("原文", 50), Column("来源", 26), Column("位置", 26), Column("来源日期", 12), Column("置信度", 8),
    Column("方法", 20),
)  # fmt: skip
_LAST: Final = (Column("影响", 34), Column("网址或文件", 36, link=True), Column("审核编号", 40))
_RULES: Final = {
    "name": "另一家记有这个名称", "several": "几家都记有这个名称", "word": "与产品或行业用语同名",
    "variant": "字号与行业相同，形式或地名不同", "abbreviation": "像它的简称", "similar": "读着像它的简称，但不确定",
    "credit_code": "是它的信用代码",
}  # fmt: skip
_HELP: Final = (
    ("判定", "确认：说法属实（合并候选：是同一家）。否决：不属实（不是同一家，以后不再提）。"),
    ("判定", "改为：应是另一个。撤销：收回以前的判定。"),
    ("判定", "留空的行什么也不改，也不收回以前的判定。"),
    ("改为", "只在判定为“改为”时填：另一个产品、企业的名称或编号；要换的是句首的主体，写“主体：名称”。"),
    ("改为", "数值不能改，请另交指标表。"),
    ("理由", "写了就记为原文；审核人与日期一并记下，bulian explain 看得到。"),
    ("审核编号", "请不要改动；行可以删、可以另存为 CSV、可以换顺序。"),
    ("读法", "一行是一个说法：同一说法的几个来源写在一起，判定对所列的来源都有效；后来有新来源这样说，会重新列出。"),
    ("读法", "“影响”是这个说法涉及的环节现在的判定；排在前面的影响最大。"),
    ("交回", "bulian review apply 这个文件。坏行退回并说明，好行照办；整张收回用 bulian forget 这个文件。"),
)  # fmt: skip


def write_review_book(path: Path, review: Review) -> Path:
    """Write 合并候选, 低置信挂链, 低置信事实 and 审核说明, whole or not at all.

    Raises:
        RenderError: the folder is missing or the file cannot be replaced (open in Excel, for example).
    """
    with whole_file(path) as temporary, SheetBook(str(temporary)) as book:
        book.add(_pair_sheet(review))
        book.add(_statement_sheet(LINKS, review.links, "没有低于这个置信度的生产关系"))
        book.add(_statement_sheet(OTHERS, review.others, "没有低于这个置信度的其他说法"))
        book.add(_help_sheet(review))
    return Path(path)


def _pair_sheet(review: Review) -> Sheet:
    columns = [
        Column("序号", 6), Column("名称", 28), Column("可能是", 30), *_FILLED, Column("为什么", 24), Column("相似", 8),
        Column("还可能是", 30), Column("名称的依据", 50), Column("可能是的依据", 50), Column("影响", 34),
        Column("审核编号", 40),
    ]  # fmt: skip
    rows = [_pair_row(number, pair) for number, pair in enumerate(review.pairs, start=1)]
    return Sheet(PAIRS, columns, rows, freeze=3, empty_note="没有要判的名称")


def _pair_row(number: int, pair: DoubtfulPair) -> list[Any]:
    one = pair.candidate
    others = "；".join(other.full_name for other in one.others)
    return [
        number, one.name, one.other.full_name, *(None for _ in _FILLED), _RULES.get(one.rule, one.rule), one.score,
        others, _lines(pair.evidence), _lines(pair.other_evidence), pair.matters, one.statement.key,
    ]  # fmt: skip


def _statement_sheet(name: str, statements: tuple[DoubtfulStatement, ...], empty: str) -> Sheet:
    columns = [Column("序号", 6), Column("说法", 40), *_FILLED, *_EVIDENCE, *_LAST]
    rows = [_statement_row(number, one) for number, one in enumerate(statements, start=1)]
    return Sheet(name, columns, rows, freeze=2, empty_note=empty)


def _statement_row(number: int, one: DoubtfulStatement) -> list[Any]:
    best = one.evidence[0]
    quotes = best.quote if len(one.evidence) == 1 else _lines(one.evidence)
    sources = "；".join(dict.fromkeys(line.source.title for line in one.evidence))
    places = "；".join(dict.fromkeys(line.locator for line in one.evidence))
    methods = "；".join(dict.fromkeys(line.method for line in one.evidence))
    return [
        number, one.text, *(None for _ in _FILLED), quotes, sources, places, best.source.date, one.confidence, methods,
        one.matters, best.source.uri, one.statement.key,
    ]  # fmt: skip


def _lines(evidence: tuple[Evidence, ...]) -> str:
    """Several lines of evidence in one cell, each with its place."""
    return "\n".join(_line(line) for line in evidence)


def _line(line: Evidence) -> str:
    sure = f"{line.confidence:.2g}" if line.modality == "stated" else MODALITIES.get(line.modality, line.modality)
    told = line.quote if line.statement in line.quote else f"{line.statement}：{line.quote}"
    return f"{told}（{line.locator}，{sure}）"


def _help_sheet(review: Review) -> Sheet:
    rows = [[title, text] for title, text in _HELP]
    rows += [["没列出的", text] for text in _left(review)]
    return Sheet("审核说明", [Column("项目", 12), Column("内容", 110)], rows)


def _left(review: Review) -> Iterator[str]:
    for key, name in (("pairs", PAIRS), ("links", LINKS), ("others", OTHERS)):
        if review.left.get(key):
            yield f"{name}还有 {review.left[key]} 条排在后面；用 --limit 多列，或先判完这些再导出"
