"""The classes a model is declared with: properties, kinds, relations, and the schema that checks them.

Names are ASCII and checked once at construction, so they may stand in SQL and Cypher text; values never do.
Nothing here knows the model itself: that is declared as data in :mod:`bulian.graph.kinds`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from .errors import SchemaError

__all__ = ["Kind", "Property", "PropertyType", "Relation", "Schema"]

PropertyType = Literal["text", "number", "share", "year", "date", "flag", "names"]
"""text; number (万, 亿 are read); share (0–1; %, 成 are read); year; date (ISO, may be a year or a month);
flag (是/否); names (several names in one cell, separated by ；)."""

_PROPERTY_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_KIND_NAME = re.compile(r"[A-Z][A-Za-z]*\Z")
_RELATION_NAME = re.compile(r"[A-Z][A-Z_]*\Z")


@dataclass(frozen=True, slots=True)
class Property:
    """One property: ``name`` is its English header, ``label`` its Chinese header.

    ``choices`` lists the only values allowed; empty means any. ``unit`` is for people, e.g. 件/年.
    """

    name: str
    label: str
    description: str
    type: PropertyType = "text"
    choices: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of node. ``extends`` names its super-kind; ``key`` says in words what identifies one."""

    name: str
    label: str
    description: str
    key: str = "名称"
    properties: tuple[Property, ...] = ()
    extends: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A directed relation between kinds; ``counts_as_supply`` is true for the one that does."""

    name: str
    label: str
    description: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    properties: tuple[Property, ...] = ()
    counts_as_supply: bool = False


@dataclass(frozen=True)
class Schema:
    """All kinds and relations, checked as a whole.

    Raises:
        SchemaError: once, listing every fault found.
    """

    kinds: tuple[Kind, ...]
    relations: tuple[Relation, ...]

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise SchemaError("模型声明有误：" + "；".join(faults), where="graph/kinds.py", hint="请改正声明。")

    @cached_property
    def _kinds(self) -> dict[str, Kind]:
        return {kind.name: kind for kind in self.kinds}

    @cached_property
    def _relations(self) -> dict[str, Relation]:
        return {relation.name: relation for relation in self.relations}

    def _faults(self) -> Iterator[str]:
        names = [*(kind.name for kind in self.kinds), *(relation.name for relation in self.relations)]
        yield from (f"{name} 声明了两次" for name in sorted(set(names)) if names.count(name) > 1)
        for kind in self.kinds:
            if not _KIND_NAME.match(kind.name):
                yield f"类型名 {kind.name!r} 不合规"
            if kind.extends is not None and kind.extends not in self._kinds:
                yield f"{kind.name} 的上级 {kind.extends} 未声明"
            yield from _property_faults(kind.name, kind.properties)
        for relation in self.relations:
            if not _RELATION_NAME.match(relation.name):
                yield f"关系名 {relation.name!r} 不合规"
            ends = (*relation.sources, *relation.targets)
            yield from (f"{relation.name} 的一端 {end} 未声明" for end in ends if end not in self._kinds)
            yield from _property_faults(relation.name, relation.properties)
        yield from self._type_faults()

    def _type_faults(self) -> Iterator[str]:
        seen: dict[str, PropertyType] = {}
        for relation in self.relations:
            for prop in relation.properties:
                if seen.setdefault(prop.name, prop.type) != prop.type:
                    yield f"{relation.name}.{prop.name} 的类型与别处不同"

    def kind(self, name: str) -> Kind:
        """The kind of that name; SchemaError when it is not declared."""
        try:
            return self._kinds[name]
        except KeyError:
            raise SchemaError(f"没有类型 {name}", where=name, hint="可用：" + "、".join(self._kinds)) from None

    def relation(self, name: str) -> Relation:
        """The relation of that name; SchemaError when it is not declared."""
        try:
            return self._relations[name]
        except KeyError:
            raise SchemaError(f"没有关系 {name}", where=name, hint="可用：" + "、".join(self._relations)) from None

    def ancestors(self, kind: str) -> tuple[str, ...]:
        """The kind itself and what it extends, nearest first: ("Component", "Product")."""
        chain = [kind]
        parent = self.kind(kind).extends
        while parent is not None:
            chain.append(parent)
            parent = self.kind(parent).extends
        return tuple(chain)

    def family(self, kind: str) -> str:
        """The root kind whose names share one key space: Component → Product."""
        return self.ancestors(kind)[-1]

    @cached_property
    def qualifiers(self) -> tuple[Property, ...]:
        """Every property some relation carries, each once, in declared order: columns of the fact table."""
        unique: dict[str, Property] = {}
        for relation in self.relations:
            for prop in relation.properties:
                unique.setdefault(prop.name, prop)
        return tuple(unique.values())


def _property_faults(owner: str, properties: tuple[Property, ...]) -> Iterator[str]:
    for prop in properties:
        if not _PROPERTY_NAME.match(prop.name):
            yield f"{owner} 的属性名 {prop.name!r} 不合规"
        if not prop.label or not prop.description:
            yield f"{owner}.{prop.name} 缺中文名或说明"
