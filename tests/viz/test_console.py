"""What people read on a terminal: everything said is in the answer, nothing from strangers is interpreted."""

from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from bulian.graph.kinds import SCHEMA
from bulian.queries.explain import explain
from bulian.queries.results import Explanation, Problem, ProductPoints, SpofReport
from bulian.queries.spof import find_single_points
from bulian.queries.targets import find_targets
from bulian.queries.weak_links import find_weak_links
from bulian.viz import console as shown
from bulian.viz.ingest_console import REASONS, show_ingest

HOSTILE = "[red]甲[/red] :smile: \x1b[31m乙\x07"


def told(show, *args, terminal: bool = False, width: int = 80, **options) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, markup=False, emoji=False, highlight=False, force_terminal=terminal,
                      color_system=None)  # fmt: skip
    show(console, *args, **options)
    return out.getvalue()


def cells(text: str) -> str:
    """The text of tables without frames, folded cells joined column by column."""
    return re.sub(r"[\s│┃┏┓┗┛━┳┻┡┩╇└┘─┴]", "", text)


@pytest.fixture(scope="module")
def report(example):
    return find_weak_links(example, "温岭市", "数控机床")


def test_weak_lists_every_weakness_and_explains_each_label_shown(report) -> None:
    text = told(shown.show_weak, report, width=200)
    weak = [finding for finding in report.findings if finding.regional not in ("正常", "强链", "未知")]
    assert weak
    for finding in weak:
        assert re.search(rf"│ {finding.product} +│ {finding.regional} +│ {finding.national} ", text)
    for label in {finding.regional for finding in weak}:
        assert f"\n{label}：" in text
    assert f"{len(report.findings)} 个环节" in text
    assert "断链：" not in text


def test_weak_puts_unknown_links_that_stop_finals_before_the_reader(report) -> None:
    text = told(shown.show_weak, report, width=200)
    blind = [f.product for f in report.findings if f.regional == "未知" and f.numbers["blocks"]]
    after = text.split("还不知道，但缺它会停掉终端产品")[1]
    assert blind
    assert all(f"│ {product} " in after for product in blind)


def test_weak_says_how_many_it_left_out(report) -> None:
    text = told(shown.show_weak, report, everything=True, limit=5, width=200)
    assert f"另有 {len(report.findings) - 5} 个未列出" in text
    everything = told(shown.show_weak, report, everything=True, limit=1000, width=200)
    assert all(f"│ {finding.product} " in everything for finding in report.findings)
    assert "未列出" not in everything


@pytest.mark.parametrize("width", [40, 80, 133])
def test_nothing_is_wider_than_the_terminal_and_nothing_is_lost(report, example, width) -> None:
    targets = find_targets(example, "温岭市", "数控机床", top=2, report=report)
    text = told(shown.show_targets, targets, terminal=True, width=width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    for target in (target for gap in targets.gaps[:3] for target in gap.targets):
        for said in (target.name, target.reason, target.counter, *target.unknowns):
            assert cells(said) in cells(text)


def test_targets_that_are_not_shown_are_counted(report, example) -> None:
    targets = find_targets(example, "温岭市", "数控机床", top=2, report=report)
    some, none = ([gap for gap in targets.gaps if bool(gap.targets) is known] for known in (True, False))
    text = told(shown.show_targets, targets, gaps=1)
    assert f"另有 {len(some) - 1} 个环节有对象" in text
    assert f"未见对象的环节 {len(none)} 个" in text


def test_an_explanation_is_chinese_and_complete(example) -> None:
    for name in ("数控车床", "331081", "三和数控", "三和数控 PRODUCES 液压动力刀塔", "数控车床 需要 主轴"):
        answer = explain(example, name)
        text = told(shown.show_explanation, answer, width=300)
        assert f"依据 {len(answer.facts)} 条" in text
        for line in answer.facts[:12]:
            assert line.statement in text
            assert line.source.title in text
            assert line.locator in text
        for kind in SCHEMA.kinds:
            assert f"：{kind.name}\n" not in text
        for relation in SCHEMA.relations:
            assert relation.name not in text
        if len(answer.facts) > 12:
            assert f"另有 {len(answer.facts) - 12} 条" in text


def test_conflicts_stand_before_the_facts(store_of) -> None:
    answer = explain(store_of(产品="产品名称,类别\n轴承,零部件\n轴承,材料\n"), "轴承")
    text = told(shown.show_explanation, answer)
    assert 0 < text.index("说法不一：类别") < text.index("依据 ")


def test_single_points_and_problems(example) -> None:
    points = find_single_points(example, "数控机床")
    text = cells(told(shown.show_points, points, width=400))
    for row in points.products:
        assert cells(f"{row.product}{'、'.join(row.single_points) or '无'}{'、'.join(row.blocks) or '无'}") in text
    assert told(shown.show_problems, ()) == "没有发现问题。\n"
    problem = told(shown.show_problems, (Problem("cycle", "成环了", "甲", "请改"),))
    assert all(word in problem for word in ("数据问题 1 条", "成环了", "请改", "cycle"))


def test_words_of_strangers_are_only_words() -> None:
    node = {"id": "Product:x", "kind": "Product", "name": HOSTILE, "properties": {"aliases": [HOSTILE]}}
    texts = [
        told(shown.show_explanation, Explanation(node, None, ()), terminal=True, width=200),
        told(shown.show_points, SpofReport((ProductPoints(HOSTILE, (HOSTILE,), ()),)), terminal=True, width=200),
        told(shown.show_problems, (Problem("x", HOSTILE, HOSTILE, HOSTILE),), terminal=True, width=200),
    ]
    for text in texts:
        assert "[red]甲[/red] :smile:" in text
        assert "\x1b[31m" not in text
        assert "\x07" not in text


def test_an_ingest_is_told_file_by_file() -> None:
    entry = {"path": "a/企业.csv", "sheet": None, "table": "企业", "read": 3, "accepted": 2, "rejected": 1,
             "reasons": {"missing_required": 1, "new_code": 2}, "unmapped": ["颜色"], "notes": ["已略过"],
             "unchanged": False, "error": None}  # fmt: skip
    bad = entry | {"path": "坏.xlsx", "sheet": "页", "table": None, "unmapped": [], "notes": [],
                   "error": {"message": "读不懂", "hint": None}}  # fmt: skip
    facts = {"new": 5, "known": 6, "gone": 7}
    over = [{"path": "a/报告.pdf", "note": "还不能读"}]
    report = {"files": [entry, bad], "rejects": "退回.csv", "facts": facts, "dry_run": False, "passed_over": over}
    text = told(show_ingest, report, width=200)
    for words in ("企业.csv", "必填项为空 1", "new_code 2", "未用的列：颜色", "已略过", "坏.xlsx［页］：未导入：读不懂",
                  "新增 5，已有 6，不再有 7", "退回的行在 退回.csv", "报告.pdf：还不能读"):  # fmt: skip
        assert words in text
    assert "未写入" in told(show_ingest, report | {"files": [], "rejects": None, "dry_run": True})


def test_every_reason_has_a_chinese_word() -> None:
    assert all(re.search("[\u4e00-\u9fff]", word) for word in REASONS.values())
