"""Which sources name the makers of a region: the store's capture histories equal plain loops over the rows handed in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .places import HOME
from .populations import PAIRS, Population, group_of, populations
from .test_aggregates import filled, of, table

EXAMPLES = settings(
    max_examples=2, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
MANY = st.lists(populations(), min_size=3, max_size=8)
History = tuple[str | None, tuple[str, ...], int]


def expected(
    population: Population, pairs: list[tuple[str, str]], table_uri: str, limit: int, most: int
) -> Counter[History]:
    firms = {firm.name: firm for firm in population.firms}
    groups = group_of(population)
    named: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    for made in population.made:
        firm = firms.get(made.firm)
        if made.role != "生产" or made.confidence < population.threshold or firm is None or firm.status == "注销":
            continue
        if firm.place is None or firm.place.scope != "local":
            continue
        for root, leaf in pairs:
            if leaf == made.product:
                for key in (root, None):
                    named[key, groups[made.firm]].add(made.source or table_uri)
    sizes = Counter(source for (root, _), sources in named.items() if root is None for source in sources)
    shown = sorted(sizes, key=lambda source: (-sizes[source], source))[:limit]
    return Counter(
        (root, tuple(sorted(sources & set(shown))), min(len(sources - set(shown)), most))
        for (root, _), sources in named.items()
    )


@EXAMPLES
@given(many=MANY)
def test_listings(new_door: Callable[[], Any], many: list[Population]) -> None:
    many = [population.renamed(mark) for mark, population in enumerate(many)]
    with filled(new_door(), many).open() as view:
        uri = next(source.uri for source in view.files() if source.uri.endswith("/企业产品.csv"))
        for mark, population in enumerate(many):
            for limit, most in ((12, 3), (1, 1)):
                answer = view.listings(table(of(mark)), HOME, population.threshold, limit, most)
                assert answer.column_names == ["root", "sources", "others", "groups"]
                rows = answer.to_pylist()
                keys = [(row["root"], tuple(row["sources"]), row["others"]) for row in rows]
                found = {key: row["groups"] for key, row in zip(keys, rows, strict=True)}
                assert found == expected(population, of(mark), uri, limit, most)
                assert keys == sorted(keys, key=lambda key: (key[0] is not None, key[0] or "", *key[1:]))


def test_of_equally_long_lists_the_first_by_address_is_shown_and_planned_production_is_none(door: Any) -> None:
    door.ingest(
        door.file("企业.csv", "企业名称,省份,城市,区县", *((name, "浙江省", "台州市", "温岭市") for name in "甲乙丙")),
        door.file(
            "企业产品.csv", "企业名称,产品名称,角色,来源,来源日期",
            ("甲", "主轴", "生产", "https://b.cn/1", "2024"), ("甲", "主轴", "生产", "https://b.cn/1", "2023"),
            ("甲", "主轴", "生产", "https://a.cn/1", "2024"), ("乙", "主轴", "研发", "https://a.cn/1", "2024"),
            ("丙", "刀塔", "生产", "https://c.cn/1", "2024"), ("丙", "刀塔", "生产", "https://d.cn/1", "2024"),
        ),
    )  # fmt: skip
    with door.open() as view:
        rows = view.listings(table([("主轴", "主轴"), ("刀塔", "刀塔")]), "331081", 0.5, 2, 3).to_pylist()
    a, b = "https://a.cn/1", "https://b.cn/1"
    assert [(row["root"], row["sources"], row["others"], row["groups"]) for row in rows] == [
        (None, [], 2, 1), (None, [a, b], 0, 1), ("主轴", [a, b], 0, 1), ("刀塔", [], 2, 1),
    ]  # fmt: skip


def test_listings_of_nothing(door: Any) -> None:
    door.ingest(door.file("产品.csv", "产品名称", ("主轴",)))
    with door.open() as view:
        for pairs in ([], list(PAIRS)):
            empty = view.listings(table(pairs), HOME, 0.5, 12, 3)
            assert (empty.num_rows, empty.column_names) == (0, ["root", "sources", "others", "groups"])


def test_a_single_root_of_any_name_is_not_taken_for_all_roots_together(door: Any) -> None:
    door.ingest(
        door.file("企业.csv", "企业名称,区县", ("甲", "温岭市")),
        door.file("企业产品.csv", "企业名称,产品名称,角色", ("甲", "主轴", "生产"), ("甲", "刀塔", "生产")),
    )
    with door.open() as view:
        rows = view.listings(table([("", "主轴"), ("", "刀塔")]), "331081", 0.5, 2, 3).to_pylist()
    assert [(row["root"], row["groups"]) for row in rows] == [(None, 1), ("", 1)]
