"""How labels look: colour, glyph and border of every label, kind and national mark, declared once.

The four hues are those of Okabe and Ito, chosen because they stay apart for colour-blind readers. Colour is
never the only sign: each label also has its own pair of glyph and border, and its word is always written.
未知 is grey with a question mark so that it can never be taken for 断链.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bulian.queries.rules import NATIONAL_RULES, REGIONAL_RULES

__all__ = [
    "KIND_STYLES",
    "NATIONAL_STYLES",
    "NODE_KINDS",
    "REGIONAL_STYLES",
    "UNRATED",
    "KindStyle",
    "LabelStyle",
    "NationalStyle",
]

Hue = Literal["green", "blue", "orange", "vermillion", "grey"]
Border = Literal["solid", "dashed", "dotted"]


@dataclass(frozen=True, slots=True)
class LabelStyle:
    """Look of a regional label: glyph, hue, whether the card is tinted, border kind and width in pixels.

    ``meaning`` is the sentence shown wherever the label is explained.
    """

    label: str
    glyph: str
    hue: Hue
    tinted: bool
    border: Border
    width: int
    meaning: str


@dataclass(frozen=True, slots=True)
class NationalStyle:
    """Corner mark of a national label: its sign (empty = none), whether it is filled, and the meaning."""

    label: str
    mark: str
    filled: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class KindStyle:
    """A kind of node: its Chinese word, glyph, and vis-network shape on network pages."""

    kind: str
    label: str
    glyph: str
    shape: str
    hue: Hue


# One definition of a label in the house: the rule that gives it.
_REGIONAL = {rule.label: rule.definition for rule in REGIONAL_RULES}
_NATIONAL = {rule.label: rule.definition for rule in NATIONAL_RULES}

REGIONAL_STYLES: tuple[LabelStyle, ...] = (
    LabelStyle("断链", "✕", "vermillion", True, "dashed", 2, _REGIONAL["断链"]),
    LabelStyle("疑似断链", "✕?", "vermillion", False, "dotted", 2, _REGIONAL["疑似断链"]),
    LabelStyle("可替代缺口", "◐", "blue", True, "dashed", 1, _REGIONAL["可替代缺口"]),
    LabelStyle("弱链", "▲", "orange", True, "solid", 3, _REGIONAL["弱链"]),
    LabelStyle("短板", "◐", "blue", True, "solid", 1, _REGIONAL["短板"]),
    LabelStyle("未知", "?", "grey", False, "dotted", 1, _REGIONAL["未知"]),
    LabelStyle("正常", "●", "green", True, "solid", 1, _REGIONAL["正常"]),
    LabelStyle("强链", "●", "green", True, "solid", 3, _REGIONAL["强链"]),
)
UNRATED = LabelStyle("未评", "–", "grey", True, "solid", 1, "这次没有评估这个环节")

NATIONAL_STYLES: tuple[NationalStyle, ...] = (
    NationalStyle("卡脖子", "triangle", True, _NATIONAL["卡脖子"]),
    NationalStyle("疑似卡脖子", "triangle", False, _NATIONAL["疑似卡脖子"]),
    NationalStyle("对外依赖", "import", True, _NATIONAL["对外依赖"]),
    NationalStyle("未知", "question", False, _NATIONAL["未知"]),
    NationalStyle("国内可供", "", False, _NATIONAL["国内可供"]),
)

NODE_KINDS: tuple[str, ...] = ("Product", "Component", "Material", "Equipment", "Application")

KIND_STYLES: tuple[KindStyle, ...] = (
    KindStyle("Product", "产品", "▭", "box", "blue"),
    KindStyle("Component", "零部件", "▭", "box", "blue"),
    KindStyle("Material", "材料", "▭", "box", "blue"),
    KindStyle("Equipment", "设备", "▭", "box", "blue"),
    KindStyle("Application", "应用", "▭", "box", "blue"),
    KindStyle("Enterprise", "企业", "●", "dot", "green"),
    KindStyle("Institute", "院所", "◆", "diamond", "orange"),
    KindStyle("Technology", "技术", "▼", "triangleDown", "vermillion"),
    KindStyle("Region", "地区", "○", "dot", "grey"),
    KindStyle("Chain", "产业链", "⬡", "hexagon", "blue"),
    KindStyle("Policy", "政策", "★", "star", "orange"),
    KindStyle("Agency", "政府机构", "■", "square", "grey"),
)
