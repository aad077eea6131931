"""What dated statements and trade rows say of each product: dependence, technology gap, shares, local production."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Final

from bulian.graph.kinds import ABSENT, TRADE_FLOWS
from bulian.graph.modality import CONFIRMED
from bulian.graph.regions import ROOT
from bulian.graph.store import GraphView

from .settings import Settings
from .trade import Dependence, Flow, TradeRow, TradeRule, import_dependence, partial_years

__all__ = ["NO_CLAIMS", "Claim", "ProductClaims", "claim_rows", "read_claims", "weighed"]

# Of equally new and sure values the one that speaks for dependence is taken; for all others that is the lower one.
_MORE_IS_WORSE = ("import_dependence", "top_country_patent_share")
_FLOW_OF: Mapping[str, Flow] = {predicate: flow for flow, predicate in TRADE_FLOWS.items()}  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement: ``number`` where the value is one, ``when`` the year it speaks of, else the source's date."""

    value: str
    number: float | None
    when: str
    region: str
    source: str
    confidence: float
    fact: str

    @property
    def dated(self) -> bool:
        """Whether the statement or its source gives a date."""
        return bool(self.when)


@dataclass
class ProductClaims:
    """All statements about one product, by property; doubtful ones (below the threshold) apart.

    ``claims`` are sorted from newest to oldest, undated ones last; of one date the surest first, then the one that
    speaks for weakness. ``perhaps_made`` are the doubtful ones that say there is local production, ``trade_facts``
    the largest import of each of the newest years.
    """

    claims: dict[str, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    doubtful: list[Claim] = field(default_factory=list)
    perhaps_made: list[Claim] = field(default_factory=list)
    trade: Dependence | None = None
    trade_facts: list[str] = field(default_factory=list)

    def national(self, name: str) -> list[Claim]:
        """Statements about China as a whole, newest first."""
        found = self.claims.get(name)
        return [claim for claim in found if claim.region == ROOT] if found else []

    def newest(self, name: str) -> Claim | None:
        """The newest statement about China with a number; of one date the surest, then the worse."""
        for claim in self.claims.get(name, ()):
            if claim.region == ROOT and claim.number is not None:
                return claim
        return None

    def location_quotient(self, region: str) -> Claim | None:
        """The newest 区位商 of exactly this region."""
        found = [c for c in self.claims.get("location_quotient", ()) if c.region == region and c.number is not None]
        return found[0] if found else None

    def made_in(self, inside: Callable[[str], bool]) -> list[Claim]:
        """Confirmed statements that there is local production in an area, newest first."""
        found = self.claims.get("local_production")
        return [c for c in found if c.value != ABSENT and inside(c.region)] if found else []

    def absent_from(self, regions: Sequence[str]) -> list[Claim]:
        """Confirmed statements that there is none in a region or in an area around it, newest first."""
        found = self.claims.get("local_production")
        return [c for c in found if c.value == ABSENT and c.region in regions] if found else []

    def doubts_of_absence(self, inside: Callable[[str], bool]) -> list[float]:
        """How surely unnamed makers are said to be in an area, by statements confirmed or not.

        Of one place and year the surest counts: the same claim from several sources takes the maximum.
        """
        surest: dict[tuple[str, str], float] = {}
        if not self.perhaps_made and "local_production" not in self.claims:
            return []
        for claim in (*self.made_in(inside), *(c for c in self.perhaps_made if inside(c.region))):
            key = claim.region, claim.when[:4]
            surest[key] = max(surest.get(key, 0.0), claim.confidence)
        return [surest[key] for key in sorted(surest)]

    def absence_stated(self, regions: Sequence[str], inside: Callable[[str], bool]) -> bool:
        """Whether a dated statement says there is none here, and no surely newer one says there is."""
        none = [claim.when for claim in self.absent_from(regions) if claim.dated]
        if not none:
            return False
        some = [claim.when for claim in self.made_in(inside) if claim.dated]
        return not any(_surely_newer(when, max(none)) for when in some)

    def cited(self, around: Sequence[str], inside: Callable[[str], bool], settings: Settings, limit: int) -> list[str]:
        """Facts to show for a region: of every kind of statement the newest first, so that what decides is among them.

        Args:
            around: the region and what it lies in, nearest first.
            inside: whether a region is the one asked for or a part of it.
            settings: the thresholds; shares on either side of the marginal one are both shown.
            limit: at most so many.
        """
        shares = self.national("domestic_share")
        if len(self.claims) == 1 and len(shares) == 1 and not self.trade_facts and not self.perhaps_made:
            return [shares[0].fact][:limit]
        marginal = [c for c in shares if c.number is not None and c.number <= settings.marginal_share]
        quotients = [c for c in self.claims.get("location_quotient", ()) if c.region == around[0]]
        special = ("domestic_share", "location_quotient", "local_production")
        kinds = [
            marginal, [c for c in shares if c not in marginal], quotients, self.absent_from(around), self.made_in(inside),
            *(self.national(name) for name in sorted(self.claims) if name not in special),
            [c for c in self.perhaps_made if inside(c.region)],
        ]  # fmt: skip
        facts = [self.trade_facts, *([claim.fact for claim in kind] for kind in kinds)]
        return [fact for round_ in zip_longest(*facts) for fact in round_ if fact is not None][:limit]

    def dependent(self, settings: Settings) -> bool | None:
        """Trade dependence: by trade rows where there are any, else by the newest statement; None if undecided."""
        if self.trade is not None:
            return self.trade.dependent
        said = [
            (share, share.number < settings.dependence_share)
            for share in [self.newest("domestic_share")]
            if share is not None and share.number is not None
        ] + [
            (share, share.number > settings.dependence_share)
            for share in [self.newest("import_dependence")]
            if share is not None and share.number is not None
        ]
        return any(depends for _, depends in said) if said else None

    def held_abroad(self, settings: Settings) -> bool | None:
        """Technology gap: on an export-control list, or top-country share high and China's RTA low."""
        control = self.national("export_control")
        if control and control[0].value == "是":
            return True
        share, advantage = self.newest("top_country_patent_share"), self.newest("technology_advantage")
        if share is None or advantage is None or share.number is None or advantage.number is None:
            return False if control else None
        return share.number >= settings.patent_share and advantage.number < settings.technology_advantage

    def domestic_shares(self) -> list[Claim]:
        """Dated 国产化率 of China, newest first: only these may make supply marginal."""
        return [c for c in self.national("domestic_share") if c.number is not None and c.dated]


NO_CLAIMS: Final = ProductClaims()
"""Of a product nobody says anything of; read only."""


def read_claims(view: GraphView, products: Iterable[str], settings: Settings) -> dict[str, ProductClaims]:
    """The statements about every product of a chain, read at once."""
    return weighed(claim_rows(view, products), settings)


def claim_rows(view: GraphView, products: Iterable[str]) -> list[Mapping[str, Any]]:
    """The rows that state something of these products, as the store gives them."""
    wanted = set(products)
    rows = view.claims().to_pylist()
    return [row for row in rows if row["subject"] in wanted and row["modality"] in CONFIRMED]


def weighed(rows: Iterable[Mapping[str, Any]], settings: Settings) -> dict[str, ProductClaims]:
    """The rows by product under these thresholds: confirmed and doubtful ones apart, trade judged."""
    found: dict[str, ProductClaims] = defaultdict(ProductClaims)
    trade: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["predicate"] not in _FLOW_OF:
            _add(found[row["subject"]], row["predicate"], _claim(row), settings)
        elif row["confidence"] >= settings.confidence:
            trade[row["subject"]].append(row)
    imports = (row for rows in trade.values() for row in rows if _FLOW_OF[row["predicate"]] == "进口")
    partial = partial_years((row["year"], row["date"]) for row in imports)
    for product, rows in trade.items():
        _add_trade(found[product], rows, settings, partial)
    for claims in found.values():
        for name, listed in claims.claims.items():
            _sort(name, listed)
    return found


def _add(claims: ProductClaims, name: str, claim: Claim, settings: Settings) -> None:
    if claim.confidence >= settings.confidence:
        claims.claims[name].append(claim)
        return
    claims.doubtful.append(claim)
    if name == "local_production" and claim.value != ABSENT:
        claims.perhaps_made.append(claim)


def _add_trade(
    claims: ProductClaims, rows: Sequence[Mapping[str, Any]], settings: Settings, partial: Mapping[int, str]
) -> None:
    rule = TradeRule(
        hhi_imports=settings.concentration, hhi_world=settings.concentration, ratio=settings.import_ratio,
        need_years=settings.dependence_years, window=settings.dependence_window,
    )  # fmt: skip
    read = [TradeRow(r["year"], _FLOW_OF[r["predicate"]], r["partner"], r["number"], r["source"]) for r in rows]
    claims.trade = import_dependence(read, rule, partial)
    imports = [row for row in rows if _FLOW_OF[row["predicate"]] == "进口"]
    largest: dict[int, str] = {}
    for row in sorted(imports, key=lambda row: (-row["year"], -row["number"], row["fact"])):
        largest.setdefault(row["year"], row["fact"])
    claims.trade_facts = list(largest.values())[: settings.dependence_window]


def _sort(name: str, claims: list[Claim]) -> None:
    sign = -1 if name in _MORE_IS_WORSE else 1

    def worse(claim: Claim) -> tuple[float, bool]:
        return sign * (claim.number or 0.0), claim.value not in ("是", ABSENT)

    claims.sort(key=lambda claim: (-claim.confidence, *worse(claim), claim.fact))
    claims.sort(key=lambda claim: claim.when, reverse=True)


def _surely_newer(one: str, other: str) -> bool:
    """Whether a date is later than another as far as both are given: 2023 is not surely newer than 2023-05."""
    known = min(len(one), len(other))
    return one[:known] > other[:known]


def _claim(row: Mapping[str, Any]) -> Claim:
    when = str(row["year"]) if row["year"] is not None else row["source_date"] or ""
    number, region = row["number"], row["region"] or ROOT
    return Claim(row["value"] or "", number, when, region, row["source"], row["confidence"], row["fact"])
