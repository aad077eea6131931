"""Any node or edge down to source, locator and quote, with what contradicts itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bulian.graph.errors import AmbiguousNameError, NotFoundError
from bulian.graph.facts import Fact
from bulian.graph.kinds import CLAIMS, SCHEMA
from bulian.graph.modality import DENIED, VOID
from bulian.graph.schema import Relation
from bulian.graph.store import GraphView, Node

from .evidence import as_evidence, property_label, statement_of
from .results import Explanation

__all__ = ["explain", "find_one"]

_MANY = {prop.name for kind in SCHEMA.kinds for prop in kind.properties if prop.type == "names"} | {"name"}
_SINGLE = {prop.name for kind in SCHEMA.kinds for prop in kind.properties} | {claim.name for claim in CLAIMS} | {"kind"}
_RELATIONS = {word: relation for relation in SCHEMA.relations for word in (relation.name, relation.label)}
_EDGE = re.compile(rf"(.+?)\s+({'|'.join(map(re.escape, _RELATIONS))})\s+(.+)\Z", re.S)


def explain(view: GraphView, text: str) -> Explanation:
    """Everything behind a node (an id, name, alias or code) or an edge (``A RELATION B``, also ``A 生产 B``).

    Raises:
        NotFoundError: nothing of that name, or no such edge.
        AmbiguousNameError: several nodes bear the name; the message lists them.
    """
    match = _EDGE.match(text.strip())
    whole = match is not None and view.find(text.strip(), bare=True)
    if match is None or whole:
        node = find_one(view, text.strip())
        facts = sorted(view.facts(node=node.id), key=lambda fact: _reading_order(fact, node.id))
        told = {"id": node.id, "kind": node.kind, "name": node.name, "properties": node.properties}
        return Explanation(told, None, tuple(map(as_evidence, facts)), _conflicts(facts, node.id))
    relation = _RELATIONS[match[2]]
    source, target = find_one(view, match[1], relation.sources), find_one(view, match[3], relation.targets)
    facts = view.facts(edge=(source.id, relation.name, target.id))
    if not facts:
        raise NotFoundError(
            "没有这条关系",
            where=f"{source.name} {relation.name} {target.name}",
            hint="用 bulian explain 名称 可看到它的所有关系。",
        )
    return Explanation(
        None, _edge(view, source, relation, target), tuple(map(as_evidence, facts)), _edge_conflicts(facts)
    )


def _reading_order(fact: Fact, node_id: str) -> tuple[Any, ...]:
    """What is said of the node itself, then what it does, then what is done with it; the best supported first."""
    rank = 0 if fact.object_id is None else 1 if fact.subject_id == node_id else 2
    return rank, fact.predicate, -fact.confidence, fact.source, fact.locator, fact.id


def _edge(view: GraphView, source: Node, relation: Relation, target: Node) -> Mapping[str, Any]:
    edges = list(view.edges(relation.name, sources=[source.id], targets=[target.id]))
    return {
        "source": {"id": source.id, "name": source.name},
        "relation": relation.name,
        "target": {"id": target.id, "name": target.name},
        "modalities": {
            edge.modality: _told(edge.confidence, edge.facts, edge.sources, edge.qualifiers) for edge in edges
        },
    }


def _told(confidence: float, facts: int, sources: int, qualifiers: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"confidence": confidence, "facts": facts, "sources": sources, "qualifiers": dict(qualifiers)}


def _found(view: GraphView, text: str, kinds: Sequence[str] | None) -> list[Node]:
    """The nodes meant; of an end of an edge, whose ``kinds`` are given, only what it is, not what is said of it."""
    found = view.find(text, bare=kinds is not None)
    if not found and (kinds is None or "Region" in kinds):
        try:
            region = view.node(f"Region:{view.regions().resolve(text).code}")
        except NotFoundError:
            region = None
        found = [region] if region is not None else []
    if kinds is None:
        return found
    return [node for node in found if set(kinds) & set(SCHEMA.ancestors(node.kind))]


def find_one(view: GraphView, text: str, kinds: Sequence[str] | None = None) -> Node:
    """The one node an id, name, alias, code or region name means.

    Raises:
        NotFoundError: nothing of that name.
        AmbiguousNameError: several nodes bear it; the message lists them.
    """
    found = _found(view, text, kinds)
    if not found and kinds is not None and (others := _found(view, text, None)):
        told = "、".join(dict.fromkeys(SCHEMA.kind(node.kind).label for node in others))
        wanted = "、".join(SCHEMA.kind(kind).label for kind in kinds)
        raise NotFoundError(
            f"这个名称是{told}，这条关系的这一端要的是{wanted}", where=text, hint="请核对关系的方向与名称。"
        )
    if not found:
        raise NotFoundError("图里没有这个名称", where=text, hint="请核对名称；产品、企业、院所、技术、地区都可以查。")
    exact = [node for node in found if text in (node.id, node.name)]
    if len(found) > 1 and len(exact) != 1:
        listed = "；".join(f"{SCHEMA.kind(node.kind).label} {node.name}（{node.id}）" for node in found[:8])
        raise AmbiguousNameError(f"这个名称指 {len(found)} 个：{listed}", where=text, hint="请用括号里的编号再查。")
    return exact[0] if len(exact) == 1 else found[0]


def _conflicts(facts: Sequence[Fact], node_id: str) -> tuple[Mapping[str, Any], ...]:
    """Properties and statements of one year and place for which different values stand side by side."""
    said: dict[tuple[Any, ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        said_so = fact.modality not in VOID
        if said_so and fact.subject_id == node_id and fact.object_id is None and fact.predicate in _SINGLE - _MANY:
            context = tuple(fact.qualifiers.get(name) for name in ("region", "year", "partner"))
            said[(fact.predicate, *context)].append(fact)
    conflicts = [
        {
            "property": key[0],
            "message": f"{property_label(key[0])}有不同的说法：{'；'.join(sorted({statement_of(f) for f in group}))}",
            "facts": sorted(fact.id for fact in group),
        }
        for key, group in said.items()
        if len({fact.value for fact in group}) > 1
    ]
    return (*sorted(conflicts, key=lambda conflict: str(conflict["message"])), *_edge_conflicts(facts))


def _edge_conflicts(facts: Sequence[Fact]) -> tuple[Mapping[str, Any], ...]:
    """Links that one source states and another denies, or whose qualifiers differ."""
    said: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.object_id is not None and fact.modality != DENIED:
            said[fact.subject_id, fact.predicate, fact.object_id].append(fact)
    conflicts: list[Mapping[str, Any]] = []
    for (_, predicate, _), group in sorted(said.items()):
        head = f"{group[0].subject} {property_label(predicate)} {group[0].object}"
        ids = sorted(fact.id for fact in group)
        if {"stated", "negated"} <= {fact.modality for fact in group}:
            conflicts.append({"property": predicate, "message": f"{head}：有的来源说是，有的说不是", "facts": ids})
        for prop in SCHEMA.relation(predicate).properties:
            values = {fact.qualifiers[prop.name] for fact in group if prop.name in fact.qualifiers}
            if len(values) > 1 and prop.name not in ("chain", "year", "topic", "product", "date", "searched_source"):
                told = "、".join(sorted(map(str, values)))
                conflicts.append({"property": prop.name, "message": f"{head}：{prop.label}有 {told}", "facts": ids})
    return tuple(conflicts)
