"""What registers say is the same on every store: honours as dated records, trade by code, patents, listed companies."""

from __future__ import annotations

from .conftest import Door

CUSTOMS = "数据年月,商品编码,贸易伙伴名称,注册地名称,人民币"


def test_registers_read_in_are_read_back(door: Door) -> None:
    door.file("产品.csv", "产品名称,产业链,代码", ("刀具夹具", "机床", "HS:846610"))
    door.text("第五批国家级专精特新小巨人名单.csv", "序号,企业名称,有效期\n1,甲有限公司,2023-07-01至2026-06-30\n")
    door.text("取消小巨人称号名单.csv", "序号,企业名称\n1,乙有限公司\n")
    door.file(
        "进口.csv", CUSTOMS, ("202301", "84661000", "日本", "浙江省", "1,000"),
        ("202301", "84661000", "日本", "上海市", 5),
        ("202301", "1010000", "日本", "上海市", 5),
    )  # fmt: skip
    patent = ("CN1A", "刀柄", "2021-01-02", "甲有限公司 | 张三", "B23B31/00")
    door.file("专利.csv", "公开号,标题,申请日,申请人,IPC主分类号", patent)
    company = ("600001SH", "丁股份", "丁股份有限公司", "上海证券交易所", "")
    door.file("公司.csv", "code,name,fullname,exchange,listed_on", company)
    products = (("600001", "刀柄", "主营产品", "0.4"), ("600001", "折", "主营产品", "-3"))
    door.file("公司产品.csv", "company_code,product,relation,weight", *products)
    door.file("关联.csv", "from_product,relation,to_product", ("蛋糕", "上游材料", "鸡蛋"))
    report = door.ingest(door.folder)
    assert {entry.path.rsplit("/", 1)[-1]: dict(entry.reasons) for entry in report.files if entry.reasons} == {
        "进口.csv": {"hs_unmapped": 1}, "专利.csv": {"natural_person": 1}, "公司产品.csv": {"bad_weight": 1},
    }  # fmt: skip
    with door.open() as view:
        told = {
            (fact.subject, fact.predicate, fact.object or fact.value, fact.modality): dict(fact.qualifiers)
            for fact in view.all_facts()
        }
        firms = {node.name: node.properties for node in view.nodes("Enterprise")}
    assert told["甲有限公司", "honours", "国家级专精特新小巨人", "stated"] == {
        "level": "国家级", "batch": "第五批", "valid_to": "2026-06-30",
    }  # fmt: skip
    assert told["刀具夹具", "import_value", "1005", "stated"] == {
        "year": 2023, "date": "2023-01", "partner": "日本", "unit": "人民币元",
    }  # fmt: skip
    assert told["甲有限公司", "RESEARCHES", "IPC B23B", "stated"] == {"year": 2021, "patent": "CN1A"}
    assert told["蛋糕", "suggested_links", "上游材料：鸡蛋", "inferred"] == {}
    assert told["丁股份有限公司", "main_products", "刀柄", "stated"] == {"share": 0.4}
    assert told["丁股份有限公司", "main_products", "折", "stated"] == {}
    assert firms["甲有限公司"]["honours"] == ("国家级专精特新小巨人",)
    assert "honours" not in firms["乙有限公司"]
    assert not any("张三" in name for name in firms)
    assert {entry.unchanged for entry in door.ingest(door.folder).files} == {True}
