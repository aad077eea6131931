"""What answers look like: frozen results that carry their numbers, reasons and evidence.

Everything here becomes JSON by :func:`json_bytes` with the field names unchanged; those names are public
(scripts read them), so extend freely and rename nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from .sensitivity_results import Sensitivity

__all__ = [
    "NATIONAL_LABELS", "REGIONAL_LABELS", "Component", "Evidence", "Explanation", "Finding", "Gap", "MakerLine",
    "Problem", "ProductPoints", "RegionRef", "SourceRef", "SpofReport", "Target", "TargetReport", "WeakReport",
    "as_json", "json_bytes",
]  # fmt: skip

RegionalLabel = Literal["断链", "疑似断链", "可替代缺口", "弱链", "短板", "未知", "正常", "强链"]
NationalLabel = Literal["卡脖子", "疑似卡脖子", "对外依赖", "未知", "国内可供"]

# Listed from the one to look at first to the one to look at last: this is the order of every list.
REGIONAL_LABELS: tuple[RegionalLabel, ...] = ("断链", "疑似断链", "可替代缺口", "弱链", "短板", "未知", "正常", "强链")
NATIONAL_LABELS: tuple[NationalLabel, ...] = ("卡脖子", "疑似卡脖子", "对外依赖", "未知", "国内可供")

Component = float | int | str | None
"""One shown component of a target: a number, a short text, or None where it is not known."""


@dataclass(frozen=True, slots=True)
class RegionRef:
    """A region as answers name it: GB/T 2260 code (or country code) and full name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Who says so: title, address (URL or file) and the date the source gives, None where it gives none."""

    title: str
    uri: str
    date: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind an answer, down to its quote.

    ``fact`` is the fact's id, ``statement`` the fact in words, ``locator`` where in the source it stands,
    ``method`` the rule or column that read it, ``confidence`` 0–1, ``modality`` one of stated, planned,
    negated, inferred, manual, denied (a person denied what its source said).
    """

    fact: str
    statement: str
    source: SourceRef
    locator: str
    quote: str
    method: str
    confidence: float
    modality: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of one product of the chain, on both axes.

    ``severity`` is the share of the chain's finals it blocks (0–1); it orders findings inside one label and
    is no score. ``numbers`` are the figures the rules used, None where not computable. ``unknowns`` say what
    data was lacking and which source to check next. ``id`` stays the same for one chain, region and product. ``changes``
    would give another label; ``stability`` is the share of resampled data that gives both, None where nobody asked.
    ``assumption`` is None unless a label rests on a detection rate that is only supposed: then the labels without it,
    and in ``rests_on`` what is supposed (:mod:`bulian.queries.assumption`).
    """

    product: str
    regional: RegionalLabel
    national: NationalLabel
    severity: float
    numbers: Mapping[str, Any]
    reasons: tuple[str, ...]
    counterfactual: str
    unknowns: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    id: str = ""
    changes: tuple[Mapping[str, Any], ...] = ()
    stability: float | None = None
    assumption: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class WeakReport:
    """Findings of one region on one chain, worst label first; ``settings`` echoes every threshold used.

    ``rules`` are the rules by id, ``lists`` the products of 强链, 补链, 延链, ``sensitivity`` what would flip, None where
    nobody asked. ``assumptions`` are the detection rates that were only supposed.
    """

    region: RegionRef
    chain: str
    settings: Mapping[str, Any]
    coverage: Mapping[str, Any]
    findings: tuple[Finding, ...]
    rules: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sensitivity: Sensitivity | None = None
    assumptions: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """One firm or institute to approach for a gap.

    ``rank`` is [best, worst] over all weightings of the components; ``kind`` 招引 (firm elsewhere), 培育
    (local firm that could grow into it) or 院所. ``components`` are shown one by one, None where unknown.
    """

    rank: tuple[int, int]
    kind: Literal["招引", "培育", "院所"]
    id: str
    name: str
    region: RegionRef | None
    components: Mapping[str, Component]
    mode: str
    reason: str
    counter: str
    unknowns: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A product to mend and the targets found for it; ``assumption`` as that of its :class:`Finding`."""

    product: str
    regional: RegionalLabel
    national: NationalLabel
    targets: tuple[Target, ...]
    assumption: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TargetReport:
    """Targets per gap, gaps in the order of the weak-link report; ``synthetic`` names synthetic sources in the store."""

    region: RegionRef
    chain: str
    gaps: tuple[Gap, ...]
    synthetic: tuple[str, ...] = ()
    assumptions: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ProductPoints:
    """Single points of failure of one product (without itself) and the finals that stop without it.

    ``cut_sets`` are the smallest sets of products that stop it together, single points first, each set sorted;
    complete up to ``cut_sets_up_to`` products a set. Both None where nobody asked, and for what is no final.
    """

    product: str
    single_points: tuple[str, ...]
    blocks: tuple[str, ...]
    cut_sets: tuple[tuple[str, ...], ...] | None = None
    cut_sets_up_to: int | None = None


@dataclass(frozen=True, slots=True)
class SpofReport:
    """Single points of failure of a chain, by product name; ``synthetic`` names synthetic sources in the store."""

    products: tuple[ProductPoints, ...]
    synthetic: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MakerLine:
    """A maker of a product as a picture lists it; ``confirmed`` whether it counted as supply."""

    enterprise: str
    region: str | None
    scope: Literal["本地", "国内", "境外", "所在地不明"]
    confidence: float
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong or doubtful in the data: a stable code, a sentence, where, and the fix."""

    code: str
    message: str
    where: str
    hint: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A node or an edge, every fact behind it, and the facts that contradict each other."""

    node: Mapping[str, Any] | None
    edge: Mapping[str, Any] | None
    facts: tuple[Evidence, ...]
    conflicts: tuple[Mapping[str, Any], ...] = field(default=())


def as_json(value: Any) -> Any:
    """Results as plain JSON values: dataclasses to objects (fields in declared order), tuples to lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    return value


def json_bytes(value: Any) -> bytes:
    """The same as JSON text in UTF-8, one level of indent a space, fast enough for a report of a hundred megabytes.

    Numbers that JSON has no word for (NaN, infinities) become null.
    """
    import msgspec

    try:
        return msgspec.json.format(msgspec.json.encode(value, enc_hook=_plain), indent=1)
    except UnicodeEncodeError:  # half a surrogate pair: a file name that is no text; whoever prints it decides
        text = json.dumps(as_json(value), ensure_ascii=False, indent=1)
        return text.encode("utf-8", errors="replace")


def _plain(value: Any) -> Any:
    """What the encoder does not know by itself: mappings other than dict."""
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    raise TypeError(f"no JSON for {type(value).__name__}")
