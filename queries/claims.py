"""What dated statements and trade rows say of each product: dependence, technology gap, shares, local production."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bulian.graph.kinds import ABSENT, TRADE_FLOWS
from bulian.graph.regions import ROOT
from bulian.graph.store import GraphView

from .settings import Settings
from .trade import Dependence, Flow, TradeRow, TradeRule, import_dependence

__all__ = ["Claim", "ProductClaims", "read_claims"]

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

    ``claims`` are sorted from newest to oldest; undated ones last.
    """

    claims: dict[str, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    doubtful: list[Claim] = field(default_factory=list)
    trade: Dependence | None = None

    def national(self, name: str) -> list[Claim]:
        """Statements about China as a whole, newest first."""
        return [claim for claim in self.claims.get(name, ()) if claim.region == ROOT]

    def newest(self, name: str) -> Claim | None:
        """The newest statement about China with a number; of one date the surest, then the smallest."""
        numbered = [claim for claim in self.national(name) if claim.number is not None]
        return numbered[0] if numbered else None

    def location_quotient(self, region: str) -> Claim | None:
        """The newest 区位商 of exactly this region."""
        found = [c for c in self.claims.get("location_quotient", ()) if c.region == region and c.number is not None]
        return found[0] if found else None

    def local_production(self, regions: Sequence[str]) -> tuple[list[Claim], list[Claim]]:
        """Statements on local production: that there is some here, that there is none here or around.

        Args:
            regions: the region and what it lies in, nearest first. None in a wider area means none here; some
                in a wider area says nothing of here.
        """
        said = self.claims.get("local_production", ())
        some = [claim for claim in said if claim.value != ABSENT and claim.region == regions[0]]
        none = [claim for claim in said if claim.value == ABSENT and claim.region in regions]
        return some, none

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


def read_claims(view: GraphView, products: Iterable[str], settings: Settings) -> dict[str, ProductClaims]:
    """The statements about every product of a chain, read at once."""
    wanted = set(products)
    found: dict[str, ProductClaims] = defaultdict(ProductClaims)
    trade: dict[str, list[TradeRow]] = defaultdict(list)
    for row in view.claims().to_pylist():
        if row["subject"] not in wanted or row["modality"] not in ("stated", "manual"):
            continue
        flow = _FLOW_OF.get(row["predicate"])
        if flow is not None:
            if row["confidence"] >= settings.confidence:
                trade[row["subject"]].append(TradeRow(row["year"], flow, row["partner"], row["number"], row["source"]))
            continue
        claim = _claim(row)
        if claim.confidence >= settings.confidence:
            found[row["subject"]].claims[row["predicate"]].append(claim)
        else:
            found[row["subject"]].doubtful.append(claim)
    rule = TradeRule(
        hhi_imports=settings.concentration, hhi_world=settings.concentration, ratio=settings.import_ratio,
        need_years=settings.dependence_years, window=settings.dependence_window,
    )  # fmt: skip
    for product, rows in trade.items():
        found[product].trade = import_dependence(rows, rule)
    for claims in found.values():
        for listed in claims.claims.values():
            listed.sort(key=lambda claim: (claim.confidence, claim.fact), reverse=True)
            listed.sort(key=lambda claim: claim.when, reverse=True)
    return found


def _claim(row: Mapping[str, Any]) -> Claim:
    when = str(row["year"]) if row["year"] is not None else row["source_date"] or ""
    number, region = row["number"], row["region"] or ROOT
    return Claim(row["value"] or "", number, when, region, row["source"], row["confidence"], row["fact"])
