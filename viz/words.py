"""Chinese words of pages and workbooks for the field names of answers, and how values are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = [
    "COMPONENT_WORDS",
    "MODALITY_WORDS",
    "NUMBER_WORDS",
    "RELATION_WORDS",
    "SCOPES",
    "SETTING_WORDS",
    "number_word",
    "written",
]

SCOPES: tuple[str, ...] = ("本地", "国内", "境外", "所在地不明")

NUMBER_WORDS: Mapping[str, str] = {
    "local_groups": "本地独立供方（家，同一集团计一家）",
    "local_n_eff": "本地有效供方数 N_eff",
    "domestic_groups": "国内独立供方（家，含本地）",
    "foreign_groups": "境外独立供方（家）",
    "p_absent_local": "本地确无的概率 P_absent",
    "p_absent_national": "国内确无的概率 P_absent",
    "blocks": "卡住的终端产品（个）",
    "lq": "区位商 LQ",
    "domestic_share": "国产化率",
    "import_dependence": "进口依赖度",
    "import_hhi": "进口来源集中度 HHI",
    "world_export_hhi": "世界出口集中度 HHI",
    "dependent_years": "判为依赖的年份数",
    "rta": "技术显示优势 RTA",
    "top_country_share": "首位国家专利份额",
}

COMPONENT_WORDS: Mapping[str, str] = {
    "capability": "能力",
    "pull": "牵引",
    "mobility": "流动",
    "proximity": "邻近",
    "honours": "荣誉",
    "evidence": "证据",
    "gap": "缺口",
    "density": "关联密度",
    "distance": "距离（公里）",
}

SETTING_WORDS: Mapping[str, str] = {
    "confidence": "置信度门槛 τ：达到才算证实",
    "prior": "先验 ψ：未检索前存在生产者的概率",
    "absent": "P_absent 达到才可判断链",
    "n_eff_weak": "N_eff 低于此值判弱链",
    "n_eff_strong": "N_eff 达到才可判强链",
    "lq_low": "区位商低于此值判短板",
    "lq_strong": "区位商达到才可判强链",
    "concentration": "HHI 高于此值算集中",
    "import_ratio": "进口/出口高于此值算依赖",
    "dependence_years": "至少这么多年依赖",
    "dependence_window": "看最近这么多年",
    "dependence_share": "无贸易数据时国产化率的界线",
    "marginal_share": "国产化率不高于此值算无充分供给",
    "patent_share": "首位国家专利份额达到算技术受制",
    "technology_advantage": "RTA 低于此值算技术落后",
}

MODALITY_WORDS: Mapping[str, str] = {
    "stated": "明确陈述",
    "planned": "计划中",
    "negated": "否定陈述",
    "inferred": "推断",
    "manual": "人工录入",
}

RELATION_WORDS: Mapping[str, str] = {
    "REQUIRES": "需要",
    "IS_A": "属于",
    "IN_CHAIN": "在链上",
    "PRODUCES": "生产",
    "SELLS": "销售",
    "USES": "使用",
    "NEEDS_TECHNOLOGY": "需要技术",
    "RESEARCHES": "研究",
    "COOPERATES_WITH": "合作",
    "SUPPLIES": "供应",
    "INVESTS_IN": "投资",
    "SUBSIDIARY_OF": "隶属",
    "LOCATED_IN": "位于",
    "SERVES": "服务",
    "ISSUED_BY": "发布单位",
}


def number_word(key: str) -> str:
    """The Chinese word of a field of ``Finding.numbers``; an unknown field keeps its own name."""
    return NUMBER_WORDS.get(key, key)


def written(value: Any) -> str:
    """A value as people read it: None as 不详, truth values as 是/否, numbers with at most four digits.

    Lists are joined by ``、``, mappings by ``；`` with their keys; nothing is dropped.
    """
    if value is None:
        return "不详"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{written(item)}" for key, item in value.items()) or "无"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(written(item) for item in value) or "无"
    return str(value)
