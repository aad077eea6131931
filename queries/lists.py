"""强链, 补链, 延链: the findings of a region sorted into the three lists an office works by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .results import Finding, RegionalLabel

__all__ = ["three_lists"]

_TO_MEND: Final[tuple[RegionalLabel, ...]] = ("断链", "疑似断链", "可替代缺口", "弱链", "短板")


def three_lists(findings: Iterable[Finding], extensions: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
    """The products of each list.

    Args:
        findings: in the order of the report, which is kept.
        extensions: products the region could take up next, best first.

    Returns:
        ``强链``: what is labelled so. ``补链``: what is broken, weak or short here, then what else is 卡脖子 for China.
        ``延链``: the extensions. A strong link that is held abroad stands in two lists.
    """
    known = list(findings)
    here = [finding.product for finding in known if finding.regional in _TO_MEND]
    held = [finding.product for finding in known if finding.regional not in _TO_MEND and finding.national == "卡脖子"]
    strong = tuple(finding.product for finding in known if finding.regional == "强链")
    return {"强链": strong, "补链": (*here, *held), "延链": tuple(extensions)}
