"""The declared model told to people and scripts: a table, a plain dict, a Mermaid diagram, and docs/schema.md.

Everything is derived from :mod:`bulian.graph.kinds`; nothing about the model is written down here a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from .kinds import ALIAS_PROPERTIES, CLAIMS, CONTEXT, KIND_OF_CATEGORY, MODALITIES, RELATION_OF_ROLE, SCHEMA, TRADE_FLOWS
from .schema import Kind, Property, Relation

__all__ = [
    "SCHEMA_COMMAND",
    "markdown_table",
    "schema_json",
    "schema_mermaid",
    "schema_page",
    "schema_rows",
    "type_words",
]

SCHEMA_COMMAND: Final = "bulian schema --format page > docs/schema.md"
"""The command that writes docs/schema.md anew."""

_TYPE_WORDS: Final = {
    "text": "文字",
    "number": "数，可带 万、亿",
    "share": "比例，35% 或 0.35",
    "year": "年份，如 2024",
    "date": "日期，2024-03-01、2024-03 或 2024",
    "flag": "是 或 否",
    "names": "文字，多个用 ； 隔开",
}


def type_words(prop: Property) -> str:
    """What may stand in a cell of this property, in words: the allowed values, or the form."""
    words = "、".join(prop.choices) if prop.choices else _TYPE_WORDS[prop.type]
    return f"{words}（{prop.unit}）" if prop.unit else words


def schema_rows() -> tuple[tuple[str, ...], list[tuple[str | None, ...]]]:
    """The whole model as one flat table, in declared order.

    Returns:
        The Chinese headings, and a row per property. A kind or relation without properties of its own has one
        row with its own description; claims and their context hold for any subject.
    """
    headings = ("部分", "属于", "名称", "属性", "中文", "可填", "说明")
    rows = [row for kind in SCHEMA.kinds for row in _owner_rows("类型", kind)]
    rows += [row for relation in SCHEMA.relations for row in _owner_rows("关系", relation)]
    rows += [_row("说法", None, None, prop) for prop in CLAIMS]
    return headings, rows + [_row("说法的背景", None, None, prop) for prop in CONTEXT]


def _owner_rows(part: str, owner: Kind | Relation) -> Iterator[tuple[str | None, ...]]:
    if not owner.properties:
        yield part, owner.name, owner.label, None, None, None, owner.description
    for prop in owner.properties:
        yield _row(part, owner.name, owner.label, prop)


def _row(part: str, owner: str | None, owner_label: str | None, prop: Property) -> tuple[str | None, ...]:
    return part, owner, owner_label, prop.name, prop.label, type_words(prop), prop.description


def schema_json() -> dict[str, Any]:
    """The model as a plain dict of lists, dicts, texts and None, ready for JSON.

    Returns:
        ``kinds`` (each with its ``ancestors``, nearest first, itself left out, and all properties it has,
        inherited ones too), ``relations`` (with ``sources``, ``targets`` and ``properties``), ``claims``,
        ``context``, ``modalities``, ``categories``, ``roles``, ``trade_flows`` and ``alias_properties``.
    """
    return {
        "kinds": [_kind_json(kind) for kind in SCHEMA.kinds],
        "relations": [_relation_json(relation) for relation in SCHEMA.relations],
        "claims": [_property_json(prop) for prop in CLAIMS],
        "context": [_property_json(prop) for prop in CONTEXT],
        "modalities": dict(MODALITIES),
        "categories": dict(KIND_OF_CATEGORY),
        "roles": dict(RELATION_OF_ROLE),
        "trade_flows": dict(TRADE_FLOWS),
        "alias_properties": list(ALIAS_PROPERTIES),
    }


def _kind_json(kind: Kind) -> dict[str, Any]:
    lineage = SCHEMA.ancestors(kind.name)
    owned = [prop for name in reversed(lineage) for prop in SCHEMA.kind(name).properties]
    return {
        "name": kind.name,
        "label": kind.label,
        "description": kind.description,
        "key": kind.key,
        "extends": kind.extends,
        "ancestors": list(lineage[1:]),
        "properties": [_property_json(prop) for prop in owned],
    }


def _relation_json(relation: Relation) -> dict[str, Any]:
    return {
        "name": relation.name,
        "label": relation.label,
        "description": relation.description,
        "sources": list(relation.sources),
        "targets": list(relation.targets),
        "counts_as_supply": relation.counts_as_supply,
        "properties": [_property_json(prop) for prop in relation.properties],
    }


def _property_json(prop: Property) -> dict[str, Any]:
    return {
        "name": prop.name,
        "label": prop.label,
        "description": prop.description,
        "type": prop.type,
        "choices": list(prop.choices),
        "unit": prop.unit,
    }


def schema_mermaid() -> str:
    """A Mermaid class diagram: kinds with their properties, what extends what, and every relation."""
    lines = ["classDiagram", "  direction LR"]
    for kind in SCHEMA.kinds:
        lines.append(f'  class {kind.name}["{kind.label} {kind.name}"]')
        lines += [f"  {kind.name} : {prop.type} {prop.name}" for prop in kind.properties]
    lines += [f"  {kind.extends} <|-- {kind.name}" for kind in SCHEMA.kinds if kind.extends]
    lines += [
        f"  {source} --> {target} : {relation.name} {relation.label}"
        for relation in SCHEMA.relations
        for source in relation.sources
        for target in relation.targets
    ]
    return "\n".join(lines) + "\n"


def markdown_table(headers: Sequence[str], rows: Iterable[Sequence[str | None]]) -> list[str]:
    """Lines of a Markdown table; None is an empty cell, bars and line ends in cells are kept harmless."""
    lines = [headers, ["---"] * len(headers), *rows]
    return ["| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines]


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|").replace("\n", " ")


def schema_page() -> str:
    """docs/schema.md: the model for people, in Markdown."""
    lines = [
        "# 图谱的模型",
        "",
        f"本页由程序生成，请勿手改；改了 `graph/kinds.py` 之后用 `{SCHEMA_COMMAND}` 重新生成。",
        "",
        f"共 {len(SCHEMA.kinds)} 种类型、{len(SCHEMA.relations)} 种关系、{len(CLAIMS)} 种规则看得懂的说法。"
        "每条信息都带来源、位置、方法、置信度与性质；同一属性有几个值就并列几个。",
        "",
        "## 类型",
        "",
        *markdown_table(["类型", "中文", "上级", "靠什么认定是同一个", "说明"], map(_kind_line, SCHEMA.kinds)),
        "",
        "下级类型有上级的全部属性。",
        "",
    ]
    for kind in SCHEMA.kinds:
        if kind.properties:
            lines += [f"### {kind.label}（{kind.name}）的属性", "", *_property_lines(kind.properties), ""]
    lines += ["## 关系", "", *_relation_lines(), ""]
    for relation in SCHEMA.relations:
        if relation.properties:
            lines += [f"### {relation.label}（{relation.name}）的属性", "", *_property_lines(relation.properties), ""]
    lines += [*_statement_lines(), "## 图", "", "```mermaid", schema_mermaid().rstrip("\n"), "```"]
    return "\n".join(lines) + "\n"


def _kind_line(kind: Kind) -> tuple[str | None, ...]:
    return f"`{kind.name}`", kind.label, kind.extends and f"`{kind.extends}`", kind.key, kind.description


def _property_lines(properties: Iterable[Property]) -> list[str]:
    rows = [(f"`{prop.name}`", prop.label, type_words(prop), prop.description) for prop in properties]
    return markdown_table(["属性", "中文", "可填", "说明"], rows)


def _relation_lines() -> list[str]:
    rows = [
        (
            f"`{relation.name}`", relation.label, _ends(relation.sources), _ends(relation.targets),
            "是" if relation.counts_as_supply else "否", relation.description,
        )
        for relation in SCHEMA.relations
    ]  # fmt: skip
    return markdown_table(["关系", "中文", "从", "到", "算供给", "说明"], rows)


def _ends(kinds: Iterable[str]) -> str:
    return "、".join(f"{SCHEMA.kind(name).label} `{name}`" for name in kinds)


def _statement_lines() -> list[str]:
    """Claims, what they carry, modalities, and the words of the tables with the names they stand for."""
    return [
        *("## 说法", "", "有年份、有来源的说法。规则看得懂下面这些；别的名称原样保留。", ""),
        *(*_property_lines(CLAIMS), "", "说法另带：", "", *_property_lines(CONTEXT), ""),
        *("贸易表的流向：" + "、".join(f"{word} `{name}`" for word, name in TRADE_FLOWS.items()) + "。", ""),
        *("## 信息的性质", "", *markdown_table(["代号", "含义"], [(f"`{m}`", w) for m, w in MODALITIES.items()]), ""),
        *("## 表里的词", "", "类别与角色在表里写中文，在图里是："),
        *("", *markdown_table(["类别", "类型"], [(w, f"`{name}`") for w, name in KIND_OF_CATEGORY.items()])),
        *("", *markdown_table(["角色", "关系"], [(w, f"`{name}`") for w, name in RELATION_OF_ROLE.items()]), ""),
    ]
