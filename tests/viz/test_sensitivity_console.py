"""The tables on sensitivity: what is shown, what is cut and said to be cut."""

from __future__ import annotations

import io

from rich.console import Console

from bulian.queries.sensitivity_results import Bootstrap, Flip, Kept, Sensitivity, Swept
from bulian.viz.sensitivity_console import show_sensitivity


def shown(answer: Sensitivity, limit: int = 15) -> str:
    out = io.StringIO()
    show_sensitivity(Console(file=out, width=200, markup=False), answer, limit=limit)
    return out.getvalue()


def kept(product: str, share: float) -> Kept:
    return Kept(product, share, share, 1.0, {"弱链": 3, "未知": 1}, {"国内可供": 4}, False)


def test_flips_are_grouped_by_product_and_label() -> None:
    flips = (
        Flip("刀塔", "regional", "弱链", "未知", "confidence", 0.6),
        Flip("主轴[b]", "national", "未知", "对外依赖", "dependence_share", 0.6),
        Flip("主轴[b]", "national", "未知", "对外依赖", "dependence_years", 1),
    )
    swept = (Swept("confidence", 0.5, 0.6, 1), Swept("absent", 1.0, 1.0, 0, "已到上限"))
    told = shown(Sensitivity(swept, flips, None))
    lines = [line for line in told.splitlines() if "│" in line]
    assert [line.split("│")[1].strip() for line in lines] == ["主轴[b]", "刀塔"]
    assert "dependence_share = 0.6、dependence_years = 1" in lines[0]
    assert "共 1 次，判定会变的有 3 处" in told
    assert "去掉一成" not in told


def test_the_shakiest_come_first_and_the_rest_is_counted() -> None:
    findings = (kept("稳", 1.0), kept("甲", 0.9), kept("乙", 0.5), kept("丙", 0.7))
    told = shown(Sensitivity((), (), Bootstrap(4, 1, 0.1, 7, 9, 50, "说明。", findings)), limit=2)
    lines = [line for line in told.splitlines() if "│" in line]
    assert [line.split("│")[1].strip() for line in lines] == ["乙", "丙"]
    assert "弱链 3、未知 1" in lines[0]
    assert "另有 1 行未列出" in told
    assert told.rstrip().endswith("说明。")
    assert "所有判定每次都保持" in shown(Sensitivity((), (), Bootstrap(4, 1, 0.1, 7, 9, 50, "说明。", findings[:1])))
