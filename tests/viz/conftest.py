"""A small chain whose every name, title and quote comes from a stranger who means harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import networkx as nx
import pytest

from bulian.queries.results import (
    REGIONAL_LABELS,
    Evidence,
    Finding,
    Gap,
    MakerLine,
    RegionRef,
    SourceRef,
    Target,
    TargetReport,
    WeakReport,
)
from bulian.viz.view import ViewModel, chain_view

HOSTILE = (
    "<img src=x onerror=hit(1)>",
    "</script><script>hit(2)</script>",
    "href <b>粗</b>",
    "=cmd|'/C calc'!A0",
    "控制\x01\x0b\u2028符",
    "<!--<script>",
    "__proto__",
    "constructor",
)


def evidence(name: str, uri: str = "https://example.org/a?b=1&c=2") -> Evidence:
    return Evidence(f"f:{name}", f"{name} 的陈述", SourceRef(f"题 {name}", uri, "2024-05-01"), "第1段", f"引 {name}",
                    "column:角色", 0.8, "stated")  # fmt: skip


def finding(name: str, label: str, national: str = "未知", groups: int | None = 0, severity: float = 0.0) -> Finding:
    numbers = {"local_groups": groups, "domestic_groups": 2, "foreign_groups": 0, "p_absent_local": None, "blocks": 1}
    uri = "javascript:hit(3)" if name.startswith("=") else "https://example.org/a?b=1&c=2"
    return Finding(name, label, national, severity, numbers, (f"理由 {name}",), f"假如 {name}", (f"不知 {name}",),
                   (evidence(name, uri),))  # type: ignore[arg-type]  # fmt: skip


@dataclass
class Sample:
    chain: nx.MultiDiGraph[str]
    report: WeakReport
    targets: TargetReport
    producers: Mapping[str, Sequence[MakerLine]] = field(default_factory=dict)

    def view(self, **options: int) -> ViewModel:
        return chain_view(self.chain, self.report, targets=self.targets, producers=self.producers,
                          title=f"标题 {HOSTILE[1]}", data_date="2026-11-20", **options)  # fmt: skip


def build(extra: int = 0) -> Sample:
    """Hostile products, one per regional label, and ``extra`` plain products downstream of them."""
    chain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    names = [*HOSTILE, *(f"产品{n:03d}" for n in range(extra))]
    for n, name in enumerate(names):
        stage = ("上游", "中游", "下游", None)[n % 4]
        chain.add_node(name, kind=("Material", "Component", "Equipment")[n % 3], stage=stage,
                       final=n == 2, key_component=n == 1, aliases=[f"别名{n} {name}"])  # fmt: skip
    for n, name in enumerate(names[1:], start=1):
        essentiality = ("必需", "非必需", None)[n % 3]
        chain.add_edge(names[n // 2], name, key="REQUIRES", relation="REQUIRES", essentiality=essentiality,
                       alt_group=None, modality="inferred" if n == 4 else "stated", confidence=0.9)  # fmt: skip
    chain.add_edge(names[3], names[0], key="IS_A", relation="IS_A", essentiality=None, alt_group=None,
                   modality="stated", confidence=0.9)  # fmt: skip
    found = [
        finding(name, REGIONAL_LABELS[n % 8], "卡脖子" if n == 0 else "未知", groups=n) for n, name in enumerate(names)
    ]
    region = RegionRef("331081", "浙江省台州市温岭市")
    report = WeakReport(region, "机床", {"confidence": 0.5}, {}, tuple(found))
    target = Target((1, 3), "招引", "c1", HOSTILE[3], None, {"capacity": 0.5, "pull": None}, "基金+项目", "能做",
                    f"反 {HOSTILE[0]}", ("联系方式不知",), (evidence("对象"),))  # fmt: skip
    targets = TargetReport(region, "机床", (Gap(names[0], "断链", "卡脖子", (target,)),))
    makers = {
        names[0]: [
            MakerLine(HOSTILE[0], None, "所在地不明", 0.4, False),
            MakerLine("甲厂", "浙江省", "国内", 0.9, True),
        ]
    }
    return Sample(chain, report, targets, makers)


@pytest.fixture
def sample() -> Sample:
    return build()


@pytest.fixture
def wide_sample() -> Sample:
    return build(extra=120)
