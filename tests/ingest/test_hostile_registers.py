"""Hostile registers: every bad row is in the rejects file with its reason, every good row is in, whatever the file."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulian.graph.duckdb_store import open_duckdb
from bulian.graph.names import credit_code_error
from bulian.ingest.pipeline import ingest

COLUMNS = ["企业名称", "统一社会信用代码", "登记状态", "成立日期", "参保人数", "注册资本", "置信度", "经营范围"]
COLUMNS += ["法定代表人"]


def code(number: int) -> str:
    body = f"91331081MA{number:07d}"
    return next(body + last for last in "0123456789ABCDEFGHJKLMNPQRTUWXY" if credit_code_error(body + last) is None)


# What is done to a good row: what it changes, and the reason code it is rejected for (None: it stays, the cell may go).
CSV_FAULTS: dict[str, tuple[dict[str, Any], str | None]] = {
    "good": ({}, None),
    "no name": ({"企业名称": "—"}, "missing_required"),
    "error value": ({"企业名称": "#N/A"}, "cell_error"),
    "error in a column nobody reads": ({"法定代表人": "#REF!"}, None),
    "confidence": ({"置信度": "很高"}, "bad_share"),
    "confidence above one": ({"置信度": "90"}, "bad_share"),
    "date as a number": ({"成立日期": "39814"}, None),
    "no date": ({"成立日期": "2010-13-45"}, None),
    "no number": ({"参保人数": "很多"}, None),
    "code as a float": ({"统一社会信用代码": "9.13310811234568E+17"}, None),
    "wrong check digit": ({"统一社会信用代码": code(1)[:-1] + "I"}, None),
    "formula text": ({"企业名称": "=HYPERLINK(\"http://x\")公司"}, None),
    "a million characters": ({"经营范围": "造" * 1_000_000}, None),
    "dashes": ({"统一社会信用代码": "--", "成立日期": "—", "参保人数": "-", "注册资本": "／"}, None),
    "line end in a cell": ({"经营范围": "造\n甲\r\n乙"}, None),
}  # fmt: skip
XLSX_FAULTS: dict[str, tuple[dict[str, Any], str | None]] = {
    **{name: fault for name, fault in CSV_FAULTS.items() if "million" not in name and "formula" not in name},
    "code as a number": ({"统一社会信用代码": 913310811234567895}, "number_precision"),
    "formula without its value": ({"企业名称": "=A1&A2"}, "formula_uncached"),
    "numbers as numbers": ({"参保人数": 12, "成立日期": 39814, "置信度": 0.5}, None),
    "longest cell": ({"经营范围": "造" * 32_000}, None),
}


def sheet(
    rng: random.Random, names: list[str], faults: dict[str, tuple[dict[str, Any], str | None]]
) -> tuple[list[list[Any]], dict[int, str | None]]:
    """Shuffled and doubled columns, blank rows, titles above; and the reason per row number (None: it is in)."""
    columns = [*COLUMNS, "统一社会信用代码", ""]
    rng.shuffle(columns)
    lines: list[list[Any]] = [["某某导出", *[""] * (len(columns) - 1)]] * rng.randrange(3) + [list(columns)]
    expected: dict[int, str | None] = {}
    for number, name in enumerate(names, 1):
        if rng.random() < 0.2:
            lines.append([""] * len(columns))
        change, reason = faults[name]
        row = {
            "企业名称": f"甲{number}有限公司", "统一社会信用代码": code(number), "登记状态": "存续",
            "成立日期": "2010-01-02",
            "参保人数": "12", "注册资本": "5万元", "置信度": "", "经营范围": "造", "法定代表人": "王", **change,
        }  # fmt: skip
        lines.append([row.get(column, "") for column in columns])
        expected[len(lines)] = reason
    return lines, expected


def check(path: Path, expected: dict[int, str | None]) -> None:
    rejects = path.with_name("退回.csv")
    rejects.unlink(missing_ok=True)
    with open_duckdb(":memory:", write=True) as store:
        report = ingest(store, [path], rejects=rejects)
        (entry,) = report.files
        assert entry.error is None, entry.error
        named = {int(fact.locator.rsplit("第", 1)[1][:-1]): fact for fact in store.facts(predicates=["name"])}
        text = {fact.value for fact in store.facts(predicates=["business_scope"])}
        codes = {fact.value for fact in store.facts(predicates=["credit_code"])}
    bad = {row for row, reason in expected.items() if reason}
    refused: dict[int, str] = {}
    if rejects.exists():
        with rejects.open(encoding="utf-8-sig", newline="") as file:
            refused = {int(row["退回行号"]): row["退回原因"] for row in csv.DictReader(file)}
    assert (set(named), set(refused)) == (set(expected) - bad, bad)
    assert all(refused.values())
    assert (entry.read, entry.accepted, entry.rejected) == (len(expected), len(expected) - len(bad), len(bad))
    for reason in set(filter(None, expected.values())):
        assert entry.reasons[reason] == sum(other == reason for other in expected.values())
    assert all(credit_code_error(str(value)) is None for value in codes)
    assert all(set(str(value)) <= set("造甲乙\n") for value in text)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from(sorted(CSV_FAULTS)), min_size=1, max_size=25), seed=st.integers(0, 99),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]), delimiter=st.sampled_from([",", "\t", ";"]),
)  # fmt: skip
def test_csv(tmp_path: Path, names: list[str], seed: int, encoding: str, delimiter: str) -> None:
    lines, expected = sheet(random.Random(seed), names, CSV_FAULTS)
    path = tmp_path / "名录.csv"
    with path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out, delimiter=delimiter).writerows(lines)
    check(path, expected)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(sorted(XLSX_FAULTS)), min_size=1, max_size=25), seed=st.integers(0, 99))
def test_xlsx(tmp_path: Path, names: list[str], seed: int) -> None:
    lines, expected = sheet(random.Random(seed), names, XLSX_FAULTS)
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append([None if cell == "" else cell for cell in line])
    path = tmp_path / "名录.xlsx"
    book.save(path)
    check(path, expected)


def test_lines_of_another_encoding_are_rejected_and_the_others_are_in(tmp_path: Path) -> None:
    good = [f"甲{number}数控机床有限公司,存续" for number in range(200)]
    lines = ["企业名称,登记状态".encode(), *(line.encode() for line in good)]
    lines[50] = "乙数控机床有限公司,存续".encode("gb18030")
    path = tmp_path / "名录.csv"
    path.write_bytes(b"\n".join(lines))
    check(path, {row: "row_malformed" if row == 51 else None for row in range(2, 202)})
