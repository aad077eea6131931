"""Customs statistics and patent exports: joined to products by code, to firms by credit code and name."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import pytest

from bulian.graph.duckdb_store import DuckDBStore
from bulian.graph.facts import Fact
from bulian.graph.names import credit_code_error

from .registers import Run, put

HEAD = "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,贸易方式编码,贸易方式名称,注册地编码,注册地名称,第一数量,"
HEAD += "第一计量单位,第二数量,第二计量单位,人民币,"


def customs(period: str, code: str, partner: str, value: str, place: str = "浙江省") -> str:
    return f'{period},{code},某,116,{partner},10,一般贸易,33,{place},"1,200",千克,,,"{value}",'


def trade(store: DuckDBStore) -> list[Fact]:
    return list(store.facts(predicates=["import_value", "export_value"]))


PRODUCTS = "产品名称,代码\n机床零件,HS:8466\n刀具夹具,HS:846610\n滚珠丝杠,hs：8483.40；GB:3425\n铣刀,\n"


def test_rows_go_to_the_longest_code_and_the_rest_is_counted(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    """An export in GB18030 with thousands commas and an empty last column, against plain sums; products come later."""
    rng = random.Random(7)
    codes = ["84661000", "84669300", "84834090", "84821000", "1010000"]
    expected: dict[tuple[str, str, str], int] = defaultdict(int)
    lines = []
    product_of = {"84661000": "刀具夹具", "84669300": "机床零件", "84834090": "滚珠丝杠"}
    for _ in range(400):
        period, code = rng.choice(["202301", "202302", "202212"]), rng.choice(codes)
        partner, value = rng.choice(["日本", "德国", "中国台湾"]), rng.randrange(1, 10_000_000)
        lines.append(customs(period, code, partner, f"{value:,}", rng.choice(["浙江省", "上海市"])))
        if code in product_of:
            expected[product_of[code], f"{period[:4]}-{period[4:]}", partner] += value
    put(tmp_path / "数据" / "1进口.csv", "\n".join([HEAD, *lines]), "gb18030")
    put(tmp_path / "数据" / "产品.csv", PRODUCTS)
    report = run(tmp_path / "数据")
    entry = next(entry for entry in report.files if entry.table == "海关")
    unmapped = sum("84821000" in line or ",1010000," in line for line in lines)
    assert (report.exit_code, entry.read, entry.accepted, entry.rejected) == (0, 400, 400, 0)
    assert dict(entry.reasons) == {"hs_unmapped": unmapped}
    assert any("84821000" in note and "01010000" in note for note in entry.notes)  # a lost first zero is put back
    assert entry.unmapped == []
    found = {(fact.subject, fact.qualifiers["date"], fact.qualifiers["partner"]): fact.number for fact in trade(store)}
    assert found == pytest.approx(expected)
    assert {fact.predicate for fact in trade(store)} == {"import_value"}
    assert {fact.qualifiers["unit"] for fact in trade(store)} == {"人民币元"}
    assert {fact.qualifiers["year"] for fact in trade(store)} == {2022, 2023}


def test_months_of_several_files_add_up_and_the_same_month_twice_is_one(
    store: DuckDBStore, run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "数据"
    put(folder / "产品.csv", PRODUCTS)
    both = ["浙江省", "上海市"]
    january = [customs("202301", "84661000", "日本", "100", place) for place in both]
    february = [customs("202302", "84661000", "日本", "10", place) for place in both]
    put(folder / "进口1月.csv", "\n".join([HEAD, *january]))
    put(folder / "进口2月.csv", "\n".join([HEAD, *february]))
    put(folder / "进口全.csv", "\n".join([HEAD, *january, *february]))
    run(folder)
    assert sorted(fact.number or 0 for fact in {fact.id: fact for fact in trade(store)}.values()) == [20.0, 200.0]
    assert {fact.source_title for fact in trade(store)} == {"海关统计数据（人民币元）"}


def test_a_customs_file_is_read_again_when_codes_change_and_only_then(
    store: DuckDBStore, run: Run, tmp_path: Path
) -> None:
    rows = [customs("202301", "84834090", "日本", "100", place) for place in ("浙江省", "上海市")]
    table = put(tmp_path / "出口.csv", "\n".join([HEAD, *rows]))
    products = put(tmp_path / "产品.csv", "产品名称,代码\n机床零件,HS:8466\n")
    assert run(table, products).files[-1].reasons["hs_unmapped"] == 2
    again = run(table, products)
    assert [entry.unchanged for entry in again.files] == [True, True]
    put(products, PRODUCTS)
    assert not next(entry for entry in run(table, products).files if entry.path.endswith("出口.csv")).unchanged
    assert [(fact.subject, fact.predicate, fact.number) for fact in trade(store)] == [("滚珠丝杠", "export_value", 200.0)]


def test_neither_import_nor_export_is_never_guessed(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    table = put(tmp_path / "海关.csv", f"{HEAD}\n{customs('202301', '84661000', '日本', '1')}\n")
    products = put(tmp_path / "产品.csv", PRODUCTS)
    report = run(table, products)
    error = next(entry.error for entry in report.files if entry.path.endswith("海关.csv"))
    assert error
    assert (error.code, "mapping" in str(error.hint)) == ("flow_unknown", True)
    put(tmp_path / "bulian.toml", '[mapping."海关*"]\nflow = "出口"\n')
    run(table, products)
    assert {fact.predicate for fact in store.facts() if "value" in fact.predicate} == {"local_export_value"}


def test_one_place_of_registration_is_not_the_country(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    put(tmp_path / "数据" / "产品.csv", PRODUCTS)
    lines = [customs(f"20230{month}", "84661000", "日本", "5") for month in (1, 2)]
    put(tmp_path / "数据" / "进口.csv", "\n".join([HEAD, *lines]))
    run(tmp_path / "数据")
    assert not trade(store)
    local = list(store.facts(predicates=["local_import_value"]))
    assert {fact.qualifiers["region"] for fact in local} == {"330000"}


def test_several_places_are_the_country_unless_the_user_says_which(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    put(tmp_path / "数据" / "产品.csv", PRODUCTS)
    lines = [customs("202301", "84661000", "日本", "5", place) for place in ("浙江省", "上海市")]
    put(tmp_path / "数据" / "进口.csv", "\n".join([HEAD, *lines]))
    (entry,) = [entry for entry in run(tmp_path / "数据").files if entry.table == "海关"]
    assert any("只见到 2 个注册地（上海市、浙江省）" in note for note in entry.notes)
    assert trade(store)
    put(tmp_path / "数据" / "bulian.toml", '[mapping."进口.csv"]\nregion = "浙江省"\n')
    run(tmp_path / "数据")
    assert not trade(store)
    put(tmp_path / "数据" / "bulian.toml", '[mapping."进口.csv"]\nregion = "全国"\n')
    (entry,) = [entry for entry in run(tmp_path / "数据").files if entry.table == "海关"]
    assert trade(store)
    assert not any("注册地" in note for note in entry.notes)


def test_bad_rows_of_customs_are_rejected_with_a_reason(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    put(tmp_path / "数据" / "产品.csv", PRODUCTS)
    lines = ["年月,商品编码,贸易伙伴,进出口,美元", "202313,84661000,日本,进口,5", "202301,,日本,进口,5",
             "202301,84661000,日本,转口,5", "202301,84661000,日本,进口,很多", "2023,8466.10,日本,进口,7",
             "202301-202312,84661000,德国,出口,8"]  # fmt: skip
    put(tmp_path / "数据" / "统计.csv", "\n".join(lines))
    entry = next(entry for entry in run(tmp_path / "数据").files if entry.table == "海关")
    assert (entry.read, entry.rejected) == (6, 4)
    assert dict(entry.reasons) == {"bad_date": 1, "missing_required": 1, "bad_value": 1, "bad_number": 1}
    told = {(fact.predicate, fact.qualifiers["date"], fact.qualifiers["unit"], fact.number) for fact in trade(store)}
    assert told == {("import_value", "2023", "美元", 7.0), ("export_value", "2023", "美元", 8.0)}


# -- patents ---------------------------------------------------------------------------------------------------------


def _code(body: str) -> str:
    return next(body + last for last in "0123456789ABCDEFGHJKLMNPQRTUWXY" if credit_code_error(body + last) is None)


FIRST, SECOND = _code("91331081MA2AB1234"), _code("91331081MA2AB1235")
ZHIHUIYA = (
    "公开(公告)号,申请号,标题(译)(简体中文),申请日,发明人,申请(专利权)人,[标]当前申请(专利权)人,IPC分类号,IPC主分类号,法律状态/事件,专利类型,"
    "工商统一社会信用代码"
)


def test_applicants_are_joined_by_credit_code_and_then_by_name(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    put(tmp_path / "d" / "企业.csv", f"企业名称,统一社会信用代码\n甲数控有限公司,{FIRST}\n丙有限公司,\n")
    rows = [
        "CN1A,CN1,电主轴,2021-03-02,张三 | 李四,甲厂,甲机床厂 | 浙江大学,B23Q1/70 | B23B19/02,B23Q1/70,授权,发明,"
        f"{FIRST} | ",
        f"CN2U,CN2,刀塔,2022-05-06,王五,丙有限公司,丙有限公司 | 乙有限公司,B23B29/24,,授权,实用新型,{SECOND}",
        "CN3A,CN3,夹具,2020,赵六,赵六,赵六 | 甲数控有限公司,B23Q3/06,B23Q3/06,失效,发明,",
        "CN4A,CN4,外观,2020,钱七,甲数控有限公司,,14-02,,失效,外观设计,",
        f"CN5A,CN5,导轨,2023-01-01,孙八,FANUC CORP,FANUC CORPORATION,B23Q1/01,B23Q1/01,公开,发明,{FIRST[:-1]}*",
    ]
    put(tmp_path / "d" / "专利.csv", "\n".join([ZHIHUIYA, *rows]))
    report = run(tmp_path / "d")
    entry = next(entry for entry in report.files if entry.table == "专利")
    assert (entry.read, entry.rejected) == (5, 0)
    assert dict(entry.reasons) == {"natural_person": 1, "bad_class": 1, "bad_credit_code": 1}
    assert entry.personal == ["发明人"]
    told = {
        (fact.subject, fact.object, fact.qualifiers["year"], fact.qualifiers["patent"], fact.quote)
        for fact in store.facts(predicates=["RESEARCHES"])
    }
    assert told == {
        ("甲数控有限公司", "IPC B23Q", 2021, "CN1A", "电主轴"), ("浙江大学", "IPC B23Q", 2021, "CN1A", "电主轴"),
        ("丙有限公司", "IPC B23B", 2022, "CN2U", "刀塔"), ("乙有限公司", "IPC B23B", 2022, "CN2U", "刀塔"),
        ("甲数控有限公司", "IPC B23Q", 2020, "CN3A", "夹具"),
        ("FANUC CORPORATION", "IPC B23Q", 2023, "CN5A", "导轨"),
    }  # fmt: skip
    everything = repr(list(store.facts())) + repr(list(store.nodes()))
    assert not any(name in everything for name in ("张三", "李四", "王五", "赵六", "孙八"))
    assert {node.name for node in store.nodes("Institute")} == {"浙江大学"}


def test_the_headers_of_the_patent_office_are_known_too(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    head = (
        "公开（公告）号,公开（公告）日,申请号,申请日,申请（专利权）人,发明（设计）人,专利名称,主分类号,分类号,专利类型,"
    )
    head += "专利代理机构,法律状态"
    row = "CN1A,2022.01.05,CN1,2021.03.02,甲有限公司;台州学院,张三,一种主轴,B23Q1/70(2006.01)I,B23Q1/70;B23B19/02,发明,"
    row += "某所,有效"
    report = run(put(tmp_path / "a.csv", f"{head}\n{row}\n"))
    assert (report.files[0].table, report.files[0].rejected) == ("专利", 0)
    assert {(fact.subject, fact.object) for fact in store.facts(predicates=["RESEARCHES"])} == {
        ("甲有限公司", "IPC B23Q"), ("台州学院", "IPC B23Q"),
    }  # fmt: skip
