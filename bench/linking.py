"""How well and how fast product strings and business scopes are linked to a chain.

    python bench/linking.py                   the labelled strings, then a register of 100,000 made-up scopes
    python bench/linking.py --firms 1000000

The labelled strings (``tests/ingest/linking_gold``) were read and labelled against two chains. Those of the part *blind*
were labelled before the linker was run on them; the first such run, before anything was learnt from it, is kept in
``docs/linking.md``. Speed is given as a ratio to reading the same register in without a chain to link to.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from bulian.examples import example_folder
from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.ingest.linking_lines import linker_of
from bulian.ingest.pipeline import ingest

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "tests" / "ingest" / "linking_gold"
CHAINS = {"machine_tools": "数控机床", "robots": "机器人"}
THINGS = (
    "金属切削机床", "数控机床", "机床功能部件及附件", "模具", "通用零部件", "五金产品", "塑料制品", "服装", "汽车零配件",
    "阀门和旋塞", "电子元器件", "仪器仪表", "轴承、齿轮和传动部件", "机械零件、零部件", "建筑材料", "日用百货",
    "泵及真空设备",
    "伺服控制机构", "工业机器人",
)  # fmt: skip
VERBS = ("制造", "销售", "研发", "批发", "零售", "加工", "维修", "生产")
SERVICES = (
    "技术服务、技术开发、技术咨询",
    "货物进出口",
    "道路货物运输",
    "房屋租赁",
    "企业管理咨询",
    "广告设计、代理",
    "住房租赁",
)


def counts(store: DuckDBStore, name: str) -> dict[str, Counter[str]]:
    """Links right, wrong and missed, by part of the labelled strings."""
    linker = linker_of(store, CHAINS[name])
    parts: dict[str, Counter[str]] = {}
    for line in (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        meant = {(node, role) for node, role in row["links"]}
        said = {(link.node, link.role) for link in linker.link(row["string"])}
        part = parts.setdefault(row["part"], Counter())
        part.update(strings=1, right=len(said & meant), wrong=len(said - meant), missed=len(meant - said))
    return parts


def told(name: str, part: str, count: Counter[str]) -> None:
    """A line of measures."""
    right, wrong, missed = count["right"], count["wrong"], count["missed"]
    precision, recall = right / (right + wrong), right / (right + missed)
    f1 = 2 * right / (2 * right + wrong + missed)
    print(f"{name:<14}{part:<8}{count['strings']:5d} strings   P {precision:.3f}   R {recall:.3f}   F1 {f1:.3f}")


def register(path: Path, firms: int) -> None:
    """A register of made-up firms with scopes of twelve clauses, the same in every run."""
    draw = random.Random(20260101)
    with path.open("w", encoding="utf-8") as out:
        out.write("企业名称,省份,城市,经营范围\n")
        for number in range(firms):
            clauses = [draw.choice(THINGS) + draw.choice(VERBS) for _ in range(9)] + draw.sample(SERVICES, 3)
            out.write(f"合成{number}有限公司,浙江省,台州市,一般项目：{'；'.join(clauses)}。\n")


def seconds(folder: Path, table: Path, *, linked: bool) -> float:
    """Reading a register in, with or without a chain in the store."""
    with open_duckdb(str(folder / f"{linked}.duckdb"), write=True) as store:
        if linked:
            ingest(store, [example_folder() / name for name in ("产品.csv", "产业链关系.csv")])
        begun = time.perf_counter()
        ingest(store, [table])
        return time.perf_counter() - begun


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firms", type=int, default=100_000)
    firms = parser.parse_args().firms
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        total: dict[str, Counter[str]] = {}
        for gold, paths in {"machine_tools": [example_folder()], "robots": [GOLD]}.items():
            with open_duckdb(str(folder / f"{gold}.duckdb"), write=True) as store:
                ingest(store, paths)
                for part, count in counts(store, gold).items():
                    told(gold, part, count)
                    total.setdefault(part, Counter()).update(count)
        for part, count in total.items():
            told("both", part, count)
        table = folder / "名录.csv"
        register(table, firms)
        plain, linked = (seconds(folder, table, linked=way) for way in (False, True))
        print(f"{firms} scopes: {firms / linked:,.0f} rows/s linked, {linked / plain:.2f} × the time without a chain")


if __name__ == "__main__":
    main()
