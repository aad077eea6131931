"""A company export as 企查查 writes it, made up: its thirty columns, the persons in it and its dirt included.

What a business scope is made of decides how long linking takes, so it is stated here. Since 2020 scopes are put
together from the registry's catalogue of standard items; those registered before are free text. Both are made:

- of the firms, 55 % have a scope of standard items, a lead 一般项目 and often a second 许可项目: 4–30 items drawn by
  Zipf's law, three in five from the firm's own trade, out of about 1,400 different ones;
- 45 % have one to four free clauses, each a list of one to nine goods with verbs before or after them, and one to
  three clauses everybody writes (货物进出口、技术进出口). Nearly every free clause is a text of its own, as in a real
  register; a fifth of the goods are of machine building, as in the register of a city that lives on it;
- of the firms, 30 % state main products, one to four each.

:func:`distinct` counts what came out, so that a result can say how often anything repeats.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pa_csv

from bulian.ingest.linking_split import BRACKETS, CLAUSES
from bulian.ingest.synth_firms import PIECE, Firms, credit_codes, make_firms
from bulian.ingest.synth_places import read_places
from bulian.ingest.synth_rows import Columns, Ints, chances, choose, joined, log_spread, one_of, sometimes

__all__ = ["HEADERS", "distinct", "write_export"]

HEADERS: Final = (
    "企业名称", "登记状态", "法定代表人", "注册资本", "实缴资本", "成立日期", "核准日期", "营业期限", "所属省份",
    "所属城市", "所属区县", "电话", "更多电话", "邮箱", "统一社会信用代码", "纳税人识别号", "注册号", "组织机构代码",
    "参保人数", "企业(机构)类型", "国标行业门类", "国标行业大类", "曾用名", "英文名", "网址", "企业地址", "最新年报地址",
    "经营范围", "主营产品",
)  # fmt: skip
_WORDS: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("export_words.toml").read_text(encoding="utf-8"))
_CONDITIONS: Final = "(依法须经批准的项目,经相关部门批准后方可开展经营活动)"
_NORMAL_ITEMS: Final = 0.55
_MAIN_PRODUCTS: Final = 0.3


def write_export(path: Path, rows: int, seed: int = 1) -> None:
    """Write an export of that many rows, UTF-8 with BOM; the same for the same seed and number of rows."""
    firms = make_firms(seed, rows, read_places(seed))
    schema = pa.schema([(header, pa.string()) for header in HEADERS])
    with path.open("wb") as out:
        out.write(("\ufeff" + ",".join(HEADERS) + "\n").encode())
        options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
        with pa_csv.CSVWriter(out, schema, write_options=options) as writer:
            for start in range(0, rows, PIECE):
                numbers = np.arange(start, min(start + PIECE, rows))
                writer.write_table(_piece(firms, numbers, chances(seed, 9, start)))


def _piece(firms: Firms, numbers: Ints, chance: np.random.Generator) -> pa.Table:
    again = chance.random(len(numbers)) < 0.005  # a firm that stands twice, exported on two days
    numbers = np.where(again & (numbers > 0), numbers - 1, numbers)
    columns = {
        **_register(firms, numbers, chance), **_contacts(firms, numbers, chance),
        "经营范围": _scopes(chance, len(numbers)),
        "主营产品": sometimes(_lists(_goods, "；", chance, chance.integers(1, 5, len(numbers))),
                          chance.random(len(numbers)) < _MAIN_PRODUCTS),
    }  # fmt: skip
    dashed = {"曾用名", "英文名", "网址", "更多电话", "实缴资本", "参保人数"}  # an export writes a dash for nothing
    return pa.table([
        pc.fill_null(columns[name], "-") if name in dashed else columns[name] for name in HEADERS
    ], names=HEADERS)  # fmt: skip


def _register(firms: Firms, numbers: Ints, chance: np.random.Generator) -> Columns:
    count = len(numbers)
    counties, county = firms.places.counties, firms.county[numbers].clip(0)
    places = np.array([place.code for place in counties], dtype="S6")[county]
    codes = credit_codes(places, numbers)
    slip = pc.replace_substring_regex(codes, ".$", "0")  # one in a hundred with a wrong check digit
    codes = pc.if_else(pa.array(chance.random(count) < 0.01), slip, codes)
    capital = joined(log_spread(chance.random(count), 10, 50_000), "万", one_of(("人民币", "元人民币", "美元"), choose(
        (0.7, 0.28, 0.02), chance.random(count))))  # fmt: skip
    days = np.datetime64("1992-01-01") + (chance.random(count) ** 0.5 * 12_000).astype(np.int64).astype("timedelta64[D]")
    founded, approved = (pc.strftime(pa.array(day), format="%Y-%m-%d") for day in (days, days + np.timedelta64(400, "D")))
    return {
        "企业名称": firms.names(numbers),
        "登记状态": one_of(("存续", "在业", "注销", "吊销"), choose((0.8, 0.08, 0.1, 0.02), chance.random(count))),
        "法定代表人": joined(one_of(_WORDS["surnames"], choose([1] * 20, chance.random(count))),
                        one_of(_WORDS["given"], choose([1] * 20, chance.random(count)))),
        "注册资本": capital, "实缴资本": sometimes(capital, chance.random(count) < 0.4),
        "成立日期": founded, "核准日期": approved, "营业期限": joined(founded, "至无固定期限"),
        "所属省份": one_of([place.province for place in counties], county),
        "所属城市": one_of([place.city or None for place in counties], county),
        "所属区县": one_of([place.county for place in counties], county),
        "统一社会信用代码": codes, "纳税人识别号": codes, "组织机构代码": pc.utf8_slice_codeunits(codes, 8, 17),
        "注册号": joined("33", 1081_0000_0000 + numbers),
        "参保人数": sometimes(joined(log_spread(chance.random(count), 1, 3000)), chance.random(count) < 0.6),
        "企业(机构)类型": one_of(_WORDS["types"], choose((0.4, 0.25, 0.25, 0.05, 0.05), chance.random(count))),
        "国标行业门类": one_of(("制造业", "批发和零售业", "建筑业"), choose((0.4, 0.5, 0.1), chance.random(count))),
        "国标行业大类": one_of(("通用设备制造业", "批发业", "零售业"), choose((0.4, 0.3, 0.3), chance.random(count))),
        "曾用名": sometimes(joined(firms.names(numbers + 0), "(曾)"), chance.random(count) < 0.05),
    }  # fmt: skip


def _contacts(firms: Firms, numbers: Ints, chance: np.random.Generator) -> Columns:
    count = len(numbers)
    counties, county = firms.places.counties, firms.county[numbers].clip(0)
    where = one_of([f"{place.province}{place.city}{place.county}" for place in counties], county)
    street = one_of(_WORDS["towns"], choose([1] * len(_WORDS["towns"]), chance.random(count)))
    door = one_of(_WORDS["doors"], choose([1] * len(_WORDS["doors"]), chance.random(count)))
    address = joined(where, street, door, chance.integers(1, 2000, count), "号")
    return {
        "电话": joined("1", chance.integers(3_000_000_000, 9_999_999_999, count)),
        "更多电话": sometimes(joined("0576-", chance.integers(80_000_000, 89_999_999, count)),
                          chance.random(count) < 0.5),
        "邮箱": joined(numbers, "@example.com"),
        "英文名": sometimes(joined("Synthetic ", numbers, " Machinery Co., Ltd."), chance.random(count) < 0.1),
        "网址": sometimes(joined("www.firm", numbers, ".example.com"), chance.random(count) < 0.15),
        "企业地址": address, "最新年报地址": address,
    }  # fmt: skip


def _lists(make: Any, between: str, chance: np.random.Generator, sizes: Ints) -> Any:
    """So many texts of ``make`` in each cell, with something between them."""
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), make(chance, int(offsets[-1]))), between)


def _catalogue() -> list[list[str]]:
    """The standard items of every trade, the commonest first, and of what all firms write."""
    trades = [[good + verb for verb in _WORDS["verbs"] for good in goods] for goods in _WORDS["trades"].values()]
    return [*trades, [*_WORDS["services"]]]


def _scopes(chance: np.random.Generator, count: int) -> Any:
    scopes = pc.if_else(pa.array(chance.random(count) < _NORMAL_ITEMS), _of_items(chance, count), _free(chance, count))
    wide = scopes
    for narrow, full in zip(";:(),", "；：（），", strict=True):
        wide = pc.replace_substring(wide, narrow, full)
    return pc.if_else(pa.array(chance.random(count) < 0.8), wide, scopes)  # most registries write full-width signs


def _of_items(chance: np.random.Generator, count: int) -> Any:
    """Scopes of standard items: the firm's trade and the services, each by Zipf's law."""
    parts = _catalogue()
    weights = [1 / np.arange(1, len(part) + 1) for part in parts]
    words = [word for part in parts for word in part]
    starts = np.cumsum([0, *map(len, parts)])
    trade = choose((0.22, 0.12, 0.16, 0.22, 0.14, 0.14), chance.random(count))
    sizes = np.minimum(4 + (chance.exponential(8, count)).astype(np.int64), 30)
    own = np.repeat(trade, sizes)
    own = np.where(chance.random(len(own)) < 0.6, own, np.where(chance.random(len(own)) < 0.5, len(parts) - 1,
                   choose([1] * (len(parts) - 1), chance.random(len(own)))))  # fmt: skip
    drawn = np.zeros(len(own), np.int64)
    for at, weight in enumerate(weights):
        here = own == at
        drawn[here] = starts[at] + choose(weight, chance.random(int(here.sum())))
    items = _lists(lambda _, total: one_of(words, drawn), ";", chance, sizes)
    licensed = one_of(_WORDS["licensed"], choose([1] * len(_WORDS["licensed"]), chance.random(count)))
    also = joined("许可项目:", licensed, _CONDITIONS, "。")
    shown = pc.if_else(pa.array(chance.random(count) < 0.3), also, "")
    return joined("一般项目:", items, "(除依法须经批准的项目外,凭营业执照依法自主开展经营活动)。", shown)


def _goods(chance: np.random.Generator, count: int) -> Any:
    def quality(share: float) -> Any:
        drawn = one_of(_WORDS["qualities"], choose(1 / np.arange(4, 4 + len(_WORDS["qualities"])), chance.random(count)))
        return pc.if_else(pa.array(chance.random(count) < share), drawn, "")

    machine, other = (
        one_of(things, choose(1 / np.arange(8, 8 + len(things)), chance.random(count)))
        for things in (_WORDS["machine_things"], _WORDS["other_things"])
    )
    return joined(quality(0.25), quality(0.6), pc.if_else(pa.array(_in_runs(chance, count)), machine, other))


def _in_runs(chance: np.random.Generator, count: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which goods are of machine building: runs of some eight, as one firm lists its own; every fifth run is of them."""
    runs = chance.random(count // 8 + 1) < 0.2
    mixed: np.ndarray[Any, np.dtype[np.bool_]] = np.repeat(runs, 8)[:count] ^ (chance.random(count) < 0.03)
    return mixed


def _clauses(chance: np.random.Generator, count: int) -> Any:
    goods = _lists(_goods, "、", chance, np.minimum(1 + chance.exponential(3, count).astype(np.int64), 9))
    before = chance.random(count) < 0.4
    leading, trailing = (
        one_of(words, choose([1] * len(words), chance.random(count))) for words in (_WORDS["leading"], _WORDS["trailing"])
    )
    return pc.if_else(pa.array(before), joined(leading, goods), joined(goods, trailing))


def _free(chance: np.random.Generator, count: int) -> Any:
    """Scopes as firms wrote them before there was a catalogue."""
    own = _lists(_clauses, ";", chance, chance.integers(1, 5, count))
    common: Sequence[str] = _WORDS["common"]
    usual = _lists(lambda draw, total: one_of(common, choose([1] * len(common), draw.random(total))), ";", chance,
                   chance.integers(1, 4, count))  # fmt: skip
    return joined(own, ";", usual, "。", _CONDITIONS)


def distinct(path: Path) -> dict[str, float]:
    """What the scopes of an export are: characters and clauses of each, and how many clauses differ."""
    cut = f"string_split_regex(regexp_replace(\"经营范围\", '{BRACKETS}', '', 'g'), '{CLAUSES}')"
    rows = duckdb.sql(
        f"WITH s AS (SELECT \"经营范围\" AS scope, {cut} AS clauses FROM read_csv('{path}', all_varchar = true)) SELECT"
        " round(avg(length(scope)), 1), round(avg(len(clauses)), 1), (SELECT count(DISTINCT c) FROM (SELECT"
        " unnest(clauses) AS c FROM s)) FROM s"
    ).fetchall()
    return dict(zip(("characters a scope", "clauses a scope", "distinct clauses"), rows[0], strict=True))


if __name__ == "__main__":
    write_export(Path(sys.argv[1]), int(sys.argv[2]))
    print(distinct(Path(sys.argv[1])))
