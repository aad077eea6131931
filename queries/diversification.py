"""Which products of a chain a region could grow into: relatedness, inputs and customers, and the list 延链.

延链 are products the region is not seen to make that need something it makes and whose inputs it mostly has. It says
nothing about absence. Definitions: ``docs/relatedness.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bulian.graph.region_levels import Level
from bulian.graph.store import GraphView

from .complexity import complexity
from .evidence import evidence_by_id
from .extension_words import reasons, unknowns
from .local_view import LocalView, read_local_view
from .neighbours import Input
from .region_products import RegionProducts
from .results import Evidence, RegionRef
from .settings import Settings
from .specialisation import doubts, number
from .supply import read_makers

__all__ = [
    "Diversification",
    "Extension",
    "ProductProfile",
    "extension_names",
    "extensions_of",
    "find_diversification",
    "find_extensions",
]

_EVIDENCE: Final = 8
_USE: Final = "Application"  # a using industry: the chain says little of what else it needs, so no share of it means much
_FIGURES: Final = ("lq", "lq_low", "lq_high", "density", "pci")
_UNSAID: Final = {
    "input_coverage": "数据中没有说它需要什么",
    "essential_coverage": "没有写明必需的投入品",
    "customer_coverage": "链上没有产品需要它",
}
_NO_LEVEL: Final = "只对省、市、区县算：国家和镇街没有可比的同级地区"


@dataclass(frozen=True, slots=True)
class Extension:
    """A product to extend into (延链).

    ``kind`` is its 类别 (Application: a using industry), ``inputs`` are what it needs, 必需 first, ``customers`` the
    products made here that need it. ``numbers`` are None where there is no data, and ``unknowns`` say why.
    """

    product: str
    kind: str
    numbers: Mapping[str, Any]
    inputs: tuple[Input, ...]
    customers: tuple[str, ...]
    reasons: tuple[str, ...]
    unknowns: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class ProductProfile:
    """How a product of the chain stands in the region.

    ``numbers``: ``lq`` with ``lq_low`` and ``lq_high``, ``specialised``, ``density``, ``pci``, and the coverage of
    inputs and customers as for an extension. ``missing`` says of each that is None why.
    """

    product: str
    numbers: Mapping[str, Any]
    missing: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Diversification:
    """Every product of a chain as seen from a region (by name), and the list 延链."""

    region: RegionRef
    chain: str
    level: Level | None
    settings: Mapping[str, Any]
    products: tuple[ProductProfile, ...]
    extensions: tuple[Extension, ...]
    few_regions: bool | None
    gap: float | None
    unknowns: tuple[str, ...]


def find_extensions(
    view: GraphView, region: str, chain: str, settings: Settings | None = None
) -> tuple[Extension, ...]:  # fmt: skip
    """The list 延链 of a region on a chain.

    A product, not a using industry (类别 应用), is listed when no confirmed maker of it is in the region, it needs
    something that is made there, and the share of its inputs made there, of all and of the 必需 ones, is at least
    ``extend_inputs``.

    Returns:
        By the share of 必需 inputs (of all where none is 必需), of all inputs, density (none last), name.

    Raises:
        NotFoundError: no such chain or region; AmbiguousNameError for a region name of several.
    """
    return extensions_of(view, read_local_view(view, region, chain, settings or Settings()))


def extensions_of(view: GraphView, here: LocalView) -> tuple[Extension, ...]:
    """The same of a region on a chain that was read already."""
    products = _candidates(here)
    if products and here.cells is None:  # who makes what elsewhere is only read when it is asked about
        here = here.with_peers(view)
    return _extensions(view, here, products)


def find_diversification(
    view: GraphView, region: str, chain: str, settings: Settings | None = None
) -> Diversification:  # fmt: skip
    """Every product of a chain as seen from a region: location quotient, density, complexity, inputs, customers.

    The region is compared with the areas of its own level: a county with counties, a city with cities.

    Raises:
        NotFoundError: no such chain or region; AmbiguousNameError for a region name of several.
        InputError: ``lq_interval`` is no probability.
    """
    here = read_local_view(view, region, chain, settings or Settings()).with_peers(view)
    profiles, gap = _profiles(here)
    cells, place = here.cells, RegionRef(here.place.code, here.place.full_name)
    extensions = extensions_of(view, here)
    level, few, told = (None, None, [_NO_LEVEL]) if cells is None else (cells.level, cells.few_regions, doubts(cells))
    return Diversification(
        place, here.chain.name, level, here.settings.as_json(), profiles, extensions, few, number(gap), tuple(told)
    )


def extension_names(view: GraphView, here: LocalView) -> tuple[str, ...]:
    """The products of the list alone, in its order."""
    products = _candidates(here)
    if products and here.cells is None:
        here = here.with_peers(view)
    density = here.cells.density(here.place.code, products) if here.cells else {}
    ranks = {name: _order(name, here.coverage(name) | {"density": number(density.get(name))}) for name in products}
    return tuple(sorted(products, key=ranks.__getitem__))


def _candidates(here: LocalView) -> list[str]:
    least = here.settings.extend_inputs
    found = []
    for product in sorted(here.links.users() & here.chain.graph.nodes):
        if here.links.made(product) or here.chain.graph.nodes[product]["kind"] == _USE:
            continue
        share, essential = here.links.input_share(product), here.links.input_share(product, essential=True)
        enough = share.value is not None and share.value >= least
        if share.here and enough and (essential.value is None or essential.value >= least):
            found.append(product)
    return found


def _extensions(view: GraphView, here: LocalView, products: Sequence[str]) -> tuple[Extension, ...]:
    density = here.cells.density(here.place.code, products) if here.cells else {}
    cited = _cited(view, here, products)
    lines = evidence_by_id(view, {fact for facts in cited.values() for fact in facts})
    found = [
        _extension(here, product, density.get(product), tuple(lines[f] for f in cited[product] if f in lines))
        for product in products
    ]
    return tuple(sorted(found, key=lambda one: _order(one.product, one.numbers)))


def _order(product: str, numbers: Mapping[str, Any]) -> tuple[float, float, float, str]:
    first = numbers["essential_coverage"]
    whole, density = numbers["input_coverage"], numbers["density"]
    return -(whole if first is None else first), -whole, 1.0 if density is None else -density, product


def _cited(view: GraphView, here: LocalView, products: Sequence[str]) -> dict[str, list[str]]:
    """The rows that say what each product needs of what is made here, then the best local maker of each."""
    made = {product: [name for one in here.links.inputs(product) for name in one.here] for product in products}
    wanted = sorted({name for names in made.values() for name in names} & here.chain.graph.nodes)
    best = read_makers(view, here.chain.pairs(wanted), here.place.code, 1) if wanted else {}
    local = {name: maker.fact for name, found in best.items() for maker in found if maker.scope == "local"}
    cited = {}
    for product, names in made.items():
        rows = here.chain.graph.out_edges(product, data=True)
        needs = [data["fact"] for _, name, data in rows if data["relation"] == "REQUIRES" and name in names]
        makers = (local[name] for name in names if name in local)
        cited[product] = list(dict.fromkeys([*needs[: _EVIDENCE // 2], *makers]))[:_EVIDENCE]
    return cited


def _extension(here: LocalView, product: str, density: float | None, evidence: tuple[Evidence, ...]) -> Extension:
    numbers = here.coverage(product) | {"density": number(density)}
    customers = tuple(name for name in here.links.customers(product) if here.links.made(name))
    kind, why, open_points = (
        here.chain.graph.nodes[product]["kind"], reasons(here, product, numbers), unknowns(here, product, numbers)
    )  # fmt: skip
    return Extension(product, kind, numbers, here.links.inputs(product), customers, why, open_points, evidence)


def _profiles(here: LocalView) -> tuple[tuple[ProductProfile, ...], float | None]:
    """Every product of the chain, and the gap of eigenvalues behind their complexity."""
    names = sorted(here.chain.graph)
    if here.cells is None:
        blank = dict.fromkeys(_FIGURES)
        return tuple(_profile(here, name, blank, dict.fromkeys(_FIGURES, _NO_LEVEL)) for name in names), None
    cells, code = here.cells, here.place.code
    found = complexity(cells.made)
    density = cells.density(code)
    quotients = cells.quotients(code) if code in cells.row else None
    told = []
    for name in names:
        column = cells.column.get(name)
        known = (None, None, None) if quotients is None or column is None else [number(q[column]) for q in quotients]
        figures = dict(zip(("lq", "lq_low", "lq_high"), known, strict=True)) | {"density": number(density.get(name))}
        figures["pci"] = None if column is None else number(found.pci[column])
        told.append(_profile(here, name, figures, _missing(cells, code, name, found.undefined)))
    return tuple(told), found.gap


def _missing(cells: RegionProducts, code: str, name: str, undefined: str) -> dict[str, str]:
    """Why each figure would be None."""
    quotient = cells.why_no_quotient(code, name)
    alone = "没有地区专业于它，或做它的地区与其余地区没有共同的产品"
    return dict.fromkeys(("lq", "lq_low", "lq_high"), quotient) | {
        "density": cells.why_no_density(code, name),
        "pci": undefined or alone,
    }


def _profile(
    here: LocalView, product: str, figures: Mapping[str, float | None], why: Mapping[str, str]
) -> ProductProfile:  # fmt: skip
    quotient = figures["lq"]
    numbers = {**figures, "specialised": None if quotient is None else quotient >= 1, **here.coverage(product)}
    reasons = {**why, "specialised": why["lq"], **_UNSAID}
    return ProductProfile(product, numbers, {name: reasons[name] for name, value in numbers.items() if value is None})
