"""THE model: every kind, relation and property of the graph, declared once, as data.

Store columns, table headers, checks, the legend, templates, ``bulian schema`` and ``docs/schema.md`` derive
from what stands here. Chinese names live only in labels and descriptions.
"""

from __future__ import annotations

from typing import Final

from .schema import Kind, Property, Relation, Schema

__all__ = [
    "ABSENT",
    "ALIAS_PROPERTIES",
    "CLAIMS",
    "CONTACTS",
    "CONTEXT",
    "ESSENTIAL",
    "KIND_OF_CATEGORY",
    "MODALITIES",
    "NON_ESSENTIAL",
    "RELATION_OF_ROLE",
    "SAME_AS",
    "SCHEMA",
    "TRADE_FLOWS",
    "claim_named",
]

ESSENTIAL: Final = "必需"
NON_ESSENTIAL: Final = "非必需"
ABSENT: Final = "无"

MODALITIES: Final = {
    "stated": "明确陈述", "planned": "计划中", "negated": "被否定", "inferred": "推断", "manual": "人工录入",
    "denied": "已否决",
}  # fmt: skip
KIND_OF_CATEGORY: Final = {
    "材料": "Material", "零部件": "Component", "设备": "Equipment", "应用": "Application", "产品": "Product",
}  # fmt: skip
RELATION_OF_ROLE: Final = {"生产": "PRODUCES", "销售": "SELLS", "使用": "USES", "研发": "RESEARCHES"}
SAME_AS: Final = "same_as"
"""The property by which a person says that two names are one firm or institute, or (negated) that they are not."""
ALIAS_PROPERTIES: Final = ("aliases", "short_name", "former_names", "english_name", "stock_code")

_NAME = Property("name", "名称", "登记的或通行的全名，按来源原样保留。")
_SAME = Property(SAME_AS, "同一主体", "审核认定与它是同一家的名称；认定不是同一家的记作被否定。", "names")

_PRODUCT = (
    _NAME,
    Property("aliases", "别名", "同一产品的其他叫法；比它宽或窄的词不是别名。", "names"),
    Property("key_component", "关键零部件", "编图者认定的关键零部件。", "flag"),
    Property("final", "终端产品", "本链对外交付的产品；断链与否看它还做不做得出来。", "flag"),
    Property(
        "codes", "代码", "HS、IPC、GB/T 4754 等代码，如 HS:846610；GB:3425（2017 版，别的版次写 GB2011:3425）。", "names"
    ),
    Property("narrower_terms", "下位词", "词表里比它窄的叫法；说的是它的一种，只用于关联，不是别名。", "names"),
    Property("link_context", "必含语境", "词表：更长的产品名要含其中一词才连到它。", "names"),
    Property("link_stop", "排除语境", "词表：产品名含其中一词就不连到它。", "names"),
    Property("suggested_links", "待核关联", "来源不明的上下游与大小类提示；不进产业链，不参与判定。", "names"),
)
CONTACTS: Final = (
    Property("phone", "电话", "企业的联系电话；设置里写了 keep_contacts 才保存，手机号不保存。"),
    Property("email", "邮箱", "企业的邮箱；设置里写了 keep_contacts 才保存。"),
    Property("website", "网址", "企业的网址；设置里写了 keep_contacts 才保存。"),
    Property("address", "注册地址", "登记的地址；设置里写了 keep_contacts 才保存。"),
)
"""How to reach a firm: kept only where the user asks for it."""
_ENTERPRISE = (
    _NAME,
    Property("credit_code", "统一社会信用代码", "18 位，校验位不对的弃用并说明。"),
    Property("short_name", "简称", "简称或品牌名。", "names"),
    Property("former_names", "曾用名", "登记过的旧名。", "names"),
    Property("english_name", "英文名", "英文名称。"),
    Property("status", "登记状态", "存续、在业、注销、吊销等；注销、吊销的不算供给。"),
    Property("size", "企业规模", "大型、中型、小型、微型。"),
    Property("insured", "参保人数", "社保参保人数。", "number", unit="人"),
    Property("capital", "注册资本", "按原文保留（含万、亿与币种）。"),
    Property("founded_on", "成立日期", "成立日期。", "date"),
    Property("honours", "荣誉", "专精特新、单项冠军、首台套等，按来源原文；不补级别。", "names"),
    Property("revoked_honours", "取消的荣誉", "名单说已取消、撤销或未通过复核的荣誉；不算荣誉。", "names"),
    Property("main_products", "主营产品", "主营产品的原文；连得上产业链环节的记作生产，置信度至多 0.6。", "names"),
    Property("business_scope", "经营范围", "登记的经营范围；不是能力的证据。"),
    Property(
        "industry",
        "行业",
        "登记的国民经济行业（GB/T 4754），按来源原文，能认出版次的写在前面；只作线索，不是生产的证据。",
    ),
    Property("stock_code", "证券代码", "证券代码的六位数字；一个代码对着几家时不认。"),
    _SAME,
    *CONTACTS,
)
_INSTITUTE_TYPES = (
    "大学", "研究院所", "实验室", "创新中心", "检测平台", "培训平台", "协会", "其他",
)  # fmt: skip

_KINDS = (
    Kind("Product", "产品", "产业链上的一个环节：产品、零部件、材料、设备或应用。", "规范名称", _PRODUCT),
    Kind("Material", "材料", "原料与材料。", "规范名称", extends="Product"),
    Kind("Component", "零部件", "装进别的产品里的零部件。", "规范名称", extends="Product"),
    Kind("Equipment", "设备", "整机与生产设备。", "规范名称", extends="Product"),
    Kind("Application", "应用", "下游应用行业。", "规范名称", extends="Product"),
    Kind("Technology", "技术", "缺口技术与攻关方向；是否缺口由有日期的说法决定。", "名称", (_NAME,)),
    Kind("Enterprise", "企业", "企业，境内外均可。", "统一社会信用代码；没有则用全称的规范形式", _ENTERPRISE),
    Kind(
        "Institute",
        "院所",
        "大学、研究院所、实验室、创新中心、检测与培训平台、协会。",
        "名称",
        (_NAME, Property("institute_type", "类型", "院所的类型。", choices=_INSTITUTE_TYPES), _SAME),
    ),
    Kind("Region", "地区", "GB/T 2260 行政区划或国家、地区。", "GB/T 2260 代码或国家代码", (_NAME,)),
    Kind("Chain", "产业链", "一条产业链：它的环节、阶段与关系。", "名称", (_NAME,)),
    Kind("Policy", "政策", "政策文件。", "标题", (_NAME, Property("date", "日期", "发布日期。", "date"))),
    Kind("Agency", "部门", "政府部门，只作为发布单位或责任单位。", "名称", (_NAME,)),
)

_CHAIN = Property("chain", "产业链", "这一行说的是哪条产业链；空为不限。")
_YEAR = Property("year", "年份", "所说的年份。", "year")
_DATE = Property("date", "日期", "日期。", "date")
_SHARE = Property("share", "占比", "占比或持股比例。", "share")
_ORGANISATIONS = ("Enterprise", "Institute")

_RELATIONS = (
    # (:Product)-[:REQUIRES]->(:Product)
    Relation(
        "REQUIRES",
        "需要",
        "做出或使用这个产品需要那个产品。",
        ("Product",),
        ("Product",),
        (
            Property("essentiality", "必要性", "空为未说明，未说明的不阻断。", choices=(ESSENTIAL, NON_ESSENTIAL)),
            Property("alt_group", "替代组", "同一产品下同组的任有其一即可。"),
            Property("cost_share", "成本占比", "占成本的比例。", "share"),
            _CHAIN,
        ),
    ),
    # (:Product)-[:IS_A]->(:Product)
    Relation("IS_A", "属于", "是那个产品的一种；子类的生产者也供应上级。", ("Product",), ("Product",), (_CHAIN,)),
    # (:Product)-[:IN_CHAIN]->(:Chain)
    Relation(
        "IN_CHAIN",
        "在链",
        "是这条产业链的环节。",
        ("Product",),
        ("Chain",),
        (Property("stage", "环节", "上游、中游或下游。", choices=("上游", "中游", "下游")),),
    ),
    # (:Enterprise)-[:PRODUCES]->(:Product)
    Relation(
        "PRODUCES",
        "生产",
        "生产型；唯一算供给的关系。",
        ("Enterprise",),
        ("Product",),
        (
            _SHARE,
            Property("capacity", "产能", "产能，单位见“单位”。", "number"),
            Property("unit", "单位", "产能的单位。"),
            Property("grade", "等级", "产品等级，如高端、中端。"),
        ),
        counts_as_supply=True,
    ),
    Relation("SELLS", "销售", "销售型，不算供给。", ("Enterprise",), ("Product",), (_SHARE,)),
    Relation("USES", "使用", "依赖型，使用该产品，不算供给。", ("Enterprise",), ("Product",)),
    Relation(
        "MENTIONED_WITH",
        "提及",
        "来源把企业与产品放在一起，但没说角色；不算供给。",
        ("Enterprise",),
        ("Product",),
        (_SHARE,),
    ),
    Relation("NEEDS_TECHNOLOGY", "需要技术", "这个产品要靠这项技术。", ("Product",), ("Technology",)),
    Relation(
        "RESEARCHES",
        "研究",
        "研究、研发、攻关；研发不是生产。",
        _ORGANISATIONS,
        ("Technology", "Product"),
        (_YEAR, Property("patent", "专利号", "公开（公告）号或申请号；一件专利一条事实。")),
    ),
    Relation(
        "SERVES",
        "服务",
        "检测、培训、维修等服务。",
        _ORGANISATIONS,
        ("Technology", "Product"),
        (Property("service", "服务", "检测、培训或服务。", choices=("检测", "培训", "服务")),),
    ),
    Relation(
        "COOPERATES_WITH",
        "合作",
        "合作、共建、联合攻关。",
        _ORGANISATIONS,
        _ORGANISATIONS,
        (Property("topic", "主题", "合作的主题。"), _YEAR),
    ),
    Relation(
        "SUPPLIES",
        "供应",
        "供方向需方供货。",
        ("Enterprise",),
        ("Enterprise",),
        (Property("product", "产品名称", "供的是什么。"), _YEAR),
    ),
    Relation("INVESTS_IN", "投资", "投资或持股。", ("Enterprise",), ("Enterprise",), (_SHARE, _DATE)),
    Relation("SUBSIDIARY_OF", "隶属集团", "同一集团的企业只算一家独立供应者。", ("Enterprise",), ("Enterprise",)),
    Relation("LOCATED_IN", "位于", "所在地区。", (*_ORGANISATIONS, "Region"), ("Region",)),
    Relation(
        "SEARCHED",
        "检索",
        "某来源查过这一地区有没有做这个产品的企业。",
        ("Region",),
        ("Product", "Chain"),
        (
            Property("searched_source", "检索来源", "查的是哪个来源。"),
            Property("detection_rate", "检出率", "真有的话它会列出来的概率。", "share"),
            _DATE,
        ),
    ),
    Relation("ISSUED_BY", "发布单位", "政策由谁发布。", ("Policy",), ("Agency",)),
)

SCHEMA: Final = Schema(_KINDS, _RELATIONS)
"""The one schema of bulian."""

CLAIMS: Final = (
    Property("domestic_share", "国产化率", "国产在国内市场的份额。", "share"),
    Property("import_dependence", "进口依赖度", "国内需求靠进口满足的份额。", "share"),
    Property("market_share", "市场占有率", "市场占有率。", "share"),
    Property("location_quotient", "区位商", "本地份额与全国份额之比。", "number"),
    Property("export_control", "出口管制", "是否在他国出口管制清单上。", "flag"),
    Property("top_country_patent_share", "首位国家专利份额", "专利族最多的国家所占份额。", "share"),
    Property("technology_advantage", "技术显示优势", "中国的 RTA。", "number"),
    Property("output", "产量", "产量。", "number"),
    Property("output_value", "产值", "产值。", "number"),
    Property("local_production", "本地生产", "来源说本地有没有人做。", choices=("有", ABSENT)),
)
"""Dated statements about a subject that the rules understand; any other name is kept under itself."""

CONTEXT: Final = (
    Property("region", "地区", "说的是哪里；空为中国。"),
    Property("speaker", "说法人", "谁这样说。"),
    Property("partner", "伙伴", "贸易伙伴；世界出口时为出口国。"),
    Property("level", "级别", "荣誉的级别，按来源原文；没写就不补。"),
    Property("batch", "批次", "荣誉的批次，如 第五批。"),
    Property("valid_to", "有效期至", "荣誉到何时为止。", "date"),
)
"""What a claim, or an honour, carries beside its value and year."""

TRADE_FLOWS: Final = {"进口": "import_value", "出口": "export_value", "世界出口": "world_export_value"}

_CLAIM_NAMES = {name: claim for claim in CLAIMS for name in (claim.name, claim.label)} | {
    "RTA": CLAIMS[6],
    "技术显示优势(RTA)": CLAIMS[6],
}


def claim_named(name: str) -> Property | None:
    """The claim of that English or Chinese name, None when it is a name of the user's own."""
    return _CLAIM_NAMES.get(name)
