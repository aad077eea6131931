"""Facts asked for by id, in bulk, are those facts: whoever says them, whatever about, from however many files."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from . import sample
from .conftest import Door


def filled(door: Door) -> Door:
    """The sample, a second file that repeats a cited row of the first, and a maker recorded by hand too."""
    door.ingest(*(make(door) for make in sample.ALL), chain="机床")
    header = "企业名称,产品名称,角色,产能,单位,来源"
    row = ("杭州乙主轴有限公司", "电主轴", "生产", "", "", "https://example.org/a")
    door.ingest(door.file("企业产品二.csv", header, row, ("德国丙有限公司", "主轴", "生产", 5, "台", "")))
    return door


def test_facts_by_id_are_the_facts(door: Door) -> None:
    with filled(door).open() as view:
        every = list(view.all_facts())
        assert len({fact.id for fact in every}) == len(every) > 30
        assert view.facts(ids=[fact.id for fact in reversed(every)]) == every
        assert view.facts(ids=[]) == []
        makers = [fact for fact in every if fact.predicate == "PRODUCES"]
        assert view.facts(ids=[fact.id for fact in every], predicates=["PRODUCES"]) == makers


def test_any_choice_of_facts_comes_back_whole(door: Door) -> None:
    with filled(door).open() as view:
        every = list(view.all_facts())

        @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.sets(st.sampled_from(range(len(every)))), st.booleans())
        def check(chosen: set[int], stranger: bool) -> None:
            ids = [every[place].id for place in chosen] + ["0" * 32] * stranger
            assert view.facts(ids=ids) == [every[place] for place in sorted(chosen)]

        check()
