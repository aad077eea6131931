"""Which table a header row is: the contract's headers in every spelling and order, exports of company databases."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulian.ingest.headers import fold_header
from bulian.ingest.table_match import header_gloss, header_score, is_known_header, match_table
from bulian.ingest.tables import COMMON, TABLES, Column, Table, table_named

CONTRACT = Path(__file__).resolve().parents[2] / ".." / "shared" / "reference" / "contract.md"
WIDE = str.maketrans({"(": "（", ")": "）"})
SPELLINGS: list[Callable[[Column], str]] = [
    lambda column: column.label,
    lambda column: column.name,
    lambda column: f"{column.label}({column.name})",
    lambda column: f"{column.label}({column.name})".translate(WIDE),
    lambda column: f" *{column.label}： ",
    lambda column: " ".join(column.label),
]


def _contract() -> dict[str, list[tuple[str, str | None, bool]]]:
    """Per table of the contract: (Chinese header, English header or None, required)."""
    if not CONTRACT.is_file():
        pytest.skip("没有参考资料 shared/reference/contract.md")
    tables: dict[str, list[tuple[str, str | None, bool]]] = {}
    for name, cells in re.findall(r"^\| (\S+) \| (.+ · .+|\*\*技术名称.+) \|$", CONTRACT.read_text("utf-8"), re.M):
        for part in re.split(r" · | and/or ", cells):
            found = re.match(r"(\*\*)?([\u4e00-\u9fff]+)(?:\((\w+))?", part)
            assert found, part
            tables.setdefault(name, []).append((found[2], found[3], bool(found[1])))
    return tables


def test_the_declared_tables_are_those_of_the_contract() -> None:
    contract = _contract()
    assert [table.name for table in TABLES] == [*contract, "词表"]  # the lexicon of linking is ours
    for table in TABLES[:-1]:
        ours = {column.label: column for column in table.columns}
        assert list(ours) == [label for label, _, _ in contract[table.name]]
        for label, english, required in contract[table.name]:
            assert english in (None, ours[label].name)
            assert ours[label].required == required


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@given(st.data())
def test_recognised_in_any_spelling_and_order_with_strange_columns_between(table: Table, data: st.DataObject) -> None:
    optional = [c for c in table.all_columns if not c.required and c.name not in table.any_of]
    either = (
        [table.column(name) for name in data.draw(st.sets(st.sampled_from(table.any_of), min_size=1))]
        if table.any_of
        else []
    )
    chosen = [c for c in table.columns if c.required] + either
    # Columns that only another table has too would make both fit; the contract's own full set decides.
    chosen += data.draw(st.lists(st.sampled_from(optional), unique=True)) if _own_required(table) > 1 else optional
    strange = data.draw(
        st.lists(st.sampled_from(["序号", "法定代表人", "联系电话", "", "纳税人识别号"]), unique=True, max_size=3)
    )
    cells = [(c.name, data.draw(st.sampled_from(SPELLINGS))(c)) for c in chosen] + [(None, cell) for cell in strange]
    shuffled = data.draw(st.permutations(cells))
    match = match_table([cell for _, cell in shuffled])
    assert match is not None
    assert (match.table, match.complete, match.duplicates) == (table, True, ())
    assert match.columns == {name: at for at, (name, _) in enumerate(shuffled) if name}
    assert sorted(match.unmapped) == sorted(cell for cell in strange if cell)


def _own_required(table: Table) -> int:
    return sum(column.required for column in table.columns) + bool(table.any_of)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_required_headers_alone_are_enough(table: Table) -> None:
    header = [column.label for column in table.columns if column.required] + [
        table.column(name).label for name in table.any_of[:1]
    ]
    match = match_table(header)
    assert match is not None
    assert (match.table, match.complete) == (table, True)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_without_one_required_header_it_is_incomplete_and_says_which(table: Table) -> None:
    for column in table.columns:
        if column.required:
            rest = [c.label for c in table.all_columns if c is not column]
            match = match_table(rest, table=table)
            assert match is not None
            assert match.missing == (column.label,)


TIANYANCHA = (
    "公司名称 登记状态 法定代表人 企业规模 注册资本 实缴资本 成立日期 核准日期 营业期限 所属省份 所属城市"
    " 所属区县 公司类型 国标行业门类"
    " 国标行业大类 国标行业中类 曾用名 英文名 统一社会信用代码 纳税人识别号 注册号 组织机构代码 参保人数"
    " 参保人数所属年报 有效手机号"
    " 更多电话 注册地址 最新年报地址 通信地址 网址 邮箱 其他邮箱 经营范围"
)
QICHACHA = (
    "企业名称 登记状态 法定代表人 注册资本 实缴资本 成立日期 核准日期 营业期限 所属省份 所属城市 所属区县"
    " 电话 更多电话 邮箱 更多邮箱"
    " 统一社会信用代码 纳税人识别号 注册号 组织机构代码 参保人数 企业类型 所属行业 曾用名 英文名 网址"
    " 企业地址 最新年报地址 经营范围"
)
EXPORTS = {
    "天眼查": (TIANYANCHA, "公司名称 登记状态 所属省份 所属城市 所属区县 企业规模 参保人数"),
    "天眼查旧": (TIANYANCHA.replace("登记状态", "经营状态"), "公司名称 经营状态 统一社会信用代码"),
    "企查查": (QICHACHA, "企业名称 登记状态 所属区县 成立日期"),
    "企查查旧": (QICHACHA.replace("登记状态", "经营状态").replace("英文名", "人员规模"), "经营状态 人员规模 曾用名"),
    "企查查2026": (
        "原始企业名称 统一社会信用代码 登记状态 法定代表人 注册资本 成立日期 注册地址 所属地区 经营范围"
        " 国标行业 企查查行业 营业期限"
        " 人员规模 企业简介 产业链概览",
        "原始企业名称 所属地区 人员规模",
    ),
    "接口": (
        "name regStatus legalPersonName regCapital actualCapital estiblishTime creditCode orgNumber"
        " taxNumber industry city"
        " socialStaffNum staffNumRange historyNames alias bondName",
        "name regStatus regCapital estiblishTime creditCode city socialStaffNum staffNumRange historyNames alias",
    ),
    "接口2": (
        "name registry operatingStatus legalRepresentative registeredCapital unifiedSocialCreditCode"
        " businessScope province city"
        " county",
        "name operatingStatus registeredCapital unifiedSocialCreditCode businessScope province city county",
    ),
    "统计局": (
        "统一社会信用代码 单位详细名称 组织机构代码 行政区划代码 法定代表人 行业代码",
        "单位详细名称 统一社会信用代码",
    ),
}
PERSONAL = "法定代表人 电话 更多电话 有效手机号 邮箱 更多邮箱 其他邮箱 legalPersonName legalRepresentative".split()


@pytest.mark.parametrize("export", EXPORTS)
def test_exports_of_company_databases_are_enterprise_tables(export: str) -> None:
    header, mapped = (text.split() for text in EXPORTS[export])
    match = match_table(header)
    assert match is not None
    assert (match.table.name, match.complete) == ("企业", True)
    assert {header[at] for at in match.columns.values()} >= set(mapped)
    assert set(match.unmapped) == set(header) - {header[at] for at in match.columns.values()}
    assert set(match.unmapped) >= set(PERSONAL) & set(header)


def test_a_bare_name_column_is_an_enterprise_only_beside_what_firms_have() -> None:
    for header in (["名称", "类型", "备注"], ["name", "value"], ["名称"]):
        match = match_table(header)
        assert match is None or not match.complete


def test_the_contracts_own_header_goes_before_another_word_for_it() -> None:
    for header in (["企业名称", "企业规模", "人员规模"], ["企业名称", "人员规模", "企业规模"]):
        match = match_table(header)
        assert match is not None
        assert (header[match.columns["size"]], match.unmapped, match.duplicates) == ("企业规模", ("人员规模",), ())


def test_the_same_header_twice_is_a_duplicate() -> None:
    match = match_table(["企业名称", "城市", "企业名称（enterprise_name）", "所属城市", "所属城市"])
    assert match is not None
    assert match.duplicates == (("enterprise_name", 2),)
    assert match.unmapped == ("所属城市", "所属城市")


def test_overrides_rename_headers_of_the_user() -> None:
    overrides = {"厂家 ": "企业名称", "做什么": "product"}
    match = match_table(["厂家", "做什么"], overrides)
    assert match is not None
    assert (match.table.name, match.columns) == ("企业产品", {"enterprise": 0, "product": 1})
    assert match_table(["厂家", "做什么"]) is None
    assert header_score(["厂家", "做什么"], overrides) == 1.0 > header_score(["厂家", "做什么"]) == 0.0


@given(st.lists(st.text(max_size=12), max_size=6))
def test_any_row_can_be_asked(cells: list[str]) -> None:
    match = match_table(cells)
    assert 0 <= header_score(cells) <= 1
    assert (match is None) == (header_score(cells) == 0)


def test_a_line_that_was_not_cut_is_no_header() -> None:
    """With glosses in brackets it used to look like one perfect header under the wrong delimiter."""
    for line in ("产品名称（product）,电话,地区(region)", "产品名称(product),电话,备注", "产品名称(product);电话"):
        assert header_score([line]) == 0


def test_gloss_and_known_headers() -> None:
    assert (header_gloss("金额（万元）"), header_gloss("金额"), header_gloss("(万元)金额")) == ("万元", "", "")
    assert is_known_header("企业名称")
    assert is_known_header("enterprise_name")
    assert not is_known_header("企业名")


def test_no_header_stands_for_two_columns_of_a_table() -> None:
    for table in TABLES:
        words = [fold_header(word) for c in table.all_columns for word in (c.label, c.name, *c.also, *c.weak)]
        assert len(set(words)) == len(words)
    assert [column.name for column in COMMON] == ["source", "source_date", "quote", "confidence", "note"]


def test_examples_fill_what_is_required_and_only_known_columns() -> None:
    for table in TABLES:
        names = {column.name for column in table.columns}
        assert set(table.example) <= names
        assert {column.name for column in table.columns if column.required} <= set(table.example)
        assert not table.any_of or set(table.any_of) & set(table.example)
    with pytest.raises(KeyError):
        table_named("没有这张表")
