"""A chain as the questions read it: what lies outside the chain still counts where it keeps something running."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulian.graph.duckdb_store import open_duckdb
from bulian.ingest.pipeline import ingest
from bulian.queries.chain_graph import read_chain
from bulian.queries.settings import Settings
from bulian.queries.spof import find_single_points

PRODUCTS = "产品名称,产业链,终端产品\n机床,链,是\n丝杠,链,\n导轨,链,\n"
LINKS = (
    "产品,关系,对象,必要性,替代组,置信度\n"
    "机床,需要,丝杠,必需,进给,\n机床,需要,直线电机,必需,进给,\n"  # 直线电机 is no product of the chain
    "机床,需要,导轨,必需,,\n滚柱导轨,属于,导轨,,,\n"  # nor is 滚柱导轨
)


def _store(folder: Path, links: str) -> Path:
    (folder / "产品.csv").write_text(PRODUCTS, encoding="utf-8")
    (folder / "关系.csv").write_text(links, encoding="utf-8")
    with open_duckdb(str(folder / "s.duckdb"), write=True) as store:
        assert ingest(store, [folder / "产品.csv", folder / "关系.csv"]).exit_code == 0
    return folder / "s.duckdb"


def test_an_alternative_and_a_sub_type_outside_the_chain_keep_it_running(tmp_path: Path) -> None:
    with open_duckdb(str(_store(tmp_path, LINKS))) as view:
        report = find_single_points(view, "链")
        assert {row.product: row.single_points for row in report.products} == {"丝杠": (), "导轨": (), "机床": ()}


def test_without_them_both_are_single_points(tmp_path: Path) -> None:
    bare = "".join(line + "\n" for line in LINKS.splitlines() if "直线电机" not in line and "滚柱" not in line)
    with open_duckdb(str(_store(tmp_path, bare))) as view:
        points = {row.product: row.single_points for row in find_single_points(view, "链").products}
    assert points["机床"] == ("丝杠", "导轨")


@pytest.mark.parametrize(("confidence", "blocking"), [("0.5", True), ("0.49", False)])
def test_a_doubtful_need_does_not_block(tmp_path: Path, confidence: str, blocking: bool) -> None:
    with open_duckdb(str(_store(tmp_path, f"产品,关系,对象,必要性,置信度\n机床,需要,导轨,必需,{confidence}\n"))) as view:
        assert bool(read_chain(view, "链", Settings()).blocks["导轨"]) is blocking
