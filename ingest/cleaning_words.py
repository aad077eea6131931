"""The words cleaning goes by: what says nothing, what is a name, what is a footer, what may be dropped alone."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

__all__ = [
    "BLANKS", "DESCRIPTIVE", "EXAMPLE_MARK", "FOOTER", "FOOTER_ROWS", "NAMES", "NOTHING", "NOTHING_IN", "OWN_NAMES",
    "TOTAL",
]  # fmt: skip

DESCRIPTIVE: Final = {
    ("企业", "founded_on"), ("企业", "insured"), ("企业", "honour_date"), ("院所", "kind"),
    ("专利", "applied_on"), ("专利", "applied_in"),
}  # fmt: skip
BLANKS: Final = pa.array(
    ["-", "--", "---", "—", "——", "－", "－－", "–", "–", "−", "―", "- -", "/", "／", "\\", "\\N", "NULL", "null", "Null",
     "nan", "NaN", "N/A", "n/a", "None", "<空>", "(空)"]
)  # fmt: skip
NOTHING: Final = pa.array(["无", "暂无", "没有", "未公开", "暂未公开", "暂无数据", "无数据", "未知", "不详", "未披露"])
NAMES: Final = {
    "product_name", "product", "object", "for_product", "technology", "chain", "enterprise_name", "english_name",
    "enterprise", "group", "institute_name", "institute", "partner", "supplier", "buyer", "investor", "investee",
    "subject", "node",
}  # fmt: skip
OWN_NAMES: Final = {"enterprise_name", "institute_name", "product_name"}  # another one in every row
# Where 无 says that there is nothing to write; as a name it would make all firms without a group one group.
NOTHING_IN: Final = {
    "aliases", "codes", "short_name", "former_names", "english_name", "credit_code", "group", "honours",
    "main_products", "business_scope", "country", "province", "city", "county", "town", "alt_group", "chain",
    "grade", "unit", "source", "source_date", "quote", "speaker", "topic", "for_product", "level", "batch", "valid_to",
    "honour_status", "stock_code", "place_text", "nominator", "phone", "email", "website", "address", "status", "size",
    "capital", "registered_in", "applicant", "current_applicant", "classes", "main_class", "narrower_terms",
    "link_context", "link_stop",
}  # fmt: skip
# A product may begin like a footer (注塑机), so a footer must go on like one: 注：…, 合计 12, 共 12 家.
FOOTER: Final = (
    r"^(?:(?:数据来源|资料来源|来源|注|备注|说明|制表|填表|制表人|填表人|审核人|制表单位|填报单位)\s*\d*\s*[:：]"
    r"|(?:合计|总计|小计)\s*(?:[:：\d]|$)|(?:导出|统计|打印|制表|填表)(?:时间|日期)|共\s*\d+\s*(?:家|条|个|项|户|行|种|页|$)"
    r"|.*(?:仅供参考|https?://|www\.|(?:来自|来源于|由)(?:企查查|天眼查|爱企查|启信宝)))"
)
FOOTER_ROWS: Final = 10
TOTAL: Final = pa.array(["合计", "总计", "小计", "共计", "合 计", "总 计", "小 计"])
EXAMPLE_MARK: Final = "示例"
