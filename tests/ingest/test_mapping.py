"""What a row of each table says: the facts, read back from the store, against the contract written out by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.graph.facts import ID_SQL, Fact
from bulian.ingest.pipeline import ingest
from bulian.ingest.tables import TABLES

Said = tuple[str, str, str | None, str | None, tuple[tuple[str, Any], ...]]
"""(subject, predicate, object, value, qualifiers)"""


@pytest.fixture
def store() -> Iterator[DuckDBStore]:
    opened = open_duckdb(":memory:", write=True)
    yield opened
    opened.close()


@pytest.fixture
def say(store: DuckDBStore, tmp_path: Path) -> Callable[..., list[Fact]]:
    def write_and_read(row: Mapping[str, str], chain: str | None = None) -> list[Fact]:
        path = tmp_path / "表.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([row.keys(), row.values()])
        report = ingest(store, [path], chain=chain, rejects=tmp_path / "退回.csv")
        assert [(entry.read, entry.accepted) for entry in report.files] == [(1, 1)]
        return store.facts()

    return write_and_read


def said(facts: list[Fact]) -> set[Said]:
    return {(f.subject, f.predicate, f.object, f.value, tuple(sorted(f.qualifiers.items()))) for f in facts}


CASES: list[tuple[str, dict[str, str], set[Said]]] = [
    (
        "产品",
        {"产品名称": "滚珠丝杠", "类别": "零部件", "环节": "上游", "产业链": "数控机床", "别名": "丝杠；滚珠丝杠副",
         "关键零部件": "是", "终端产品": "否", "代码": "HS:848340;GB:3489"},
        {("滚珠丝杠", "name", None, "滚珠丝杠", ()), ("滚珠丝杠", "kind", None, "Component", ()),
         ("滚珠丝杠", "IN_CHAIN", "数控机床", None, (("stage", "上游"),)),
         ("滚珠丝杠", "aliases", None, "丝杠", ()), ("滚珠丝杠", "aliases", None, "滚珠丝杠副", ()),
         ("滚珠丝杠", "key_component", None, "是", ()), ("滚珠丝杠", "final", None, "否", ()),
         ("滚珠丝杠", "codes", None, "HS:848340", ()), ("滚珠丝杠", "codes", None, "GB:3489", ())},
    ),
    (
        "需要",
        {"产品": "车床", "关系": "需要", "对象": "丝杠", "必要性": "必需", "替代组": "甲", "成本占比": "5%",
         "产业链": "机床"},
        {("车床", "REQUIRES", "丝杠", None,
          (("alt_group", "甲"), ("chain", "机床"), ("cost_share", 0.05), ("essentiality", "必需"))),
         ("车床", "IN_CHAIN", "机床", None, ()), ("丝杠", "IN_CHAIN", "机床", None, ())},
    ),
    (
        "属于", {"产品": "数控车床", "关系": "属于", "对象": "车床"},
        {("数控车床", "IS_A", "车床", None, ())},
    ),
    (
        "未说明必要性", {"产品": "车床", "关系": "需要", "对象": "丝杠", "必要性": "", "替代组": "无"},
        {("车床", "REQUIRES", "丝杠", None, ())},
    ),
    (
        "企业",
        {"企业名称": "甲公司", "统一社会信用代码": "91331081MA2ALD0P3X", "简称": "甲；甲牌", "曾用名": "旧甲",
         "英文名": "Jia; Co",
         "登记状态": "存续", "所属集团": "甲集团", "企业规模": "小型", "参保人数": "120人", "注册资本": "5000万元人民币",
         "成立日期": "2008/5/12", "荣誉": "小巨人；首台套", "主营产品": "车床;铣床", "经营范围": "制造；销售",
         "省份": "浙江省", "城市": "台州市", "区县": "温岭市"},
        {("甲公司", "name", None, "甲公司", ()), ("甲公司", "credit_code", None, "91331081MA2ALD0P3X", ()),
         ("甲公司", "short_name", None, "甲", ()), ("甲公司", "short_name", None, "甲牌", ()),
         ("甲公司", "former_names", None, "旧甲", ()), ("甲公司", "english_name", None, "Jia; Co", ()),
         ("甲公司", "status", None, "存续", ()), ("甲公司", "SUBSIDIARY_OF", "甲集团", None, ()),
         ("甲公司", "size", None, "小型", ()), ("甲公司", "insured", None, "120", ()),
         ("甲公司", "capital", None, "5000万元人民币", ()), ("甲公司", "founded_on", None, "2008-05-12", ()),
         ("甲公司", "honours", None, "小巨人", ()), ("甲公司", "honours", None, "首台套", ()),
         ("甲公司", "main_products", None, "车床", ()), ("甲公司", "main_products", None, "铣床", ()),
         ("甲公司", "business_scope", None, "制造；销售", ()), ("甲公司", "LOCATED_IN", "浙江省台州市温岭市", None, ())},
    ),
    (
        "企业产品",
        {"企业名称": "甲", "产品名称": "车床", "角色": "生产", "营收占比": "六成", "产能": "1,200", "单位": "台/年",
         "等级": "高端"},
        {("甲", "PRODUCES", "车床", None, (("capacity", 1200.0), ("grade", "高端"), ("share", 0.6), ("unit", "台/年")))},
    ),
    ("没说角色", {"企业名称": "甲", "产品名称": "车床"}, {("甲", "MENTIONED_WITH", "车床", None, ())}),
    ("空角色", {"企业名称": "甲", "产品名称": "车床", "角色": "-"}, {("甲", "MENTIONED_WITH", "车床", None, ())}),
    *((role, {"企业名称": "甲", "产品名称": "车床", "角色": role}, {("甲", relation, "车床", None, ())})
      for role, relation in [("销售", "SELLS"), ("使用", "USES"), ("研发", "RESEARCHES"), ("生产", "PRODUCES")]),
    (
        "院所", {"院所名称": "甲大学", "类型": "大学", "省份": "浙江", "城市": "杭州"},
        {("甲大学", "name", None, "甲大学", ()), ("甲大学", "institute_type", None, "大学", ()),
         ("甲大学", "LOCATED_IN", "浙江省杭州市", None, ())},
    ),
    ("院所没写地区", {"院所名称": "甲大学"}, {("甲大学", "name", None, "甲大学", ())}),
    (
        "院所技术", {"院所名称": "甲大学", "技术名称": "主轴技术", "产品名称": "主轴", "关系": "研究"},
        {("甲大学", "RESEARCHES", "主轴技术", None, ()), ("甲大学", "RESEARCHES", "主轴", None, ())},
    ),
    (
        "院所服务", {"院所名称": "甲大学", "产品名称": "主轴", "关系": "检测"},
        {("甲大学", "SERVES", "主轴", None, (("service", "检测"),))},
    ),
    (
        "技术", {"技术名称": "主轴技术", "支撑产品": "主轴"},
        {("主轴技术", "name", None, "主轴技术", ()), ("主轴", "NEEDS_TECHNOLOGY", "主轴技术", None, ())},
    ),
    (
        "合作", {"企业名称": "甲", "合作方": "乙大学", "主题": "攻关", "年份": "2024年"},
        {("甲", "COOPERATES_WITH", "乙大学", None, (("topic", "攻关"), ("year", 2024)))},
    ),
    (
        "供应", {"供方": "甲", "需方": "乙", "产品名称": "刀塔", "年份": "2024"},
        {("甲", "SUPPLIES", "乙", None, (("product", "刀塔"), ("year", 2024)))},
    ),
    (
        "投资", {"投资方": "甲", "被投资方": "乙", "持股比例": "51%", "日期": "2023年6月"},
        {("甲", "INVESTS_IN", "乙", None, (("date", "2023-06"), ("share", 0.51)))},
    ),
    (
        "检索", {"地区": "温岭", "产品名称": "刀塔", "检索来源": "名录", "检出率": "80%", "日期": "45657"},
        {("浙江省台州市温岭市", "SEARCHED", "刀塔", None,
          (("date", "2024-12-31"), ("detection_rate", 0.8), ("searched_source", "名录")))},
    ),
    (
        "检索全部产品", {"地区": "中国", "检索来源": "名录", "检出率": "0.8"},
        {("中国", "SEARCHED", None, None, (("detection_rate", 0.8), ("searched_source", "名录")))},
    ),
    (
        "指标", {"对象": "系统", "指标": "国产化率", "数值": "10%", "年份": "2022", "说法人": "协会"},
        {("系统", "domestic_share", None, "10%", (("region", "CN"), ("speaker", "协会"), ("year", 2022)))},
    ),
    (
        "本地没有", {"对象": "系统", "指标": "本地生产", "数值": "无", "地区": "温岭市"},
        {("系统", "local_production", None, "无", (("region", "331081"),))},
    ),
    (
        "自己的指标", {"对象": "系统", "指标": "良品率", "数值": "九成多"},
        {("系统", "良品率", None, "九成多", (("region", "CN"),))},
    ),
    (
        "贸易", {"年份": "2023", "产品名称": "丝杠", "流向": "世界出口", "伙伴": "日本", "金额": "1200万"},
        {("丝杠", "world_export_value", None, "12000000", (("partner", "日本"), ("year", 2023)))},
    ),
    (
        "单位在表头", {"年份": "2023", "产品名称": "丝杠", "流向": "进口", "伙伴": "日本", "金额(万元)": "1200"},
        {("丝杠", "import_value", None, "12000000", (("partner", "日本"), ("year", 2023)))},
    ),
    (
        "产能带单位", {"企业名称": "甲", "产品名称": "钢", "角色": "生产", "产能": "1.2万吨"},
        {("甲", "PRODUCES", "钢", None, (("capacity", 12000.0), ("unit", "吨")))},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_row_says_exactly_this(say: Callable[..., list[Fact]], row: dict[str, str], expected: set[Said]) -> None:
    assert said(say(row)) == expected


def test_every_fact_has_confidence_modality_method_and_place(say: Callable[..., list[Fact]]) -> None:
    row = {
        "企业名称": "甲",
        "产品名称": "车床",
        "来源": "年报",
        "来源日期": "2024-05",
        "原文": "甲生产车床",
        "置信度": "0.7",
        "备注": "抄",
    }
    (fact,) = say(row)
    assert (fact.source, fact.source_date, fact.quote, fact.confidence, fact.note) == (
        "年报", "2024-05", "甲生产车床", 0.7, "抄",
    )  # fmt: skip
    assert (fact.modality, fact.method, fact.locator) == ("stated", "table:企业产品", "表.csv 第2行")


def test_without_a_source_the_file_is_it_and_confidence_is_the_default(say: Callable[..., list[Fact]]) -> None:
    (fact,) = say({"企业名称": "甲", "产品名称": "车床"})
    assert (Path(fact.source).name, fact.source_title, fact.confidence) == ("表.csv", "表.csv", 0.9)


def test_the_chain_of_the_ingest_fills_empty_cells_only(say: Callable[..., list[Fact]]) -> None:
    assert ("甲", "IN_CHAIN", "机床", None, ()) in said(say({"产品名称": "甲"}, chain="机床"))


def test_a_named_chain_beats_the_chain_of_the_ingest(say: Callable[..., list[Fact]]) -> None:
    found = said(say({"产品": "甲", "关系": "需要", "对象": "乙", "产业链": "水泵"}, chain="机床"))
    assert {row[2] for row in found if row[1] == "IN_CHAIN"} == {"水泵"}


NAME = st.text(st.sampled_from(list("甲乙丙AB1()（）；; 、·-")), min_size=1, max_size=6).map(str.strip).filter(
    lambda name: name and name.strip("；;") and name not in ("-", "--", "---")
)  # fmt: skip


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAME, min_size=1, max_size=4), separator=st.sampled_from(["；", ";", " ； "]))
def test_several_values_only_where_the_contract_says(tmp_path: Path, names: list[str], separator: str) -> None:
    """别名 is split at ； and ;, a name column never is; names are kept as given."""
    joined = separator.join(names)
    path = tmp_path / "产品.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["产品名称", "别名"], [f"甲{separator}乙", joined]])
    store = open_duckdb(":memory:", write=True)
    try:
        ingest(store, [path], rejects=tmp_path / "退回.csv")
        facts = store.facts()
    finally:
        store.close()
    assert {fact.subject for fact in facts} == {f"甲{separator}乙"}
    parts = {part.strip() for part in joined.replace(";", "；").split("；")} - {""}
    assert {fact.value for fact in facts if fact.predicate == "aliases"} == parts


def test_a_product_named_only_in_relations_is_a_node(store: DuckDBStore, tmp_path: Path) -> None:
    for name, text in {
        "企业产品": "企业名称,产品名称,角色\n甲,只在企业产品里,生产\n",
        "关系": "产品,关系,对象,产业链\n只在关系左边,需要,只在关系右边,机床\n自环,需要,自环,机床\n"
        "一,需要,二,机床\n二,需要,一,机床\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    report = ingest(store, [tmp_path])
    assert (report.exit_code, [entry.accepted for entry in report.files]) == (0, [1, 4])
    names = {node.name for node in store.nodes("Product")}
    assert names == {"只在企业产品里", "只在关系左边", "只在关系右边", "自环", "一", "二"}
    ends = {(edge.source, edge.target) for edge in store.edges("REQUIRES")}
    assert len(ends) == 4
    assert any(source == target for source, target in ends)
    assert set(store.chain("机床")) == names - {"只在企业产品里"}


def test_the_id_computed_while_mapping_is_that_of_the_finished_fact(store: DuckDBStore, tmp_path: Path) -> None:
    """The mapping leaves columns without content out of the id's expression; a document's facts leave out none."""
    for table in TABLES:
        plain, cited = (tmp_path / f"{table.name}{kind}.csv" for kind in ("", "引"))
        row = {table.column(name).label: cell for name, cell in table.example.items()}
        for path, more in ((plain, {}), (cited, {"来源": "https://a.cn", "置信度": "0.7", "原文": "原话", "备注": "记"})):
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, [*row, *more])
                writer.writeheader()
                writer.writerow(row | more)
    ingest(store, [tmp_path])
    rows = store._db.execute(f"SELECT id, CAST({ID_SQL} AS UUID) FROM fact").fetchall()
    assert len(rows) > 2 * len(TABLES)
    assert [row for row in rows if row[0] != row[1]] == []
