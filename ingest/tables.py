"""The tables people hand in, declared from the model: headers, types, required columns, examples.

A table is recognised by its headers alone. Chinese and English header come from the declared property; other
spellings (company-database exports) are listed beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from bulian.graph.kinds import KIND_OF_CATEGORY, RELATION_OF_ROLE, SCHEMA, TRADE_FLOWS
from bulian.graph.schema import Property

from .registers import ENTERPRISE_EXTRA, REGISTERS
from .table_model import COMMON, Column, Table

__all__ = ["COMMON", "RECOGNISED", "TABLES", "Column", "Table", "table_named"]


def _own(owner: str, *names: str) -> tuple[Column, ...]:
    """Columns for declared properties of a kind or relation, headers as declared."""
    holders = {kind.name: kind.properties for kind in SCHEMA.kinds}
    holders |= {relation.name: relation.properties for relation in SCHEMA.relations}
    declared = {prop.name: prop for prop in holders[owner]}
    return tuple(Column(declared[name], also=_ALSO.get(name, ())) for name in names)


def _end(label: str, name: str, description: str, *, required: bool = True, also: tuple[str, ...] = ()) -> Column:
    return Column(Property(name, label, description), required, also)


def _choice(label: str, name: str, description: str, choices: Sequence[str], *, required: bool = False) -> Column:
    return Column(Property(name, label, description, choices=tuple(choices)), required)


_ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "credit_code": (
        "creditCode",
        "统一信用代码",
        "信用代码",
        "社会信用代码",
        "unifiedSocialCreditCode",
        "统一社会信用代码(18位)",
        "统一代码",
        "社会统一信用代码",
    ),
    "former_names": ("historyNames", "历史名称", "曾用名称", "企业曾用名"),
    "english_name": ("英文名称", "企业英文名", "企业英文名称"),
    "short_name": ("企业简称", "公司简称", "alias", "证券简称", "股票简称", "bondName"),
    "status": ("经营状态", "企业状态", "regStatus", "operatingStatus", "登记状态(经营状态)", "存续状态", "营业状态"),
    "size": ("人员规模", "staffNumRange", "单位规模"),
    "insured": ("socialStaffNum", "社保人数", "参保人员数"),
    "capital": ("regCapital", "注册资金", "registeredCapital", "注册资本(金)"),
    "founded_on": ("estiblishTime", "establishTime", "成立时间", "注册日期", "注册时间", "开业日期"),
    "business_scope": ("businessScope", "主要业务活动"),
    "main_products": ("主要产品", "主导产品", "主营产品名称"),
    "honours": ("荣誉名称", "荣誉称号", "称号", "资质名称", "资质荣誉", "认定类别", "认定类型", "企业称号", "企业荣誉"),
}

_PLACE = (
    _end(
        "省份",
        "province",
        "省级地区。",
        required=False,
        also=("所属省份", "省", "所属地区", "省份地区", "所在省份", "省市", "所在地区"),
    ),
    _end("城市", "city", "地级市。", required=False, also=("所属城市", "市", "所在城市", "地市", "地级市")),
    _end(
        "区县",
        "county",
        "县级地区。",
        required=False,
        also=("所属区县", "区", "县", "所在区县", "区(县)", "县(市、区)", "县市区"),
    ),
)
_ENTERPRISE = _end("企业名称", "enterprise", "企业全称。", also=("公司名称",))
_PRODUCT = _end("产品名称", "product", "产品规范名称或别名。")
_COMPANY_NAMES = (
    "公司名称", "单位详细名称", "原始企业名称", "单位名称", "企业全称", "公司全称", "企业(机构)名称", "全称",
    "申报企业名称", "申报单位", "入选企业", "入选企业名称", "认定企业名称", "企业名单", "证券全称",
)  # fmt: skip
_CHAIN_COLUMN = Column(Property("chain", "产业链", "属于哪条产业链。"))
_SHARE_OF_REVENUE = Column(Property("share", "营收占比", "该产品占企业营收的比例。", "share"))

TABLES: Final = (
    Table(
        "产品", "产业链上的环节。",
        (
            replace(_PRODUCT, prop=Property("product_name", "产品名称", "产品规范名称。")),
            _choice("类别", "kind", "材料、零部件、设备、应用或产品。", tuple(KIND_OF_CATEGORY)),
            _choice("环节", "stage", "在链上的阶段。", ("上游", "中游", "下游")),
            _CHAIN_COLUMN,
            *_own("Product", "aliases", "key_component", "final", "codes"),
        ),
        {"product_name": "滚珠丝杠", "kind": "零部件", "stage": "上游", "chain": "数控机床",
         "aliases": "滚珠丝杠副；滚珠螺杆", "key_component": "是", "final": "否", "codes": "HS:848340"},
    ),
    Table(
        "产业链关系", "产品之间的需要与从属。",
        (
            _end("产品", "product", "需要别的产品、或属于上级的产品。"),
            _choice("关系", "relation", "需要：产品需要对象；属于：产品是对象的一种。", ("需要", "属于"), required=True),
            _end("对象", "object", "被需要的产品或上级产品。"),
            *_own("REQUIRES", "essentiality", "alt_group", "cost_share", "chain"),
        ),
        {"product": "数控车床", "relation": "需要", "object": "滚珠丝杠", "essentiality": "必需",
         "alt_group": "进给驱动", "cost_share": "5%", "chain": "数控机床"},
    ),
    Table(
        "企业", "企业名录；企查查、天眼查等导出的表也是它。",
        (
            replace(_end("企业名称", "enterprise_name", "登记全称。", also=_COMPANY_NAMES), weak=("名称", "name")),
            *_own("Enterprise", "credit_code", "short_name", "former_names", "english_name"),
            _end("国家或地区", "country", "空为中国。", required=False, also=("国家", "国别")),
            *_PLACE,
            _end("镇街", "town", "乡镇街道。", required=False, also=("所属镇街", "乡镇街道")),
            *_own("Enterprise", "status"),
            _end("所属集团", "group", "同一集团的企业只算一家独立供应者。", required=False),
            *_own("Enterprise", "size", "insured", "capital", "founded_on", "honours", "main_products",
                  "business_scope"),
        ),
        {"enterprise_name": "某某数控机床有限公司", "province": "浙江省", "city": "台州市", "county": "温岭市",
         "status": "存续", "insured": "120", "capital": "5000万元", "founded_on": "2008-05-12",
         "honours": "省级专精特新", "main_products": "数控车床；车铣复合机床"},
        extra=ENTERPRISE_EXTRA,
    ),
    Table(
        "企业产品", "企业与产品的关系；只有“生产”算供给。",
        (
            _ENTERPRISE, _PRODUCT,
            _choice("角色", "role", "生产、销售、使用或研发；空为未说明。", tuple(RELATION_OF_ROLE)),
            _SHARE_OF_REVENUE, *_own("PRODUCES", "capacity", "unit", "grade"),
        ),
        {"enterprise": "某某数控机床有限公司", "product": "数控车床", "role": "生产", "share": "60%",
         "capacity": "1200", "unit": "台/年", "grade": "中端"},
    ),
    Table(
        "院所", "大学、院所、平台与协会。",
        (
            _end("院所名称", "institute_name", "院所全称。"),
            replace(_own("Institute", "institute_type")[0],
                    prop=replace(SCHEMA.kind("Institute").properties[1], name="kind")),
            *_PLACE,
        ),
        {"institute_name": "某某大学台州研究院", "kind": "研究院所", "province": "浙江省", "city": "台州市"},
    ),
    Table(
        "院所技术", "院所研究或服务什么。",
        (
            _end("院所名称", "institute", "院所全称。"),
            _end("技术名称", "technology", "技术名称。", required=False),
            replace(_PRODUCT, required=False),
            _choice("关系", "relation", "研究、检测、培训或服务；空为研究。", ("研究", "检测", "培训", "服务")),
        ),
        {"institute": "某某大学台州研究院", "technology": "高速电主轴技术", "relation": "研究"},
        any_of=("technology", "product"),
    ),
    Table(
        "技术", "技术与它支撑的产品。",
        (_end("技术名称", "technology", "技术名称。"), _end("支撑产品", "for_product", "靠它的产品。", required=False)),
        {"technology": "高速电主轴技术", "for_product": "电主轴"},
    ),
    Table(
        "合作", "企业与院所、企业之间的合作。",
        (_ENTERPRISE, _end("合作方", "partner", "院所或企业。"), *_own("COOPERATES_WITH", "topic", "year")),
        {"enterprise": "某某数控机床有限公司", "partner": "某某大学台州研究院", "topic": "联合攻关", "year": "2024"},
    ),
    Table(
        "供应", "谁向谁供货。",
        (
            _end("供方", "supplier", "供货的企业。"), _end("需方", "buyer", "采购的企业。"),
            replace(_PRODUCT, required=False), *_own("SUPPLIES", "year"),
        ),
        {"supplier": "某某刀塔有限公司", "buyer": "某某数控机床有限公司", "product": "刀塔", "year": "2024"},
    ),
    Table(
        "投资", "企业之间的投资。",
        (
            _end("投资方", "investor", "投资的企业。"), _end("被投资方", "investee", "被投资的企业。"),
            Column(Property("share", "持股比例", "持股比例。", "share")), *_own("INVESTS_IN", "date"),
        ),
        {"investor": "某某集团有限公司", "investee": "某某刀塔有限公司", "share": "51%", "date": "2023-06-30"},
    ),
    Table(
        "检索", "查过哪个来源、查的是哪里的哪种产品、查得全不全；没有它就算不出“不存在”的把握。",
        (
            _end("地区", "region", "查的是哪里；中国为全国。"), replace(_PRODUCT, required=False),
            _end("检索来源", "searched_source", "查的是哪个来源。"),
            Column(Property("detection_rate", "检出率", "真有的话它会列出来的概率，0–1。", "share"), required=True),
            *_own("SEARCHED", "date"),
        ),
        {"region": "温岭市", "searched_source": "温岭市机床企业名录", "detection_rate": "0.8", "date": "2024-12-31"},
    ),
    Table(
        "指标", "有日期的说法：国产化率、进口依赖度、区位商、本地生产（有/无）等。",
        (
            _end("对象", "subject", "说的是谁：产品、技术、企业、地区。"), _end("指标", "property", "指标名称。"),
            _end("数值", "value", "数值或是/否、有/无；百分号、万、亿、成都认。"),
            Column(Property("year", "年份", "所说的年份。", "year")),
            _end("地区", "region", "空为中国。", required=False), _end("说法人", "speaker", "谁说的。", required=False),
        ),
        {"subject": "高档数控系统", "property": "国产化率", "value": "10%", "year": "2022", "speaker": "行业协会"},
    ),
    Table(
        "贸易", "进出口与世界出口。",
        (
            Column(Property("year", "年份", "年份。", "year"), required=True), _PRODUCT,
            _choice("流向", "flow", "进口、出口为中国的；世界出口的伙伴是出口国。", tuple(TRADE_FLOWS), required=True),
            _end("伙伴", "partner", "贸易伙伴。"),
            Column(Property("value", "金额", "金额。", "number"), required=True),
        ),
        {"year": "2023", "product": "滚珠丝杠", "flow": "进口", "partner": "日本", "value": "1200万"},
    ),
    Table(
        "词表", "产品名怎样连到产业链的环节：别的叫法、下位词、必须或不许出现的词；改了再导入，已导入的名录会重新连。",
        (
            _end("链上环节", "node", "产业链上的产品，与“产品”表的名称相同。"),
            *_own("Product", "aliases", "narrower_terms", "link_context", "link_stop"),
        ),
        {"node": "压力机", "aliases": "冲压机", "narrower_terms": "冲床；伺服冲床", "link_context": "金属；板材；机床",
         "link_stop": "豆腐；药片"},
        any_of=("aliases", "narrower_terms", "link_context", "link_stop"),
    ),
)  # fmt: skip

RECOGNISED: Final = (*TABLES, *REGISTERS)
"""Every table that is read: those people fill in, then those of others."""


def table_named(name: str) -> Table:
    """The table of that Chinese name; KeyError when there is none."""
    return {table.name: table for table in RECOGNISED}[name]
