"""What a name in a scenario means: a firm or its group, a region or country, a product, or everything abroad."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bulian.graph.errors import AmbiguousNameError, NotFoundError
from bulian.graph.kinds import SCHEMA
from bulian.graph.modality import CONFIRMED
from bulian.graph.names import credit_code_error, normal_form
from bulian.graph.region_remaining import Removal
from bulian.graph.regions import ROOT, Regions
from bulian.graph.store import GraphView, Node

__all__ = ["ABROAD", "Taken", "resolve_taken"]

ABROAD: Final = "境外"
"""The word for all firms outside the mainland customs territory."""

Sort = Literal["企业", "集团", "地区", "国家", "产品", "境外"]

_MAKERS: Final = ("Enterprise", "Institute")
_PRODUCT: Final = "Product"
_REGION: Final = "Region:"


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing taken away.

    ``name`` is its canonical name (a region keeps the name it was given by), ``kind`` what it was understood as,
    ``id`` the node's id, a region's code, or empty for 境外. ``firms`` are the ids of the firms it stands for where it
    is a firm or a 所属集团.
    """

    name: str
    kind: Sort
    id: str
    firms: tuple[str, ...] = ()

    @property
    def product(self) -> bool:
        """Whether it is a product, which no maker has to be counted for."""
        return self.kind == "产品"

    @property
    def removal(self) -> Removal:
        """The firms that go with it."""
        places = (self.id,) if self.kind in ("地区", "国家") else ()
        return Removal(self.firms, places, self.kind == ABROAD)


def resolve_taken(view: GraphView, texts: Iterable[str], products: Collection[str]) -> tuple[Taken, ...]:
    """What each text means, each thing once, in the order given.

    An id or a code means one thing. Inside one kind a name beats an alias or short name; a name of things of several
    kinds is not guessed.

    Args:
        view: the store.
        texts: names, aliases, codes or ids.
        products: names of the products that can be taken away.

    Raises:
        NotFoundError: nothing is called so, or only a product that is not on the chain.
        AmbiguousNameError: several things are; the message lists them.
    """
    found = {(one.kind, one.id): one for one in (_resolved(view, text.strip(), products) for text in texts)}
    return tuple(found.values())


def _resolved(view: GraphView, text: str, products: Collection[str]) -> Taken:
    if text == ABROAD:
        return Taken(ABROAD, "境外", "")
    nodes = _found(view, text) if text else []
    exact = [node for node in nodes if node.id == text]
    meant = [
        *_nearest(text, [node for node in exact or nodes if node.kind in _MAKERS]),
        *_nearest(text, [node for node in exact or nodes if _is_product(node) and node.name in products]),
    ]
    codes = _regions(view.regions(), text, exact or nodes) if not exact or exact[0].kind == "Region" else []
    if len(meant) + len(codes) > 1:
        raise _ambiguous(view.regions(), text, meant, codes)
    if codes:
        return _region(view.regions(), text, codes[0])
    if not meant:
        raise _unknown(text, nodes)
    return _product(meant[0]) if _is_product(meant[0]) else _firm(view, meant[0])


def _found(view: GraphView, text: str) -> list[Node]:
    """Nodes of that id, name or alias, or the firm of that credit code."""
    code = text.upper()
    coded = view.node(f"Enterprise:{code}") if credit_code_error(code) is None else None
    return [coded] if coded else view.find(text)


def _is_product(node: Node) -> bool:
    return _PRODUCT in SCHEMA.ancestors(node.kind)


def _nearest(text: str, nodes: Sequence[Node]) -> Sequence[Node]:
    """Those that bear the name itself, else all."""
    return [node for node in nodes if normal_form(node.name) == normal_form(text)] or nodes


def _regions(regions: Regions, text: str, nodes: Iterable[Node]) -> list[str]:
    """Codes of the regions a text means: at most one by name, and those of nodes."""
    try:
        named = [regions.resolve(text).code] if text else []
    except AmbiguousNameError:
        raise
    except NotFoundError:
        named = []
    return sorted({*named, *(node.id.removeprefix(_REGION) for node in nodes if node.kind == "Region")})


def _region(regions: Regions, text: str, code: str) -> Taken:
    region = regions.get(code)
    country = region.parent is None and code != ROOT
    name = text if text in (region.name, region.full_name) else region.full_name
    return Taken(name, "国家" if country else "地区", code)


def _product(node: Node) -> Taken:
    return Taken(node.name, "产品", node.id)


def _firm(view: GraphView, node: Node) -> Taken:
    """A firm stands for itself; one that others name as their 所属集团 for them and theirs too."""
    members = {node.id}
    asked = [node.id]
    while asked:
        edges = view.edges("SUBSIDIARY_OF", targets=asked)
        asked = sorted({edge.source for edge in edges if edge.modality in CONFIRMED} - members)
        members.update(asked)
    return Taken(node.name, "集团" if len(members) > 1 else "企业", node.id, tuple(sorted(members)))


def _ambiguous(regions: Regions, text: str, nodes: Iterable[Node], codes: Iterable[str]) -> AmbiguousNameError:
    def told() -> Iterator[str]:
        for node in nodes:
            yield f"{'产品' if _is_product(node) else '企业'} {node.name}（{node.id}）"
        for code in codes:
            yield f"地区 {regions.get(code).full_name}（{code}）"

    listed = list(told())
    return AmbiguousNameError(
        f"“{text}”指 {len(listed)} 样东西：{'、'.join(listed)}", where=text, hint="请用括号里的编号或代码。"
    )


def _unknown(text: str, nodes: Sequence[Node]) -> NotFoundError:
    if any(_is_product(node) for node in nodes):
        return NotFoundError("链上没有这个产品", where=text, hint="用 bulian weak 可看到链上的所有产品。")
    return NotFoundError("没有叫这个名称的企业、地区、国家或产品", where=text, hint="请用全名、代码，或写 境外。")
