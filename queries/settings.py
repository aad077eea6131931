"""Every threshold of the questions in one place; echoed in every answer, overridable in ``bulian.toml``."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from bulian.graph.errors import InputError
from bulian.graph.store import GraphView

__all__ = ["Settings", "load_settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds, with the defaults of the method. Shares and probabilities are 0–1.

    Attributes:
        confidence: τ; a claim from here on counts as confirmed.
        prior: ψ; the probability, before any search, that a maker exists.
        absent: P_absent from here on makes 断链 possible.
        n_eff_weak: below this effective number of local suppliers a link is 弱链.
        n_eff_strong: from here on (with ``lq_strong``) it is 强链.
        lq_low: below this location quotient a link is 短板.
        lq_strong: from here on it may be 强链.
        strong_national_share: 强链 also asks for this share of the independent domestic suppliers; 0 does not ask.
        strong_honours: 强链 also asks for so many honours of the local suppliers; 0 does not ask.
        concentration: HHI of imports and of world exports above which trade is concentrated.
        import_ratio: imports over exports above which China depends on imports.
        dependence_years: in so many of the last ``dependence_window`` years.
        dependence_window: see ``dependence_years``.
        dependence_share: without trade rows: 国产化率 below, or 进口依赖度 above it, is dependence.
        marginal_share: 国产化率 up to here is no sufficient domestic supply.
        patent_share: share of the top country's patent families from which on technology is held abroad.
        technology_advantage: China's RTA below which it is (together with ``patent_share``).
        relatedness_level: areas compared for relatedness: 1 provinces, 2 cities, 3 counties.
        lq_min_region: makers a region must have on the chain before its computed location quotients are numbers.
        lq_min_product: makers a product must have in all regions.
        lq_min_cell: makers of the product in the region.
        lq_interval: probability that the bounds of a computed location quotient hold it.
        few_regions: with fewer specialised regions than this relatedness and complexity are flagged.
        extend_inputs: share of a product's inputs made here from which on it is listed as 延链.
    """

    confidence: float = 0.5
    prior: float = 0.5
    absent: float = 0.9
    n_eff_weak: float = 1.5
    n_eff_strong: float = 3.0
    lq_low: float = 1.0
    lq_strong: float = 1.5
    strong_national_share: float = 0.0
    strong_honours: int = 0
    concentration: float = 0.4
    import_ratio: float = 1.0
    dependence_years: int = 2
    dependence_window: int = 3
    dependence_share: float = 0.5
    marginal_share: float = 0.1
    patent_share: float = 0.5
    technology_advantage: float = 0.5
    relatedness_level: int = 2
    lq_min_region: int = 10
    lq_min_product: int = 5
    lq_min_cell: int = 2
    lq_interval: float = 0.95
    few_regions: int = 30
    extend_inputs: float = 0.5

    def as_json(self) -> dict[str, Any]:
        """Name and value of every threshold."""
        return asdict(self)


def load_settings(view: GraphView, path: Path | None = None) -> Settings:
    """Defaults, then what came in with the data, then ``[settings]`` of a file (``bulian.toml`` here if None).

    Raises:
        InputError: an unknown name or a value of the wrong kind; the message names it.
    """
    file = path or Path("bulian.toml")
    kept: Mapping[str, Any] = json.loads(view.setting("settings") or "{}")
    settings = _overridden(Settings(), kept, "随数据导入的 [settings]")
    if not file.is_file():
        if path is not None:
            raise InputError("没有这个设置文件", where=str(path), hint="请检查路径。", code="missing_file")
        return settings
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8-sig")).get("settings", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("设置文件读不懂", where=str(file), hint=str(error), code="bad_config") from error
    return _overridden(settings, data, str(file))


def _overridden(settings: Settings, values: Mapping[str, Any], where: str) -> Settings:
    known = {item.name: type(getattr(settings, item.name)) for item in fields(settings)}
    changes: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise InputError(f"没有叫 {name} 的设置", where=where, hint="可用：" + "、".join(known), code="bad_settings")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise InputError(f"设置 {name} 应为不小于零的数，不是 {value!r}", where=where, code="bad_settings")
        changes[name] = known[name](value)
    return replace(settings, **changes)
