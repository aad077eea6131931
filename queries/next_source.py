"""Which source to check next for a product here: those whose detection rate is known first, then the usual kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bulian.graph.modality import CONFIRMED
from bulian.graph.names import normal_form
from bulian.graph.regions import Regions
from bulian.graph.store import GraphView

from .registers import register_of

__all__ = ["NextSource", "Sources", "read_rates"]

_SHOWN: Final = 4
_BUSINESS: Final = "企业信息平台（企查查、天眼查等，按经营范围检索）"
_USUAL: Final = (
    "行业协会会员名录", "经信局规模以上工业企业名册", _BUSINESS, "政府采购与招标中标公告", "展会参展商名录",
    "专利权人与产品认证、生产许可证名单",
)  # fmt: skip

Kind = Literal["检索来源", "数据来源", "常见来源"]


@dataclass(frozen=True, slots=True)
class NextSource:
    """A source that was not searched for a product here.

    ``kind`` says where it is known from: 检索来源 (searched for another product or elsewhere), 数据来源 (a file taken in
    that names makers of the chain here) or 常见来源 (a usual kind, in no data). ``rate`` is its detection rate as far
    as it is known, ``basis`` from where; ``enough`` whether that rate would settle absence, None where it is not
    known. ``note`` warns of a source that shows the same register as one searched.
    """

    name: str
    kind: Kind
    rate: float | None
    basis: str | None
    enough: bool | None
    note: str | None


_KINDS: Final[tuple[Kind, ...]] = ("检索来源", "数据来源", "常见来源")


@dataclass(frozen=True, slots=True)
class _Known:
    """A source that could be searched; ``place`` is its place in the order of the usual kinds, 0 for others."""

    name: str
    kind: Kind
    rate: float | None
    basis: str | None
    register: str | None
    place: int = 0

    def told(self, needed: float | None, seen: set[str]) -> NextSource:
        note = f"与已查的来源同取自{self.register}，再查几乎不增加把握" if self.register in seen else None
        enough = False if needed is None else None if self.rate is None else self.rate >= needed
        return NextSource(self.name, self.kind, self.rate, self.basis, enough, note)

    def order(self, seen: set[str]) -> tuple[bool, int, float, int]:
        return self.register in seen, _KINDS.index(self.kind), -(self.rate or 0.0), self.place


class Sources:
    """The sources that could be searched; the same for every product that lacks the same.

    Args:
        declared: rates registered anywhere, by name of the source, with the areas they are registered for.
        found: of the files that name makers here, title and the rate estimated by re-finding (None: too few).
    """

    def __init__(
        self, declared: Mapping[str, Sequence[tuple[float, str]]], found: Iterable[tuple[str, float | None]]
    ) -> None:
        known: dict[str, _Known] = {}
        for name in sorted(declared):
            rate, place = min(declared[name])
            basis = f"登记的检出率（{place}）"
            known[normal_form(name)] = _Known(name, "检索来源", rate, basis, register_of(name))
        for title, estimated in found:
            told = None if estimated is None else "由重新找到别的来源所列企业估计，未登记"
            known.setdefault(normal_form(title), _Known(title, "数据来源", estimated, told, register_of(title)))
        for number, name in enumerate(_USUAL):
            known.setdefault(normal_form(name), _Known(name, "常见来源", None, None, register_of(name), number))
        self._known = known
        self._told: dict[tuple[tuple[str, ...], float | None], tuple[NextSource, ...]] = {}

    def after(self, searched: Sequence[str], needed: float | None) -> tuple[NextSource, ...]:
        """The sources to check after these, the best first; at most four.

        First those of no register that was searched already: those of a registered rate, by falling rate, then the files,
        then the usual kinds.

        Args:
            searched: names of the sources searched for the product here.
            needed: the detection rate one more source must have; None where none can settle it.
        """
        asked = (tuple(searched), needed)
        if asked not in self._told:
            self._told[asked] = self._after(*asked)
        return self._told[asked]

    def _after(self, searched: Sequence[str], needed: float | None) -> tuple[NextSource, ...]:
        done = {normal_form(name) for name in searched}
        seen = {register for name in searched if (register := register_of(name))}
        left = sorted((one for key, one in self._known.items() if key not in done), key=lambda one: one.order(seen))
        return tuple(one.told(needed, seen) for one in left[:_SHOWN])


def read_rates(view: GraphView, regions: Regions) -> Mapping[str, Sequence[tuple[float, str]]]:
    """Every detection rate that is registered, whatever the region and product: by source, rate and area in words."""
    rates: dict[str, list[tuple[float, str]]] = {}
    for fact in view.facts(predicates=["SEARCHED"]):
        name, rate = fact.qualifiers.get("searched_source"), fact.qualifiers.get("detection_rate")
        if name is not None and rate is not None and fact.modality in CONFIRMED:
            area = regions.get(fact.subject_id.removeprefix("Region:")).name
            rates.setdefault(name, []).append((float(rate), f"{area}{fact.object or ''}"))
    return rates
