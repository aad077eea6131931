"""The rules against a second writing of their definitions, their counterfactuals, and their table in the docs."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bulian.queries.results import NATIONAL_LABELS, REGIONAL_LABELS
from bulian.queries.rules import NATIONAL_RULES, REGIONAL_RULES, Case, first_rule
from bulian.queries.settings import Settings

DOC = Path(__file__).resolve().parents[2] / "docs" / "weak-links.md"
DEFAULTS = Settings()
chance = st.none() | st.sampled_from([0.0, 0.5, 0.899, 0.9, 1.0])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    groups = draw(st.integers(0, 5))
    marginal = draw(st.none() | st.sampled_from([0.0, 0.1, 0.11, 0.6]))
    return Case(
        local_groups=groups,
        local_n_eff=draw(st.floats(1.0, groups)) if groups else 0.0,
        domestic_groups=groups + draw(st.integers(0, 2)),
        foreign_groups=draw(st.integers(0, 2)),
        absent_local=draw(chance),
        absent_national=draw(chance),
        blocks=draw(st.integers(0, 2)),
        lq=draw(st.none() | st.sampled_from([0.4, 0.999, 1.0, 1.5, 3.0])),
        absence_stated=draw(st.booleans()),
        dependent=draw(st.none() | st.booleans()),
        gap=draw(st.none() | st.booleans()),
        domestic_share=marginal,
        share_disputed=marginal is not None and draw(st.booleans()),
        honours=draw(st.none() | st.integers(0, 2)),
    )


def regional(case: Case) -> str:
    """The regional axis once more, as a decision tree."""
    if case.local_groups == 0:
        if (case.absent_local or 0.0) >= 0.9:
            return "断链" if case.blocks else "可替代缺口"
        return "疑似断链" if case.blocks and case.absence_stated else "未知"
    if case.local_groups == 1 or case.local_n_eff < 1.5:
        return "弱链"
    if case.lq is None:
        return "正常"
    if case.lq < 1:
        return "短板"
    return "强链" if case.lq >= 1.5 and case.local_n_eff >= 3 else "正常"


def national(case: Case) -> str:
    """The national axis once more, as a decision tree."""
    marginal = case.domestic_share is not None and case.domestic_share <= 0.1
    if case.dependent and case.gap and case.blocks:
        if case.share_disputed:
            return "疑似卡脖子"
        if marginal:
            return "卡脖子"
        if not case.domestic_groups:
            return "卡脖子" if (case.absent_national or 0.0) >= 0.9 else "疑似卡脖子"
    if case.dependent or marginal:
        return "对外依赖"
    return "国内可供" if case.domestic_groups else "未知"


@given(cases())
def test_the_first_rule_that_fits_is_the_definition(case: Case) -> None:
    assert first_rule(REGIONAL_RULES, case, DEFAULTS).label == regional(case)
    assert first_rule(NATIONAL_RULES, case, DEFAULTS).label == national(case)


@given(cases())
def test_counterfactuals_of_the_regional_axis_are_true(case: Case) -> None:
    told = first_rule(REGIONAL_RULES, case, DEFAULTS)
    one_maker = dataclasses.replace(case, local_groups=1, local_n_eff=1.0)
    two_makers = dataclasses.replace(case, local_groups=2, local_n_eff=2.0)
    if case.local_groups == 0:
        assert "先为弱链" in told.otherwise
        assert regional(one_maker) == "弱链"
    if told.label in ("疑似断链", "未知"):
        settled = regional(dataclasses.replace(case, absent_local=0.95))
        assert settled in told.otherwise
        assert settled in ("断链", "可替代缺口")
    if told.label == "可替代缺口":
        assert regional(dataclasses.replace(case, blocks=1)) == "断链"
    if told.label == "弱链":
        assert regional(two_makers) == ("短板" if case.lq is not None and case.lq < 1 else "正常")
        assert regional(two_makers) in told.otherwise
    if told.label == "短板":
        assert regional(dataclasses.replace(case, lq=1.0)) == "正常"
    if told.label in ("正常", "强链"):
        assert regional(dataclasses.replace(case, lq=1.2)) == "正常"


@given(cases())
def test_counterfactuals_of_the_national_axis_are_true(case: Case) -> None:
    supplied = dataclasses.replace(case, domestic_groups=1, domestic_share=0.6, share_disputed=False)
    told = first_rule(NATIONAL_RULES, case, DEFAULTS)
    if told.label in ("卡脖子", "疑似卡脖子"):
        assert national(supplied) == "对外依赖"
    if told.label == "疑似卡脖子":
        assert national(dataclasses.replace(case, domestic_share=0.05, share_disputed=False)) == "卡脖子"
    if told.label == "对外依赖":
        assert national(dataclasses.replace(supplied, dependent=False)) == "国内可供"
    if told.label == "未知":
        assert national(dataclasses.replace(case, domestic_groups=1)) == "国内可供"


@given(cases(), st.integers(0, 5))
def test_the_axes_do_not_mix(case: Case, blocks: int) -> None:
    other_nation = dataclasses.replace(case, domestic_groups=9, dependent=None, gap=None, domestic_share=None)
    assert regional(other_nation) == first_rule(REGIONAL_RULES, case, DEFAULTS).label
    other_place = dataclasses.replace(case, local_groups=0, local_n_eff=0.0, absent_local=1.0, lq=0.1)
    assert first_rule(NATIONAL_RULES, other_place, DEFAULTS).label == national(case)


def test_every_threshold_comes_from_the_settings() -> None:
    strict = Settings(absent=0.99, n_eff_weak=2.5, lq_low=1.2, lq_strong=2.0, n_eff_strong=4.0, marginal_share=0.0)
    base = Case(local_groups=3, local_n_eff=3.0, lq=1.5)
    told = [
        (first_rule(REGIONAL_RULES, dataclasses.replace(base, **change), settings).label)
        for settings in (DEFAULTS, strict)
        for change in (
            {"local_groups": 0, "local_n_eff": 0.0, "absent_local": 0.95}, {"local_n_eff": 2.0}, {"lq": 1.1}, {},
        )
    ]  # fmt: skip
    assert told == ["可替代缺口", "正常", "正常", "强链", "未知", "弱链", "短板", "正常"]
    held = Case(dependent=True, gap=True, blocks=1, domestic_groups=1, domestic_share=0.05)
    assert first_rule(NATIONAL_RULES, held, DEFAULTS).label == "卡脖子"
    assert first_rule(NATIONAL_RULES, held, strict).label == "对外依赖"


class Watched:
    """Settings that remember which of them were looked at."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.seen: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.seen.add(name)
        return getattr(self.settings, name)


@given(cases(), st.sampled_from([DEFAULTS, Settings(strong_national_share=0.5, strong_honours=1)]))
def test_a_rule_reads_no_threshold_it_does_not_name(case: Case, settings: Settings) -> None:
    for rule in (*REGIONAL_RULES, *NATIONAL_RULES):
        watched = Watched(settings)
        rule.applies(case, watched)  # type: ignore[arg-type]
        assert watched.seen <= set(rule.thresholds), rule.id


def test_every_threshold_a_rule_names_is_a_setting() -> None:
    known = {field.name for field in dataclasses.fields(Settings)}
    for rule in (*REGIONAL_RULES, *NATIONAL_RULES):
        assert set(rule.thresholds) <= known, rule.id
        assert len(set(rule.thresholds)) == len(rule.thresholds)
        assert rule.title
        assert rule.population.title


@given(cases())
def test_whatever_a_rule_labels_belongs_to_its_population(case: Case) -> None:
    assert first_rule(REGIONAL_RULES, case, DEFAULTS).population.includes(case)
    assert first_rule(NATIONAL_RULES, case, DEFAULTS).population.includes(case)


@given(cases(), st.sampled_from([0.0, 0.25, 0.9]), st.integers(0, 2))
def test_share_and_honours_are_asked_for_where_a_threshold_is_set(case: Case, share: float, honours: int) -> None:
    settings = Settings(strong_national_share=share, strong_honours=honours)
    case = dataclasses.replace(case, national_share=case.local_groups / (case.domestic_groups or 1))
    plain, asked = (first_rule(REGIONAL_RULES, case, some).label for some in (DEFAULTS, settings))
    enough = (case.national_share or 0) >= share and (not honours or (case.honours or 0) >= honours)
    assert asked == ("正常" if plain == "强链" and not enough else plain)


def test_rules_have_ids_of_their_own_and_cover_every_label() -> None:
    for rules, labels in ((REGIONAL_RULES, REGIONAL_LABELS), (NATIONAL_RULES, NATIONAL_LABELS)):
        assert {rule.label for rule in rules} == set(labels)
        assert len({rule.id for rule in rules}) == len(rules)
        assert all(rule.definition.endswith("。") and rule.otherwise.endswith("。") for rule in rules)


def table() -> str:
    """The table of the docs: every rule in order."""
    lines = ["| id | label | title | definition | judged over | thresholds | what would change it |", "|---" * 7 + "|"]
    for rule in (*REGIONAL_RULES, *NATIONAL_RULES):
        names = ", ".join(f"`{name}`" for name in rule.thresholds)
        cells = (f"`{rule.id}`", rule.label, rule.title, rule.definition, rule.population.title, names, rule.otherwise)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def test_the_table_in_the_docs_is_that_of_the_code() -> None:
    text = DOC.read_text(encoding="utf-8")
    told = text.split("<!-- rules -->\n")[1].split("\n<!-- /rules -->")[0]
    assert told == table(), f"docs/weak-links.md is stale; between the marks should stand:\n{table()}"


def test_the_defaults_in_the_docs_are_those_of_the_code() -> None:
    text = DOC.read_text(encoding="utf-8")
    for field in dataclasses.fields(Settings):
        assert f"| `{field.name}` | {getattr(DEFAULTS, field.name):g} |" in text
