"""The rules as a report carries them: what each asks for, over how many products it was judged, how often it fired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .rules import NATIONAL_RULES, REGIONAL_RULES, Case
from .settings import Settings

__all__ = ["rules_told"]


def rules_told(cases: Iterable[Case], fired: Mapping[str, int], settings: Settings) -> dict[str, dict[str, Any]]:
    """Every rule by id, in the order of judging; also those that did not fire, as that is an answer too.

    Args:
        cases: the products that were judged.
        fired: how many products got their label by a rule, by id.
        settings: the thresholds they were judged by.

    Returns:
        ``axis`` (regional, national), ``label``, ``title``, ``definition``, ``population`` (the denominator in words),
        ``judged`` (how many products belong to it), ``fired``, ``thresholds`` (name to value) and ``otherwise``.
    """
    known, values = list(cases), settings.as_json()
    populations = {rule.population for rules in (REGIONAL_RULES, NATIONAL_RULES) for rule in rules}
    judged = {population: sum(map(population.includes, known)) for population in populations}
    return {
        rule.id: {
            "axis": axis, "label": rule.label, "title": rule.title, "definition": rule.definition,
            "population": rule.population.title, "judged": judged[rule.population], "fired": fired.get(rule.id, 0),
            "thresholds": {name: values[name] for name in rule.thresholds}, "otherwise": rule.otherwise,
        }
        for axis, rules in (("regional", REGIONAL_RULES), ("national", NATIONAL_RULES))
        for rule in rules
    }  # fmt: skip
