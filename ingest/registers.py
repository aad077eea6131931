"""Files of others that are no tables of ours, and what exports and lists of firms have beside our columns.

They are recognised by their headers like the tables of the contract, but nobody is asked to fill them in, so no
template has them. Headers as read in public export files; see docs/registers.md.
"""

from __future__ import annotations

from typing import Final

from bulian.graph.kinds import CONTACTS
from bulian.graph.schema import Property

from .table_model import Column, Table

__all__ = [
    "CONTACT_HEADERS",
    "CUSTOMS",
    "ENTERPRISE_EXTRA",
    "LISTED",
    "LISTED_PRODUCTS",
    "PATENTS",
    "REGISTERS",
    "SUGGESTED",
]

CONTACT_HEADERS: Final = {
    "phone": ("联系电话", "企业电话", "公司电话", "固定电话", "座机", "telephone"),
    "email": ("企业邮箱", "公司邮箱", "电子邮箱", "电子邮件"),
    "website": ("企业网址", "公司网址", "官网", "官方网站"),
    "address": (),
}
_ADDRESS: Final = ("注册地址", "企业地址", "公司地址", "企业注册地址", "详细地址", "单位地址", "住所", "address")
_HONOUR_DATE: Final = (
    "认定时间", "认定年份", "认定年度", "公布日期", "公布时间", "公布年份", "公告日期", "公示日期", "公示时间",
    "公示年份", "发布日期", "获评年份", "入选年份", "评定年份", "认定年",
)  # fmt: skip


def _column(label: str, name: str, text: str, kind: str = "text", *also: str, required: bool = False) -> Column:
    return Column(Property(name, label, text, kind), required, also)  # type: ignore[arg-type]


_INDUSTRY: Final = tuple(
    _column(label, name, "国民经济行业（GB/T 4754）；只作线索，不算生产。", "text", *also)
    for label, name, also in (
        ("行业代码", "industry_code", ("国标行业代码", "国民经济行业代码", "行业小类代码")),
        ("国标行业小类", "industry_class", ("行业小类", "国民经济行业小类", "国标行业小类名称")),
        ("国标行业中类", "industry_group", ("行业中类", "国民经济行业中类")),
        ("国标行业大类", "industry_division", ("行业大类", "国民经济行业大类")),
        ("国标行业门类", "industry_section", ("行业门类", "国民经济行业门类")),
        ("国标行业", "industry", ("所属行业", "国民经济行业", "所属国标行业", "国民经济行业分类")),
    )
)
"""What exports of firms say of the industry, at any level."""

ENTERPRISE_EXTRA: Final = (
    _column("级别", "level", "荣誉的级别，按来源原文；没写就不补。", "text", "荣誉级别", "认定级别", "培育级别"),
    _column("批次", "batch", "第几批。", "text", "认定批次", "公示批次", "入选批次", "批号"),
    _column("认定日期", "honour_date", "何时认定或公示。", "date", *_HONOUR_DATE),
    _column("有效期至", "valid_to", "荣誉到何时为止。", "text", "有效期", "有效期限", "有效期截止", "证书有效期"),
    _column("认定状态", "honour_status", "公示、认定、复核通过等。", "text", "状态", "公示状态"),
    _column("证券代码", "stock_code", "证券代码，带不带交易所后缀都认。", "text", "股票代码", "bondNum"),
    _column("推荐单位", "nominator", "推荐单位；只用来认省份。", "text", "推荐部门", "推荐省份", "推荐地区"),
    _column("地址", "place_text", "登记地址；没有省市县的列时用来认地区。", "text", *_ADDRESS),
    *_INDUSTRY,
    *(Column(prop, also=CONTACT_HEADERS.get(prop.name, ())) for prop in CONTACTS),
)
"""What lists and exports of firms have beside the columns of 企业."""

CUSTOMS: Final = Table(
    "海关",
    "海关统计数据的导出：按商品编码对到产品的 HS 代码，成为“贸易”。",
    (
        _column("数据年月", "period", "年月，如 202301；或年份。", "text", "年月", "统计年月", "统计时间", required=True),
        _column("商品编码", "hs_code", "商品编码，2–10 位。", "text", "HS编码", "商品代码", "税则号列", "税号",
                required=True),
        _column("商品名称", "hs_name", "商品名称。"),
        _column("贸易伙伴名称", "partner", "贸易伙伴。", "text", "贸易伙伴", "国别名称", "国别(地区)", "国家(地区)",
                required=True),
        _column("进出口", "flow", "进口或出口；没有这一列时看文件名和标题。", "text", "进出口标志", "进出口类型", "流向"),
        _column("注册地名称", "registered_in", "收发货人注册地。", "text", "收发货人注册地", "注册地"),
        _column("人民币", "cny", "金额，人民币元。", "number", "人民币值", "金额(人民币)", "人民币金额"),
        _column("美元", "usd", "金额，美元。", "number", "美元值", "金额(美元)", "美元金额"),
    ),
    any_of=("cny", "usd"),
    extra=tuple(
        _column(label, f"unused_{at}", "只认得，不用。")
        for at, label in enumerate((
            "贸易伙伴编码", "贸易方式编码", "贸易方式名称", "注册地编码", "第一数量", "第一计量单位", "第二数量",
            "第二计量单位",
        ))
    ),
)  # fmt: skip

_APPLICANT_COUNTRY: Final = (
    "申请人国家/地区", "申请人国家(地区)", "申请人国别", "第一申请人国家", "申请(专利权)人国家",
    "申请(专利权)人国家/地区", "当前申请(专利权)人国家", "当前申请(专利权)人国家/地区",
)  # fmt: skip
PATENTS: Final = Table(
    "专利",
    "专利检索库的导出：申请人是企业或院所的，成为“研究”；自然人不记。",
    (
        _column("申请(专利权)人", "applicant", "申请人；多个以 | 或 ; 分隔。", "text", "申请人", "专利权人",
                "原始申请(专利权)人", required=True),
        _column("当前申请(专利权)人", "current_applicant", "当前权利人，有则以它为准。", "text",
                "(标)当前申请(专利权)人", "当前权利人", "当前专利权人"),
        _column("公开(公告)号", "publication", "公开（公告）号。", "text", "公开号", "公告号", "授权公告号"),
        _column("申请号", "application", "申请号。", "text", "专利申请号"),
        _column("专利名称", "patent_title", "名称。", "text", "标题", "标题(译)(简体中文)", "发明名称"),
        _column("申请日", "applied_on", "申请日。", "date", "申请日期"),
        _column("申请年", "applied_in", "申请年份。", "year", "申请年份"),
        _column("IPC主分类号", "main_class", "主分类号。", "text", "主分类号", "IPC主分类", "主IPC"),
        _column("IPC分类号", "classes", "分类号；多个以 | 或 ; 分隔。", "text", "分类号", "IPC", "IPC分类"),
        _column("简单同族", "family", "同族的公开号；多个以 | 分隔。", "text", "简单同族成员", "同族"),
        _column("申请人国家", "applicant_country", "申请人的国家；多个时取第一个。", "text", *_APPLICANT_COUNTRY),
        _column("当前申请(专利权)人州/省", "applicant_province", "申请人的省或州。", "text",
                "申请(专利权)人州/省", "申请人州/省", "申请人省份"),
        _column("专利类型", "patent_type", "发明、实用新型、外观设计。", "text", "专利种类"),
        _column("法律状态/事件", "legal_status", "法律状态。", "text", "法律状态", "当前法律状态", "简单法律状态"),
        _column("工商统一社会信用代码", "applicant_codes", "申请人的信用代码；多个时与申请人一一对应。", "text",
                "统一社会信用代码", "申请人统一社会信用代码"),
    ),
    any_of=("main_class", "classes"),
)  # fmt: skip

LISTED: Final = Table(
    "上市公司",
    "上市公司的代码、简称与全称。",
    (
        Column(Property("stock_code", "code", "证券代码。"), True),
        Column(Property("short_name", "name", "简称。"), True),
        Column(Property("enterprise_name", "fullname", "全称。"), True),
        Column(Property("listed_on", "listed_on", "上市日期。")),
        Column(Property("exchange", "exchange", "交易所；不是所在地。")),
    ),
)
LISTED_PRODUCTS: Final = Table(
    "上市公司产品",
    "上市公司的主营产品：按原文记为主营产品。",
    (
        Column(Property("stock_code", "company_code", "证券代码。"), True),
        Column(Property("product", "product", "产品。"), True),
        Column(Property("relation", "relation", "主营产品。")),
        Column(Property("weight", "weight", "营收占比；不在 0 到 1 之间的弃用。"), True),
    ),
)
SUGGESTED: Final = Table(
    "产品关联",
    "来源不明的产品上下游与大小类：只记为待核的提示，不进产业链，不参与任何判定。",
    (
        Column(Property("product", "from_product", "产品。"), True),
        Column(Property("relation", "relation", "上游材料、下游产品或产品小类。"), True),
        Column(Property("object", "to_product", "关联的产品。"), True),
    ),
)
REGISTERS: Final = (CUSTOMS, PATENTS, LISTED, LISTED_PRODUCTS, SUGGESTED)
"""Tables of others, in the order they are tried after ours."""
