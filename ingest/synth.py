"""A made-up population of any size in the public tables, for trying size and speed; never to be taken for data.

Every row names ``合成数据（bulian synth，种子 S）`` as its source and every name begins with 合成. The same seed gives
the same bytes. All products stand in one chain. Only the share of firms each province has is real
(:mod:`bulian.ingest.synth_places`); everything else is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bulian.graph.errors import UsageError
from bulian.graph.synthetic import synthetic_source

from . import synth_chain as chains
from . import synth_context as context
from . import synth_firms as people
from . import synth_links as made
from .synth_chain import CHAIN_NAME
from .synth_places import read_places
from .synth_rows import Columns, refuse_foreign, write_rows

__all__ = ["CHAIN_NAME", "LINKS_PER_FIRM", "SyntheticFiles", "write_synthetic"]

LINKS_PER_FIRM: Final = 5
_MOST: Final = 100_000_000
_SEEDS: Final = 2**63 - 1
_PREFIX: Final = "合成_"


@dataclass(frozen=True, slots=True)
class SyntheticFiles:
    """What was written: paths in the order of the tables, and how many rows they hold together."""

    paths: tuple[Path, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    headers: Sequence[str]
    rows: Callable[[], Iterator[Columns]]


def write_synthetic(
    folder: Path, *, firms: int = 10_000, links: int | None = None, products: int = 500, seed: int = 1
) -> SyntheticFiles:
    """Write a synthetic population as CSV tables, each whole or not at all; links are made piece by piece.

    Args:
        folder: where to; made when missing. Files of an earlier run are replaced.
        firms: how many firms.
        links: rows of 企业产品; five per firm if None.
        products: how many products, all in the chain :data:`CHAIN_NAME`.
        seed: which population.

    Raises:
        UsageError: a size is out of range, or a file of that name is not of an earlier run.
        RenderError: the folder cannot be written to, or the disk is full.
    """
    wanted = min(LINKS_PER_FIRM, products) * firms if links is None else links
    _check_sizes(folder, firms, wanted, products, seed)
    tables = _tables(firms, wanted, products, seed)
    paths = [folder / f"{_PREFIX}{table.name}.csv" for table in tables]
    for path, table in zip(paths, tables, strict=True):
        refuse_foreign(path, table.headers)
    source = synthetic_source(seed)
    rows = [write_rows(path, table.headers, table.rows(), source) for path, table in zip(paths, tables, strict=True)]
    return SyntheticFiles(tuple(paths), sum(rows))


def _check_sizes(folder: Path, firms: int, links: int, products: int, seed: int) -> None:
    ranges = (
        ("firms", firms, 1, _MOST),
        ("links", links, 0, _MOST),
        ("products", products, 1, _MOST),
        ("seed", seed, 0, _SEEDS),
    )
    for name, value, least, most in ranges:
        if not least <= value <= most:
            raise UsageError("数目超出范围", where=f"--{name} {value}", hint=f"请用 {least} 到 {most} 的整数。")
    if links > firms * products:
        hint = "一家企业与一种产品至多一行，请减少 --links，或增加 --firms、--products。"
        raise UsageError("企业产品的行数多于企业与产品的配对", where=f"--links {links}", hint=hint)
    if folder.exists() and not folder.is_dir():
        raise UsageError("输出位置是一个文件，不是文件夹", where=str(folder), hint="请换一个文件夹名。", code="exists")


def _tables(firms: int, links: int, products: int, seed: int) -> tuple[_Table, ...]:
    """Every table of the population, what others refer to first."""
    places = read_places(seed)
    chain = chains.make_chain(seed, products)
    who = people.make_firms(seed, firms, places)
    return (
        _Table("产品", chains.PRODUCT_HEADERS, lambda: chains.product_rows(seed, chain)),
        _Table("产业链关系", chains.LINK_HEADERS, lambda: chains.link_rows(seed, chain)),
        _Table("企业", people.FIRM_HEADERS, lambda: people.firm_rows(seed, who)),
        _Table("企业产品", made.MADE_HEADERS, lambda: made.made_rows(seed, who, chain, links)),
        _Table("院所", context.INSTITUTE_HEADERS, lambda: context.institute_rows(seed, firms, places)),
        _Table("院所技术", context.RESEARCH_HEADERS, lambda: context.research_rows(seed, firms, chain)),
        _Table("技术", context.TECHNOLOGY_HEADERS, lambda: context.technology_rows(seed, chain)),
        _Table("合作", context.WORK_HEADERS, lambda: context.work_rows(seed, who)),
        _Table("供应", context.SUPPLY_HEADERS, lambda: context.supply_rows(seed, who, chain)),
        _Table("投资", context.INVEST_HEADERS, lambda: context.invest_rows(seed, who)),
        _Table("检索", context.SEARCH_HEADERS, lambda: context.search_rows(seed, chain)),
        _Table("指标", context.CLAIM_HEADERS, lambda: context.claim_rows(seed, chain, places)),
    )
