"""How fast a company export and its product links go in, and how fast weak links come out.

    python bench/million.py            100,000 firms, 500,000 links
    python bench/million.py --full     1,000,000 firms, 5,000,000 links

Both files are synthetic and the same in every run. Numbers are of one run on one machine: compare only ratios.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from bulian.graph.duckdb_store import open_duckdb
from bulian.graph.regions import default_regions
from bulian.ingest.pipeline import ingest
from bulian.queries.weak_links import find_weak_links

CHAIN = "机床"
COUNTY = "331081"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODES = f"""
CREATE MACRO digit(n, unit) AS substr('{ALPHABET}', 1 + CAST(n // unit % 31 AS INTEGER), 1);
CREATE MACRO body(n) AS '91331081MA' || digit(n, 31**5) || digit(n, 31**4) || digit(n, 31**3) || digit(n, 31**2)
  || digit(n, 31) || digit(n, 1) || 'X';
CREATE MACRO code(n) AS body(n) || substr('{ALPHABET}', 1 + CAST((31 - list_sum(list_transform(range(17), lambda i:
  (instr('{ALPHABET}', substr(body(n), i + 1, 1)) - 1) * power(3, i)::HUGEINT % 31)) % 31) % 31 AS INTEGER), 1);
CREATE MACRO firm(n) AS '合成' || n || '号' || ['机械', '电子', '材料', '数控'][1 + CAST(n % 4 AS INTEGER)] || '有限公司';
"""


def write_files(folder: Path, firms: int, links: int, products: int) -> list[Path]:
    """The chain, the firms (12 columns) and what they make, as CSV."""
    db = duckdb.connect()
    db.execute(_CODES)
    counties = sorted((r for r in default_regions().rows() if r.level == 3), key=lambda region: region.code)
    rows = [(at, *_parts(region.code)) for at, region in enumerate(counties)]
    db.execute("CREATE TABLE place (number INTEGER, province VARCHAR, city VARCHAR, county VARCHAR)")
    db.executemany("INSERT INTO place VALUES (?, ?, ?, ?)", rows)
    chain, need, firm, made = (folder / name for name in ("产品.csv", "关系.csv", "企业.csv", "企业产品.csv"))
    copy = "COPY ({}) TO '{}' (HEADER)"
    db.execute(copy.format(f"SELECT '产品' || n AS 产品名称, '{CHAIN}' AS 产业链 FROM range({products}) t(n)", chain))
    db.execute(copy.format(
        f"SELECT '产品' || n // 3 AS 产品, '需要' AS 关系, '产品' || n AS 对象, '必需' AS 必要性, '{CHAIN}' AS 产业链"
        f" FROM range(1, {products}) t(n)", need,
    ))  # fmt: skip
    db.execute(copy.format(
        "SELECT firm(n) AS 企业名称, code(n) AS 统一社会信用代码, '合成' || n AS 简称, province AS 省份, city AS 城市,"
        " county AS 区县, ['存续', '在业', '注销'][1 + n % 3 % 2 + n % 50 // 49] AS 登记状态,"
        " CASE WHEN n % 20 = 0 THEN firm(n - n % 100) END AS 所属集团, n % 900 AS 参保人数,"
        " (n % 5000) || '万人民币' AS 注册资本,"
        " CAST(DATE '1990-01-01' + CAST(n % 12000 AS INTEGER) AS VARCHAR) AS 成立日期,"
        " '一般项目：第' || n % 5000 || '类机械设备的研发、制造与销售' AS 经营范围"
        f" FROM range({firms}) t(n) JOIN place ON number = hash(n) % {len(rows)} ORDER BY n", firm,
    ))  # fmt: skip
    db.execute(copy.format(
        f"SELECT firm(hash(n) % {firms}) AS 企业名称,"
        f" '产品' || CAST(floor({products} * power(hash(n + 7) % 100000 / 1e5, 2))"
        " AS INTEGER) AS 产品名称, ['生产', '生产', '销售', '使用', ''][1 + CAST(n % 5 AS INTEGER)] AS 角色,"
        " CASE WHEN n % 4 = 0 THEN (n % 900 + 1)::VARCHAR END AS 产能, CASE WHEN n % 4 = 0 THEN '台' END AS 单位,"
        f" 0.3 + n % 7 / 10 AS 置信度 FROM range({links}) t(n) ORDER BY n", made,
    ))  # fmt: skip
    return [chain, need, firm, made]


def _parts(code: str) -> tuple[str, str, str]:
    regions = default_regions()
    names = {region.level: region.name for region in map(regions.get, regions.ancestors(code))}
    return names[1], names.get(2, ""), names[3]


def peak() -> float:
    """Most memory this process ever held, GB."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1 << 30 if sys.platform == "darwin" else 1 << 20)


def main() -> None:
    """Write the files, ingest them, ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--firms", type=int, default=None)
    parser.add_argument("--products", type=int, default=2000)
    parser.add_argument("--keep", type=Path, help="folder to keep files and store in")
    options = parser.parse_args()
    firms = options.firms or (1_000_000 if options.full else 100_000)
    products = 20_000 if options.full else options.products
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        run(folder, write_files(folder, firms, 5 * firms, products))


def run(folder: Path, files: list[Path]) -> None:
    """Ingest every file, then ask once."""
    path = folder / "store.duckdb"
    path.unlink(missing_ok=True)
    marks: list[tuple[str, float]] = []
    started = time.perf_counter()
    store = open_duckdb(str(path), write=True)
    report = ingest(store, files, progress=lambda doing, done, total: marks.append((doing, time.perf_counter())))
    ended = time.perf_counter()
    for (doing, begun), (_, stopped) in zip(marks, [*marks[1:], ("", ended)], strict=True):
        rows = sum(entry.accepted for entry in report.files if Path(entry.path).name == doing)
        rate = f"{rows / (stopped - begun):12,.0f} 行/秒" if rows else ""
        print(f"{doing:<14}{stopped - begun:8.2f} s  {rows:>9,} 行{rate}")
    rows = sum(entry.accepted for entry in report.files)
    rejected = sum(entry.rejected for entry in report.files)
    print(
        f"合计 {ended - started:.1f} s，{rows / (ended - started):,.0f} 行/秒，"
        f"退回 {rejected} 行，新事实 {report.facts.new:,}"
    )
    store.close()
    print(f"存储 {path.stat().st_size / 1e9:.2f} GB，导入的内存峰值 {peak():.2f} GB")
    begun = time.perf_counter()
    with open_duckdb(str(path)) as view:
        opened = time.perf_counter()
        weak = find_weak_links(view, COUNTY, CHAIN)
    ended = time.perf_counter()
    print(
        f"打开 {opened - begun:.2f} s，薄弱环节 {ended - opened:.2f} s，"
        f"{len(weak.findings)} 个环节，内存峰值 {peak():.2f} GB"
    )


if __name__ == "__main__":
    main()
