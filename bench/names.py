"""How well and how fast short names are resolved, on the 4,654 listed companies and beside a million made-up firms.

``python bench/names.py FOLDER [firms]``: FOLDER holds companies.csv of the listed_companies set (code, name, fullname).
Figures:

- closed: every full name is in the population; ``right`` is the share of names whose match or first candidate is a full
  name the set gives for that short name, ``right row`` the one of the same row;
- half A, half B: the same by halves of the names; the costs were chosen on half A only;
- hidden: five times half of the short names have their full names taken out; ``absent matched`` is the share of these
  that are a match all the same;
- speed: names per processor second, reading the population included, against the set itself and against a million
  firms of random own names with places and trades.
"""

from __future__ import annotations

import csv
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from bulian.graph.names import normal_forms
from bulian.queries.firm_names_words import FORMS, PLACE_LETTERS, TRADES
from bulian.queries.resolve import Asked, Names, Resolution

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.measured import write_result

Rows = Sequence[dict[str, str]]


def population(full_names: Sequence[str]) -> pa.Table:
    """The names as a store gives them."""
    names = pa.array(full_names, pa.string())
    keys = normal_forms(names)
    return pa.table({"id": [f"Enterprise:{key}" for key in keys.to_pylist()], "name": names, "key": keys})


def resolved(rows: Rows, full_names: Sequence[str]) -> tuple[list[Resolution], float]:
    """Every short name against these full names, and the processor seconds it took."""
    table = population(full_names)
    begun = time.process_time()
    found = list(Names(table).resolve([Asked(number, row["name"]) for number, row in enumerate(rows)]))
    return found, time.process_time() - begun


def known(rows: Rows) -> dict[str, set[str]]:
    """The full names of every short name."""
    by_name: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        by_name[row["name"]].add(row["fullname"])
    return by_name


def quality(pairs: Sequence[tuple[dict[str, str], Resolution]], truth: dict[str, set[str]]) -> dict[str, float]:
    """Shares over names whose full name is there."""
    right = [found.full_name in truth[row["name"]] for row, found in pairs]
    same = [found.full_name == row["fullname"] for row, found in pairs]
    sure = [good for good, (_, found) in zip(right, pairs, strict=True) if found.decision == "match"]
    return {
        "right": round(sum(right) / len(pairs), 4), "right row": round(sum(same) / len(pairs), 4),
        "match": round(len(sure) / len(pairs), 4), "match precision": round(sum(sure) / max(len(sure), 1), 4),
    }  # fmt: skip


def halves(rows: Rows) -> list[bool]:
    """Which rows are in half A: the split by which the costs were chosen, so it stays as it is."""
    chance = random.Random(3)
    return [chance.random() < 0.5 for _ in rows]


def hidden(rows: Rows, seed: int) -> dict[str, float]:
    """Half of the short names without their full names."""
    truth = known(rows)
    absent = {name for name in truth if random.Random(f"{seed}{name}").random() < 0.5}
    gone = {full for name in absent for full in truth[name]}
    kept = sorted({row["fullname"] for row in rows} - gone)
    found, _ = resolved(rows, kept)
    lost = [one for row, one in zip(rows, found, strict=True) if not truth[row["name"]] & set(kept)]
    here = [(row, one) for row, one in zip(rows, found, strict=True) if truth[row["name"]] & set(kept)]
    matched = sum(one.decision == "match" for one in lost)
    return {"absent": len(lost), "absent matched": round(matched / len(lost), 4), **quality(here, truth)}


def made_up(count: int) -> list[str]:
    """Firms with random own names of two or three characters: more alike than real ones, so a hard crowd."""
    chance = random.Random(1)
    letters = [chr(code) for code in range(0x4E00, 0x9FA5, 23)]
    places = [*PLACE_LETTERS.values(), ""]
    names = set()
    while len(names) < count:
        own = "".join(chance.choices(letters, k=chance.choice((2, 2, 3))))
        names.add(f"{chance.choice(places)}{own}{chance.choice(TRADES)}{chance.choice(('', '科技'))}{FORMS[4]}")
    return sorted(names)


def main(folder: str, firms: str = "1000000") -> None:
    """Print and keep the figures."""
    with (Path(folder) / "companies.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    truth = known(rows)
    full_names = sorted({row["fullname"] for row in rows})
    found, seconds = resolved(rows, full_names)
    pairs = list(zip(rows, found, strict=True))
    result: dict[str, Any] = {"closed": quality(pairs, truth)}
    for name, wanted in (("half A", True), ("half B", False)):
        half = [pair for pair, in_a in zip(pairs, halves(rows), strict=True) if in_a == wanted]
        result[name] = quality(half, truth)
    result["hidden"] = [hidden(rows, seed) for seed in range(5)]
    crowd = sorted({*full_names, *made_up(int(firms))})
    among, longer = resolved(rows, crowd)
    result["closed in the crowd"] = {"firms": len(crowd), **quality(list(zip(rows, among, strict=True)), truth)}
    result["names per second"] = {"alone": round(len(rows) / seconds), "in the crowd": round(len(rows) / longer)}
    write_result("names", result)


if __name__ == "__main__":
    main(*sys.argv[1:])
