"""Chinese words of pages and workbooks for the field names of answers, and how values are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from bulian.graph.kinds import MODALITIES, SCHEMA

if TYPE_CHECKING:
    from bulian.queries.coverage_results import ProductCoverage
    from bulian.queries.results import Finding, Gap

__all__ = [
    "COMPONENT_WORDS",
    "COVERAGE_WORDS",
    "MODALITY_WORDS",
    "NUMBER_WORDS",
    "RELATION_WORDS",
    "SCOPES",
    "SETTING_WORDS",
    "assumption_notice",
    "coverage_rows",
    "label_word",
    "number_word",
    "written",
]

SCOPES: tuple[str, ...] = ("本地", "国内", "境外", "所在地不明")

NUMBER_WORDS: Mapping[str, str] = {
    "local_groups": "本地独立供方（家，同一集团计一家）",
    "local_firms": "本地供方（家，未按集团合并）",
    "local_n_eff": "本地有效供方数 N_eff",
    "local_capacity_known": "本地产能齐全可比",
    "domestic_groups": "国内独立供方（家，含本地）",
    "domestic_n_eff": "国内有效供方数 N_eff",
    "domestic_provinces": "国内供方分布的省份（个）",
    "foreign_groups": "境外独立供方（家）",
    "vague_groups": "所在地只知到上级地区或中国的供方（家）",
    "near_groups": "所在地只知到上级地区、可能就在本地的供方（家）",
    "unplaced_groups": "不知国别的供方（家）",
    "unverified_local": "本地未证实的说法（家）",
    "industry_leads": "按登记的行业代码可先核实的本地企业（家，不算供方）",
    "p_absent_local": "本地确无的概率 P_absent",
    "p_absent_national": "国内确无的概率 P_absent",
    "blocks": "缺它会停的终端产品（个）",
    "finals": "终端产品总数（个）",
    "lq": "区位商 LQ",
    "dependent": "依赖境外",
    "technology_gap": "技术握在境外",
    "domestic_share": "国产化率",
    "national_share": "本地占国内独立供方的份额",
    "local_honours": "本地供方的荣誉（项）",
    "rule_regional": "地区判定所用规则",
    "rule_national": "全国判定所用规则",
    "trophic_level": "在链上的层级（最上游 0，越大越近终端）",
    "esri_down": "失去它时终端产品损失的份额（各终端同等计）",
    "esri_equal_weights": "上述份额没有用到成本占比",
}

COMPONENT_WORDS: Mapping[str, str] = {
    "evidence": "独立来源（个）",
    "honours": "荣誉（项）",
    "pull": "本地可配套的上下游（种）",
    "ties": "与本地的往来记录（条）",
    "investments": "对外投资记录（条）",
    "distance_km": "距离（公里）",
    "grade": "等级",
    "share": "营收占比",
    "capacity": "产能",
}

COVERAGE_WORDS: Mapping[str, str] = {
    "products": "环节",
    "finals": "终端产品",
    "with_any_maker": "有已知生产企业的环节",
    "with_local_maker": "有本地企业的环节",
    "searched": "查过声明了检出率的来源的环节",
    "searched_sources": "查过的来源",
    "settled": "本地有没有已查清的环节",
    "unsearched": "没有来源查过的环节",
    "makers_seen": "来源列出的本地独立企业（家）",
    "makers_estimate": "由来源的重合估计本地至少有（家）",
    "makers_low": "上述估计的下限（95 %）",
    "makers_high": "上述估计的上限（95 %）",
    "makers_coverage": "已见到的份额（估计）",
    "makers_coverage_low": "已见到的份额的下限（95 %）",
    "makers_coverage_high": "已见到的份额的上限（95 %）",
    "makers_why": "没有估计的原因",
    "incoherence": "链的层级不一致度 F0（0 整齐，1 无方向）",
    "synthetic": "合成数据（虚构，只供试用）",
}

SETTING_WORDS: Mapping[str, str] = {
    "confidence": "置信度门槛 τ：达到才算证实",
    "prior": "先验 ψ：未检索前存在生产者的概率",
    "absent": "P_absent 达到才可判断链",
    "n_eff_weak": "N_eff 低于此值判弱链",
    "n_eff_strong": "N_eff 达到才可判强链",
    "lq_low": "区位商低于此值判短板",
    "lq_strong": "区位商达到才可判强链",
    "strong_national_share": "强链另要求的全国占比（0 为不要求）",
    "strong_honours": "强链另要求的荣誉数（0 为不要求）",
    "concentration": "HHI 高于此值算集中",
    "import_ratio": "进口/出口高于此值算依赖",
    "dependence_years": "至少这么多年依赖",
    "dependence_window": "看最近这么多年",
    "dependence_share": "无贸易数据时国产化率的界线",
    "marginal_share": "国产化率不高于此值算无充分供给",
    "patent_share": "首位国家专利份额达到算技术受制",
    "technology_advantage": "RTA 低于此值算技术落后",
    "relatedness_level": "关联度比较的地区层级（1 省、2 市、3 县）",
    "lq_min_region": "计算区位商：地区至少有这么多家链上企业",
    "lq_min_product": "计算区位商：产品至少有这么多家企业",
    "lq_min_cell": "计算区位商：本地该产品至少有这么多家企业",
    "lq_interval": "区位商区间的置信概率",
    "few_regions": "有专长的地区少于此数时关联度只供参考",
    "extend_inputs": "投入在本地的份额达到才列入延链",
}

MODALITY_WORDS: Mapping[str, str] = MODALITIES

RELATION_WORDS: Mapping[str, str] = {relation.name: relation.label for relation in SCHEMA.relations}


def label_word(judged: Finding | Gap | ProductCoverage, axis: Literal["regional", "national"]) -> str:
    """A label as people read it; one that rests on an assumption says so, with the label it would have without."""
    label: str = getattr(judged, axis)
    without = (judged.assumption or {}).get(axis, label)
    return label if without == label else f"{label}（假设；否则{without}）"


def assumption_notice(assumptions: Sequence[Mapping[str, Any]]) -> str:
    """The sentence for the head of an answer that supposes detection rates; empty without any."""
    if not assumptions:
        return ""
    told = "；".join(str(one["text"]) for one in assumptions)
    return f"注意：{told}。假设不是查过：靠它得出的判定都标明“假设”和不作假设时的判定。"


def number_word(key: str) -> str:
    """The Chinese word of a field of ``Finding.numbers``; an unknown field keeps its own name."""
    return NUMBER_WORDS.get(key, key)


def coverage_rows(coverage: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The counts of coverage as word and value; of the estimate only what there is."""
    return [
        (COVERAGE_WORDS.get(key, key), written(value))
        for key, value in coverage.items()
        if value is not None or not key.startswith("makers_")
    ]


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
