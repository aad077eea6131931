"""Which rows and cells are kept: blanks, footers, examples, bad values, credit codes, errors of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulian.ingest import cleaning
from bulian.ingest.cleaning import EXAMPLE_MARK, Cleaned, clean_sheet
from bulian.ingest.raw_sheet import RawSheet, RowError
from bulian.ingest.table_match import match_table
from bulian.ingest.tables import table_named

CODE = "91331081MA2ALD0P3X"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def clean(
    header: Sequence[str], *rows: Sequence[str | None], errors: Sequence[RowError] = (), table: str = ""
) -> Cleaned:
    """Clean rows that start in line 2; ``table`` where the header alone would fit another one."""
    columns: dict[str, Any] = {
        f"c{at}": pa.chunked_array([pa.array([row[at] for row in rows], pa.string())]) for at in range(len(header))
    }
    columns["row"] = pa.chunked_array([pa.array(range(2, len(rows) + 2), pa.int32())])
    sheet = RawSheet(Path("表.csv"), "", tuple(header), 1, pa.table(columns), (), tuple(errors))
    match = match_table(header, table=table_named(table) if table else None)
    assert match is not None
    return clean_sheet(sheet, match)


def column(cleaned: Cleaned, name: str) -> list[Any]:
    values: list[Any] = cleaned.rows[name].to_pylist()
    return values


def codes(cleaned: Cleaned) -> list[tuple[int, str]]:
    return [(reject.row, reject.code) for reject in cleaned.rejects]


FIRM = ["企业名称", "统一社会信用代码", "登记状态"]


@pytest.mark.parametrize("blank", ["-", "--", "—", "——", "－", "/", "／", "\\N", "NULL", "null", "nan", "N/A", "None"])
def test_marks_for_nothing_are_empty_cells(blank: str) -> None:
    cleaned = clean(["企业名称", "产品名称", "角色"], ["甲", "乙", blank], [blank, "乙", "生产"])
    assert column(cleaned, "role") == [None]
    assert codes(cleaned) == [(3, "missing_required")]


def test_none_in_words_is_no_name_but_stays_a_value() -> None:
    """所属集团 无 in every row would make all firms one group, 替代组 无 all needs alternatives."""
    firms = clean(["企业名称", "所属集团", "曾用名", "省份"], ["甲", "无", "暂无", "无"], ["乙", "集团", "旧乙", "浙江"])
    assert (column(firms, "group"), column(firms, "former_names")) == ([None, "集团"], [None, "旧乙"])
    assert column(firms, "province") == [None, "浙江"]
    needs = clean(["产品", "关系", "对象", "替代组"], ["甲", "需要", "乙", "无"])
    assert column(needs, "alt_group") == [None]
    claims = clean(["对象", "指标", "数值"], ["甲", "本地生产", "无"])
    assert column(claims, "value") == ["无"]
    assert column(clean(["产品名称", "终端产品"], ["甲", "无"]), "final") == ["否"]


@pytest.mark.parametrize(
    "footer",
    ["数据来源：企查查", "注：以上为2024年数据", "注1: 口径见附件", "合计", "合计：12", "总计 120", "共 12 家", "共3页",
     "导出时间 2024-01-01",
     "制表人：张三", "说明：仅供参考"],
)  # fmt: skip
def test_footers_are_skipped_and_said(footer: str) -> None:
    cleaned = clean(["产品名称", "类别"], ["车床", "设备"], [footer, None])
    assert (cleaned.read, column(cleaned, "product_name")) == (1, ["车床"])
    assert any("表尾说明 1 行" in note for note in cleaned.notes)


@pytest.mark.parametrize(
    "name", ["注塑机", "注射成型机", "备注册机", "来源检测仪", "说明书印刷", "合计算力", "共轭凸轮", "统计软件", "制表机"]
)
def test_products_that_begin_like_a_footer_are_products(name: str) -> None:
    cleaned = clean(["产品名称", "类别"], ["车床", "设备"], [name, None])
    assert column(cleaned, "product_name") == ["车床", name]


def test_a_footer_in_the_middle_is_a_row() -> None:
    rows: list[list[str | None]] = [["合计", None], *([f"产品{n}", None] for n in range(20))]
    assert clean(["产品名称", "类别"], *rows).read == 21


def test_example_rows_are_skipped_others_with_a_note_are_not() -> None:
    cleaned = clean(["产品名称", "备注"], ["甲", EXAMPLE_MARK], ["乙", "示例企业"], ["丙", None])
    assert (cleaned.read, column(cleaned, "product_name")) == (2, ["乙", "丙"])


def test_rows_without_a_known_cell_are_skipped_and_said() -> None:
    cleaned = clean(["企业名称", "城市", "联系电话"], ["甲", "台州", "1"], [None, "-", "138"], [None, None, None])
    assert cleaned.read == 1
    assert "2 行在认得的列里没有内容，已略过" in cleaned.notes


def test_errors_of_the_reader_reject_where_they_concern_a_known_column_or_the_row() -> None:
    errors = [
        RowError(2, "企业名称", "cell_error", "单元格是错误值 #N/A"),
        RowError(3, "注册资金", "cell_error", "单元格是错误值 #REF!"),
        RowError(4, "", "row_malformed", "引号没有关"),
        RowError(5, "", "cell_error", "单元格是错误值 #N/A"),
        RowError(5, "备用", "cell_error", "单元格是错误值 #N/A"),
        RowError(99, "企业名称", "cell_error", "不在表里"),
    ]
    cleaned = clean(["企业名称", "备用", "注册资金"], *[[None, "x", None]], *[["乙", "x", None]] * 3, errors=errors)
    assert codes(cleaned) == [(2, "cell_error"), (3, "cell_error"), (4, "row_malformed")]
    assert "“企业名称”：单元格是错误值 #N/A" in cleaned.rejects[0].message
    assert (cleaned.read, column(cleaned, "row")) == (4, [5])


@pytest.mark.parametrize(
    ("header", "row", "code", "words"),
    [
        (["企业名称", "产品名称", "角色"], ["甲", "乙", "供货"], "bad_value", ["供货", "生产、销售、使用、研发"]),
        (["产品", "关系", "对象"], ["甲", "依赖", "乙"], "bad_value", ["关系", "需要、属于"]),
        (["产品", "关系", "对象", "必要性"], ["甲", "需要", "乙", "重要"], "bad_value", ["必需、非必需"]),
        (["年份", "产品名称", "流向", "伙伴", "金额"], ["2024", "甲", "转口", "日本", "1"], "bad_value",
         ["进口、出口、世界出口"]),
        (["产品名称", "环节"], ["甲", "中上游"], "bad_value", ["上游、中游、下游"]),
        (["产品名称", "类别"], ["甲", "零件"], "bad_value", ["材料、零部件、设备、应用、产品"]),
        (["产品名称", "终端产品"], ["甲", "可能"], "bad_flag", ["终端产品", "是 或 否"]),
        (["企业名称", "产品名称", "置信度"], ["甲", "乙", "1.2"], "bad_share", ["置信度", "1.2", "0 到 1"]),
        (["企业名称", "产品名称", "置信度"], ["甲", "乙", "-0.1"], "bad_share", ["置信度"]),
        (["企业名称", "产品名称", "置信度"], ["甲", "乙", "高"], "bad_share", ["置信度"]),
        (["企业名称", "产品名称", "营收占比"], ["甲", "乙", "35"], "bad_share", ["营收占比", "35", "百分数请带 %"]),
        (["企业名称", "产品名称", "产能"], ["甲", "乙", "约100台"], "bad_number", ["产能", "约100台"]),
        (["企业名称", "合作方", "年份"], ["甲", "乙", "去年"], "bad_year", ["年份", "去年"]),
        (["投资方", "被投资方", "日期"], ["甲", "乙", "2024-02-30"], "bad_date", ["没有这一天"]),
        (["地区", "检索来源", "检出率"], ["温岭市", "名录", "不详"], "bad_share", ["检出率", "不详"]),
        (["年份", "产品名称", "流向", "伙伴", "金额"], ["2024", "甲", "进口", "日本", "很多"], "bad_number", ["金额"]),
        (["院所名称", "技术名称", "产品名称"], ["甲", None, "-"], "missing_required",
         ["技术名称", "产品名称", "不能都为空"]),
        (["企业名称", "产品名称", "角色"], ["甲", None, "供货"], "missing_required", ["“产品名称”为空"]),
    ],
)  # fmt: skip
def test_a_value_that_would_change_a_judgement_rejects_its_row_only(
    header: list[str], row: list[str], code: str, words: list[str]
) -> None:
    cleaned = clean(header, row)  # of several faults the first stands
    assert (codes(cleaned), len(cleaned.rows), cleaned.read) == ([(2, code)], 0, 1)
    assert all(word in cleaned.rejects[0].message for word in words)


def test_a_value_that_only_describes_is_dropped_with_a_reason_and_the_row_stays() -> None:
    cleaned = clean(["企业名称", "参保人数", "成立日期", "来源日期"], ["甲", "50-99人", "很久以前", "上周"])
    assert (len(cleaned.rows), cleaned.rejects) == (1, [])
    assert dict(cleaned.dropped) == {"bad_number": 1, "bad_date": 2}
    institute = clean(["院所名称", "类型"], ["甲", "院士站"], ["乙", "高校"])
    assert (column(institute, "kind"), dict(institute.dropped)) == ([None, "大学"], {"bad_value": 1})


def test_capital_and_names_stay_as_given() -> None:
    cleaned = clean(["企业名称", "注册资本", "注册资本(万元)"], ["甲（昆山） 有限公司", "5000万元人民币", None])
    assert column(cleaned, "enterprise_name") == ["甲（昆山） 有限公司"]
    assert column(cleaned, "enterprise_name_key") == ["甲(昆山)有限公司"]
    assert column(cleaned, "capital") == ["5000万元人民币"]
    assert column(clean(["企业名称", "注册资本(万元)"], ["甲", "5,000"], ["乙", "30亿元"]), "capital") == [
        "5,000万元",
        "30亿元",
    ]


def test_a_percent_sign_in_the_header() -> None:
    header = ["企业名称", "产品名称", "营收占比(%)"]
    assert column(clean(header, ["甲", "乙", "35"], ["丙", "乙", "0.5"], ["丁", "乙", "20%"]), "share") == [
        0.35,
        0.005,
        0.2,
    ]
    unsure = clean(header, ["甲", "乙", "0.35"], ["丁", "乙", "20%"])
    assert (codes(unsure), column(unsure, "share")) == ([(2, "bad_share")], [0.2])
    assert "分不清" in unsure.rejects[0].message


def test_of_a_header_that_stands_twice_the_filled_cell_counts() -> None:
    cleaned = clean(["企业名称", "企业名称", "城市"], ["甲", "甲", "台州"], [None, "乙", "台州"], ["丙", None, None])
    assert column(cleaned, "enterprise_name") == ["甲", "乙", "丙"]


@given(st.text(ALPHABET, min_size=17, max_size=17), st.sampled_from(["", "lower", "wide", "spaced"]))
def test_credit_codes_pass_exactly_with_their_check_digit(stem: str, written: str) -> None:
    """The check digit by the standard's own sum, written again here."""
    total = sum(ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(stem))
    right = ALPHABET[-total % 31]
    for last in ALPHABET:
        code = stem + last
        cell = {"lower": code.lower(), "wide": code.translate({33 + n: 65281 + n for n in range(94)}),
                "spaced": f"{code[:6]} {code[6:]}"}.get(written, code)  # fmt: skip
        cleaned = clean(FIRM, ["甲", cell, "存续"])
        assert column(cleaned, "credit_code") == [code if last == right else None]
        assert (cleaned.dropped["bad_credit_code"], cleaned.rejects) == (last != right, [])
        if last not in "01XY":
            break


@pytest.mark.parametrize(
    "code", ["9.13310811234568E+17", "913310811234568000", "12345", "无此号码", CODE + "X", CODE[:-1] + "I"]
)
def test_damaged_credit_codes_are_dropped_and_the_row_stays(code: str) -> None:
    cleaned = clean(FIRM, ["甲", code, "存续"], ["乙", CODE, "存续"])
    assert column(cleaned, "credit_code") == [None, CODE]
    assert dict(cleaned.dropped) == {"bad_credit_code": 1}


CELL = st.sampled_from(
    [None, "", "-", "无", "甲", "生产", "供货", "35%", "35", "x", CODE, "2024", "示例", "注：", "合计"]
)
HEADER = ["企业名称", "产品名称", "角色", "营收占比", "产能", "备注", "别的"]


@given(st.lists(st.tuples(*[CELL.map(lambda cell: cell or None)] * 7), max_size=12))
def test_every_row_is_accepted_rejected_or_skipped_for_a_stated_reason(rows: list[tuple[str | None, ...]]) -> None:
    cleaned = clean(HEADER, *rows, table="企业产品")
    kept, rejected = column(cleaned, "row"), [reject.row for reject in cleaned.rejects]
    assert cleaned.read == len(kept) + len(rejected)
    assert not set(kept) & set(rejected)
    by_row = {number: dict(zip(HEADER, row, strict=True)) for number, row in enumerate(rows, start=2)}
    for number in kept:
        row = by_row[number]
        assert row["角色"] in (None, "-", "生产")
        assert row["营收占比"] in (None, "-", "35%")
    for number in set(by_row) - set(kept) - set(rejected):
        known: Mapping[str, str | None] = {name: cell for name, cell in by_row[number].items() if name != "别的"}
        filled = [cell for cell in known.values() if cell not in (None, "-")]
        assert filled == [] or known["备注"] == "示例" or filled == ["注："] or "合计" in by_row[number].values()
    assert all(reject.message for reject in cleaned.rejects)


class _Counting:
    """Stands for pyarrow.compute and counts what is asked of it."""

    def __init__(self) -> None:
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        self.calls += 1
        return getattr(pc, name)


def test_many_different_bad_values_cost_no_more_passes_than_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of garbage must not make the cleaning quadratic: as many passes over it for any number of values."""

    def passes(rows: int) -> int:
        counting = _Counting()
        monkeypatch.setattr(cleaning, "pc", counting)
        cleaned = clean(["企业名称", "合作方", "年份"], *[["甲", "乙", f"年{n}"] for n in range(rows)])
        assert len(cleaned.rejects) == rows
        return counting.calls

    assert passes(300) == passes(30)
