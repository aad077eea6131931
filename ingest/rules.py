"""The relation rules as data: what a sentence must say for two mentions to be related.

A pattern is a regular expression over a clause in which every mention is one placeholder (``clauses.py``), with
slots:

* ``{O}`` the object, one mention or an enumeration (甲、乙和丙) of the rule's object kinds;
* ``{S}`` the subject in the same way; a pattern without it takes the nearest organisation to the left that is not
  bound by 为, 向, 对 … (``subjects.py``), or the subject an earlier clause of the sentence left open;
* ``{G}`` an enumeration of at least two organisations, related to one another in pairs;
* ``【`` and ``】`` around the trigger: where modality is judged;
* ``…`` a short gap without other mentions and without the rule's ``avoid`` words.

More relations are more rules; no code changes. The triggers are our own reading of annual reports and policy papers;
enumeration splitting and typed slots follow the finding that a trigger word alone is weak evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RULES", "THING_KINDS", "Rule"]

_ORGS = ("Enterprise", "Institute")
THING_KINDS = ("Product", "Technology")
_BRING_IN = ("采购", "购买", "购置", "引进", "进口", "使用", "用于", "适用于", "替代", "代替", "依赖", "受让", "转让")
_PLACES_OF_OTHERS = (
    "基地",
    "工厂",
    "厂区",
    "分公司",
    "子公司",
    "项目",
    "门店",
    "研发中心",
    "办事处",
    "产业园",
    "毕业",
    "客户",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way a text states a relation.

    Attributes:
        id: stable name, becomes the method of the fact (``rule:<id>``).
        title: what it recognises, for people.
        relation: name of the relation.
        subjects: kinds the subject may have.
        objects: kinds the object may have.
        pattern: see the module text.
        confidence: how often the rule was right on the own gold sentences and on annual reports, 0–1, rounded down.
        avoid: words that must not stand in a gap or between the subject and the trigger.
    """

    id: str
    title: str
    relation: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    pattern: str
    confidence: float
    avoid: tuple[str, ...] = ()


_STUDY = (
    r"(?:研究(?!院|所|中心|生|员|人员|报告|基地|机构|室|会|部|出台|制定|决定|部署|编制|讨论|工作|课题组|团队)"
    r"|研发(?!中心|投入|人员|团队|能力|机构|费用|平台|基地|实力|成本|资金|大楼|总部)"
    r"|研制|攻关|攻克|主攻|专攻|探索|突破)"
)
_DEVELOP = r"(?:(?<!经济)(?<!技术)开发(?!区|商|者|市场|客户|利用))"
_MAKE = r"(?:研发|研制|开发|研究|设计)"
_JOIN = r"(?:与|同|和|跟|联合|携手|会同|协同|牵手|联手)"
_TALK = (
    r"(?:签署|签订|签约|签下|订立|达成|建立|缔结|结成|结为|形成|开展|展开|进行|深化|加强|保持|启动|推进|实施)"
    r"(?:(?!采购|供货|服务|用地|土地|授权|许可|委托协议|收购|股权|租赁|保密|借款|担保|转让|竞争|诉讼|购销|买卖|销售)[^，]){0,16}?"
    r"(?:合作|协议|联盟|共建|产学研|伙伴)"
)
_TOGETHER = (
    r"(?:共建|合资(?:设立|成立|组建|建设)|联合(?:攻关|研发|研制|开发|研究|成立|设立|申报|承担|培养|建设|组建|共建|打造|创建|发起|设计|实施|建立|完成|开展)"
    r"|共同(?:研发|研制|开发|建设|组建|成立|设立|承担|研究|攻关|打造|发起|出资|投资|建立|创建|设计|完成|实施|推进|开展)"
    r"|合作(?:研发|研制|开发|研究|共建|建设|成立|设立|攻关|生产|设计|建立|打造|推出|开展))"
)

_OF = r"(?:的(?:主要|长期|战略|重要|核心|\ue000)*)?"  # 甲的合作伙伴: this 的 does not hand the subject to another noun
_DO = r"(?:攻关|研|开发|成立|设立|申报|承担|培养|建|打造|发起)"
_HOW = r"(?:长期|战略|深度|密切|紧密|多年|产学研|校企|友好|强强|技术|有着?|全面|展开|、)"
_HAND = r"(?:联合|携手|会同|联手|牵手)"
_LIST = r"(?:有|包括|包含|为|是|涵盖|如)"
_ALLY = r"(?:伙伴|单位|院校|高校|企业|方|机构)"


def _research(id: str, title: str, pattern: str, confidence: float) -> Rule:
    return Rule(f"research.{id}", title, "RESEARCHES", _ORGS, THING_KINDS, pattern, confidence, _BRING_IN)


def _cooperate(id: str, title: str, pattern: str, confidence: float) -> Rule:
    return Rule(f"cooperate.{id}", title, "COOPERATES_WITH", _ORGS, _ORGS, pattern, confidence)


def _locate(id: str, title: str, pattern: str, confidence: float) -> Rule:
    return Rule(f"locate.{id}", title, "LOCATED_IN", _ORGS, ("Region",), pattern, confidence, _PLACES_OF_OTHERS)


# (:Institute|:Enterprise)-[:RESEARCHES]->(:Technology|:Product); 研发 is not production
_RESEARCH = (
    _research("verb", "甲研究、研发、攻关乙", rf"【{_STUDY}】…{{O}}", 0.9),
    _research("develop", "甲开发乙", rf"【{_DEVELOP}】…{{O}}", 0.8),
    _research(
        "frame", "甲开展（从事、致力于）乙的研究",
        rf"【(?:开展|从事|承担|进行|推进|参与|主持|致力于|专注于|专注|聚焦)】…{{O}}…(?:{_STUDY}|{_DEVELOP}|创新)", 0.9,
    ),
    _research(
        "topic", "甲针对（围绕、在）乙开展研究",
        rf"(?:对|针对|围绕|就|在|聚焦|瞄准|面向){{O}}…【(?:开展|进行|展开|组织|实施)?…(?:{_STUDY}|{_DEVELOP})】", 0.85,
    ),
    _research("direction", "甲的研究方向是乙", rf"【{_OF}研究(?:方向|领域|内容|重点)(?:为|是|包括|涵盖|有)】…{{O}}", 0.9),
    Rule("research.devoted", "甲致力于某项技术", "RESEARCHES", _ORGS, ("Technology",), r"【(?:致力于|专注于)】…{O}", 0.7),
    _research("funded", "甲投入资金用于乙的研发", rf"【投入】…(?:用于|于|到){{O}}…(?:{_STUDY}|{_DEVELOP})", 0.85),
    _research("of", "甲的乙研究取得成果", rf"{{S}}的{{O}}的?【{_STUDY}】…(?:成果|获|取得|处于|居|达到|领先|完成)", 0.8),
    _research("by", "乙由甲研发", rf"{{O}}…(?:是|系)?由…{{S}}…【{_MAKE}】", 0.9),
    _research("relative", "研究乙的甲", rf"【(?:{_STUDY}|从事|致力于|专注于)】…{{O}}(?:的?{_STUDY})?的…{{S}}", 0.8),
)  # fmt: skip

# (:Enterprise|:Institute)-[:COOPERATES_WITH]->(:Enterprise|:Institute), symmetric, one fact per pair
_COOPERATE = (
    _cooperate("agree", "甲与乙签署（达成、开展）合作", rf"{_JOIN}…{{O}}…【{_TALK}】", 0.9),
    _cooperate("together", "甲与乙共建、联合、共同做某事", rf"{_JOIN}…{{O}}…【{_TOGETHER}】", 0.9),
    _cooperate("join", "甲联合（携手）乙做某事", rf"【{_HAND}】…{{O}}[^，]{{0,20}}?(?:{_DO}|$)", 0.85),
    _cooperate("group", "甲、乙、丙联合（共同）做某事", rf"{{G}}…【{_TOGETHER}】", 0.9),
    _cooperate("agree_group", "甲、乙、丙签署合作协议", rf"{{G}}…【{_TALK}】", 0.9),
    _cooperate("cooperate", "甲与乙合作", rf"{_JOIN}…{{O}}…【{_HOW}*合作】", 0.8),
    _cooperate("partner_of", "甲是乙的合作伙伴", r"【(?:是|为|成为|系|作为)】…{O}…的…合作(?:伙伴|单位|企业|方)", 0.85),
    _cooperate("partners", "甲的合作伙伴包括乙", rf"【{_OF}合作{_ALLY}(?:主要)?{_LIST}】…{{O}}", 0.85),
    _cooperate("signed", "甲与乙签约", rf"{_JOIN}…{{O}}…【(?:正式)?签约】", 0.7),
)  # fmt: skip

_SITE = (
    r"(?:位于|坐落于|坐落在|坐落|地处|总部设在|总部设于|总部位于|总部在|总部落户|落户于|落户在|落户|落地于|落地"
    r"|注册地(?:址)?(?:为|在|是|位于)|注册于|注册在|设在|设于|地址(?:为|在|是)|入驻|迁入|迁至|迁到|扎根于|扎根)"
)
# 甲位于某地的项目 speaks of the project; 三省交界 is in none of them for certain
_NOT_NEAR = r"(?![^，]{0,6}的|[^，]{0,8}(?:交汇|交界|之间|附近|毗邻|接壤|流域|河谷|[上下]游))"

# (:Enterprise|:Institute)-[:LOCATED_IN]->(:Region)
_LOCATE = (
    _locate("verb", "甲位于（落户、总部设在）某地", rf"【{_SITE}】…{{O}}{_NOT_NEAR}", 0.9),
    _locate("relative", "位于某地的甲", rf"【{_SITE}】…{{O}}…的…{{S}}", 0.85),
)

RULES: tuple[Rule, ...] = (*_RESEARCH, *_COOPERATE, *_LOCATE)
