"""What is wrong or doubtful in the data of a chain, each with the fix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches

from bulian.graph.modality import CONFIRMED
from bulian.graph.names import normal_form
from bulian.graph.regions import ROOT
from bulian.graph.store import GraphView, Node

from .chain_graph import ChainGraph, read_chain
from .check_structure import check_structure
from .results import Problem
from .settings import Settings

__all__ = ["check_chain"]

_LISTED = 20


def check_chain(view: GraphView, chain: str, settings: Settings | None = None) -> tuple[Problem, ...]:
    """Problems of a chain's data, sorted by code, then place.

    Raises:
        NotFoundError: there is no such chain.
    """
    settings = settings or Settings()
    graph = read_chain(view, chain, settings)
    products = {node.name: node for node in view.nodes(ids=[data["id"] for _, data in graph.graph.nodes(data=True)])}
    found = [
        *check_structure(view, graph), *_contradictions(graph, settings.confidence), *_dangling(products),
        *_stages(view, products), *_aliases(products), *_lonely(graph), *_firms(view, graph), *_off_chain(view, graph),
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda problem: (problem.code, problem.where, problem.message)))


def _contradictions(graph: ChainGraph, threshold: float) -> Iterator[Problem]:
    for conflict in graph.rules.conflicts:
        yield Problem(
            f"{conflict.kind}_conflict", conflict.message, f"{conflict.product} 需要 {conflict.object}",
            "请核对来源；两种说法都保留着，计算取其严者。",
        )  # fmt: skip
    for source, target, data in graph.graph.edges(data=True):
        if data["essentiality"] == "必需" and data["confidence"] < threshold:
            yield Problem(
                "doubtful_need", f"“{source}”必需“{target}”的说法置信度只有 {data['confidence']:g}，按未说明处理",
                f"{source} 需要 {target}", "请补更可靠的来源。",
            )  # fmt: skip


def _dangling(products: dict[str, Node]) -> Iterator[Problem]:
    for name, node in products.items():
        if "name" not in node.properties:
            yield Problem(
                "dangling_product",
                f"“{name}”只在关系里出现，产品表没有定义它",
                name,
                "请在产品表补一行，或改成已有产品的名称。",
            )


def _stages(view: GraphView, products: dict[str, Node]) -> Iterator[Problem]:
    stages: dict[str, set[str]] = defaultdict(set)
    for fact in view.facts(subjects=[node.id for node in products.values()], predicates=["IN_CHAIN"]):
        if "stage" in fact.qualifiers:
            stages[f"{fact.subject}\t{fact.object}"].add(fact.qualifiers["stage"])
    for key, said in stages.items():
        if len(said) > 1:
            name = key.split("\t")[0]
            yield Problem("stage_conflict", f"“{name}”的环节有 {'、'.join(sorted(said))} 几种说法", name, "请统一环节。")
    for name, node in products.items():
        kinds = node.properties.get("kind", ())
        if len(kinds) > 1:
            yield Problem("kind_conflict", f"“{name}”的类别有几种说法", name, "请统一类别。")


def _aliases(products: dict[str, Node]) -> Iterator[Problem]:
    owners: dict[str, set[str]] = defaultdict(set)
    for name, node in products.items():
        for alias in node.properties.get("aliases", ()):
            owners[normal_form(alias)].add(name)
    names = {normal_form(name): name for name in products}
    for alias, held in sorted(owners.items()):
        if alias in names and names[alias] not in held:
            yield Problem(
                "alias_conflict", f"“{names[alias]}”既是产品，又是“{'、'.join(sorted(held))}”的别名；按产品算",
                names[alias], "请删去别名，或合并两个产品。",
            )  # fmt: skip
        if len(held) > 1:
            yield Problem(
                "alias_conflict",
                f"别名“{alias}”属于几个产品：{'、'.join(sorted(held))}；不按它认产品",
                alias,
                "请只留一个。",
            )


def _lonely(graph: ChainGraph) -> Iterator[Problem]:
    for name in sorted(graph.graph):
        if not graph.graph.degree(name):
            yield Problem("isolated_product", f"“{name}”与链上其他环节没有关系", name, "请在产业链关系表补上它的上下游。")


def _off_chain(view: GraphView, graph: ChainGraph) -> Iterator[Problem]:
    """Products that firms are said to make but that no table defines and no chain holds: often slips of the pen."""
    loose = [node for node in view.nodes("Product") if "name" not in node.properties and node.name not in graph.graph]
    made = {edge.target for edge in view.edges("PRODUCES", targets=[node.id for node in loose])} if loose else set()
    for node in [node for node in loose if node.id in made][:_LISTED]:
        near = get_close_matches(node.name, list(graph.graph), n=1, cutoff=0.5)
        ask = f"是否应为“{near[0]}”？" if near else "请核对名称，或在产品表补一行。"
        yield Problem("unknown_product", f"有企业生产“{node.name}”，但它不在任何链上，未计入供给", node.name, ask)


def _firms(view: GraphView, graph: ChainGraph) -> Iterator[Problem]:
    """Makers that no enterprise table defines: they have no place and count nowhere."""
    makers = view.producers(graph.pairs(), ROOT, _LISTED).to_pylist()
    ids = sorted({row["id"] for row in makers})
    for node in view.nodes(ids=ids):
        if "name" not in node.properties:
            yield Problem(
                "dangling_enterprise", f"“{node.name}”只在企业产品里出现，企业表没有它，所在地不明，未计入供给",
                node.name, "请在企业表补一行。",
            )  # fmt: skip
    places: dict[str, set[str]] = defaultdict(set)
    regions = view.regions()
    for edge in view.edges("LOCATED_IN", sources=ids) if ids else ():
        if edge.modality in CONFIRMED:
            places[edge.source].add(edge.target.split(":", 1)[1])
    for firm, codes in sorted(places.items()):
        outer = {b for a in codes for b in codes if a != b and regions.contains(b, a)}
        if len(codes - outer) > 1:
            names = "、".join(regions.get(code).full_name for code in sorted(codes - outer))
            yield Problem("region_conflict", f"企业的所在地有几种说法：{names}", firm, "请核对；计算取置信度高者。")
