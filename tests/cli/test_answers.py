"""Every query command as scripts read it: the contract's keys and types, and what the answers must agree on."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from bulian.examples import example_folder
from bulian.queries.results import NATIONAL_LABELS, REGIONAL_LABELS
from bulian.queries.settings import Settings

NULL = type(None)
REGION = {"code": str, "name": str}
EVIDENCE = {
    "fact": str, "statement": str, "source": {"title": str, "uri": str, "date": (str, NULL)}, "locator": str,
    "quote": str, "method": str, "confidence": float, "modality": str,
}  # fmt: skip
NUMBERS = {
    "local_groups": int, "local_n_eff": (int, float), "domestic_groups": int, "foreign_groups": int,
    "p_absent_local": (float, NULL), "p_absent_national": (float, NULL), "blocks": int, "lq": (float, NULL),
}  # fmt: skip
FINDING = {
    "product": str, "regional": str, "national": str, "severity": (int, float), "numbers": NUMBERS, "reasons": [str],
    "counterfactual": str, "unknowns": [str], "evidence": [EVIDENCE],
}  # fmt: skip
WEAK = {"region": REGION, "chain": str, "settings": {}, "coverage": {}, "findings": [FINDING]}
TARGET = {
    "rank": [int], "kind": str, "id": str, "name": str, "region": (REGION, NULL), "components": {}, "mode": str,
    "reason": str, "counter": str, "unknowns": [str], "evidence": [EVIDENCE],
}  # fmt: skip
TARGETS = {"gaps": [{"product": str, "regional": str, "national": str, "targets": [TARGET]}]}
SPOF = {"products": [{"product": str, "single_points": [str], "blocks": [str]}]}
EXPLAINED = {"facts": [EVIDENCE], "conflicts": []}
CHECK = {"problems": [{"code": str, "message": str, "where": str, "hint": str}]}


def fits(value: Any, shape: Any, where: str = "$") -> None:
    """Fail unless the value has (at least) the keys and exactly the types of the shape."""
    if isinstance(shape, tuple):
        kinds = [kind for kind in shape if isinstance(kind, type)]
        if type(value) not in kinds:
            assert len(kinds) < len(shape), f"{where}: {value!r} is none of {shape}"
            fits(value, next(part for part in shape if not isinstance(part, type)), where)
    elif isinstance(shape, dict):
        assert isinstance(value, dict), f"{where}: {value!r} is no object"
        for key, part in shape.items():
            assert key in value, f"{where}: {key} is missing"
            fits(value[key], part, f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{where}: {value!r} is no list"
        for row, item in enumerate(value):
            for part in shape:
                fits(item, part, f"{where}[{row}]")
    else:
        assert type(value) is shape, f"{where}: {value!r} is no {shape.__name__}"


def rows(table: str) -> list[dict[str, str]]:
    """Rows of a table of the example, read by the standard library alone."""
    with (example_folder() / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


QUERIES = (
    (WEAK, ("weak", "--region", "温岭市", "--chain", "数控机床")),
    (TARGETS, ("targets", "--region", "温岭市", "--chain", "数控机床", "--top", "2")),
    (SPOF, ("spof", "--chain", "数控机床")),
    (CHECK, ("check", "--chain", "数控机床")),
    (EXPLAINED, ("explain", "数控车床")),
    (EXPLAINED, ("explain", "三和数控", "生产", "液压动力刀塔")),
)


@pytest.mark.parametrize(("shape", "args"), QUERIES, ids=[" ".join(args[:2]) for _, args in QUERIES])
def test_json_has_the_shape_of_the_contract_and_is_the_same_twice(bulian, example_store, shape, args) -> None:
    once = bulian(*args, "--store", example_store, "--json", env={"PYTHONHASHSEED": "1"})
    again = bulian(*args, "--store", example_store, "--json", env={"PYTHONHASHSEED": "77"})
    fits(once.json, shape)
    assert once.raw == again.raw
    assert once.err == ""


WEAK_ARGS = ("weak", "--region", "温岭市", "--chain", "数控机床")
TARGET_ARGS = ("targets", "--region", "温岭市", "--chain", "数控机床")


def test_weak_says_one_thing_of_every_product_of_the_chain(ask) -> None:
    report = ask(*WEAK_ARGS)
    wanted = {row["产品名称"] for row in rows("产品") if row["产业链"] == "数控机床"}
    assert sorted(finding["product"] for finding in report["findings"]) == sorted(wanted)
    assert report["region"] == {"code": "331081", "name": "浙江省台州市温岭市"}
    assert report["chain"] == "数控机床"
    assert report["settings"] == Settings().as_json()


def test_weak_is_sorted_by_label_and_its_numbers_agree(ask) -> None:
    findings = ask(*WEAK_ARGS)["findings"]
    order = [REGIONAL_LABELS.index(finding["regional"]) for finding in findings]
    assert order == sorted(order)
    for finding in findings:
        numbers = finding["numbers"]
        assert finding["national"] in NATIONAL_LABELS
        assert numbers["domestic_groups"] >= numbers["local_groups"], finding["product"]
        assert (numbers["local_n_eff"] == 0) == (numbers["local_groups"] == 0), finding["product"]
        assert finding["severity"] == pytest.approx(numbers["blocks"] / numbers["finals"])
        assert finding["reasons"] or finding["unknowns"], finding["product"]
        assert finding["counterfactual"], finding["product"]


def test_every_cited_fact_is_in_the_store(ask) -> None:
    known = {fact["id"] for fact in ask("export", "--format", "json")["facts"]}
    cited = [line["fact"] for finding in ask(*WEAK_ARGS)["findings"] for line in finding["evidence"]]
    cited += [line["fact"] for gap in ask(*TARGET_ARGS)["gaps"] for one in gap["targets"] for line in one["evidence"]]
    assert cited
    assert set(cited) <= known


def test_targets_are_elsewhere_or_grown_here_and_ranked(ask) -> None:
    gaps = ask(*TARGET_ARGS)["gaps"]
    labels = {finding["product"]: finding["regional"] for finding in ask(*WEAK_ARGS)["findings"]}
    assert [gap["product"] for gap in gaps] == [p for p, label in labels.items() if label not in ("正常", "强链")]
    found = [target for gap in gaps for target in gap["targets"]]
    assert {target["kind"] for target in found} <= {"招引", "培育", "院所"}
    for target in found:
        here = target["region"] is not None and target["region"]["code"].startswith("331081")
        assert {"招引": not here, "培育": here}.get(target["kind"], True), target["name"]
        assert 1 <= target["rank"][0] <= target["rank"][1]
        assert target["evidence"], f"{target['name']} 没有依据"
        assert target["reason"]
        assert target["counter"]


def test_targets_for_one_product_only(ask) -> None:
    assert [gap["product"] for gap in ask(*TARGET_ARGS, "--product", "数控磨床")["gaps"]] == ["数控磨床"]


def test_fewer_targets_are_the_first_of_more(ask) -> None:
    every = ask(*TARGET_ARGS, "--product", "数控磨床", "--top", "50")["gaps"]
    few = ask(*TARGET_ARGS, "--product", "数控磨床", "--top", "1")["gaps"]
    kinds = [target["kind"] for target in few[0]["targets"]]
    assert len(kinds) == len(set(kinds))
    first = [next(t for t in every[0]["targets"] if t["kind"] == kind) for kind in kinds]
    assert [(t["id"], t["rank"]) for t in few[0]["targets"]] == [(t["id"], t["rank"]) for t in first]


def test_single_points_and_blocked_finals_are_two_sides_of_one_answer(ask) -> None:
    products = {row["product"]: row for row in ask("spof", "--chain", "数控机床")["products"]}
    finals = {row["产品名称"] for row in rows("产品") if row["终端产品"] == "是"}
    assert finals
    for name, row in products.items():
        assert name not in row["single_points"]
        assert row["single_points"] == sorted(row["single_points"])
        stopped = {final for final in finals if name in products[final]["single_points"]}
        assert set(row["blocks"]) - {name} == stopped, name
    blocks = {finding["product"]: finding["numbers"]["blocks"] for finding in ask(*WEAK_ARGS)["findings"]}
    assert {name: len(set(row["blocks"]) - {name}) for name, row in products.items()} == blocks


def test_the_chain_and_an_alias_may_be_left_to_the_store(ask) -> None:
    assert ask("spof", "--product", "CNC")["products"] == ask("spof", "--product", "数控系统")["products"]
    assert ask("weak", "--region", "331081") == ask(*WEAK_ARGS)
    assert ask("weak", "--region", "温岭") == ask(*WEAK_ARGS)


def test_explain_finds_a_node_by_id_name_alias_and_code(ask) -> None:
    by_name = ask("explain", "数控系统")
    assert by_name["node"]["id"] == "Product:数控系统"
    assert by_name["edge"] is None
    assert ask("explain", "Product:数控系统") == ask("explain", "CNC系统") == by_name
    assert ask("explain", "温岭") == ask("explain", "331081") == ask("explain", "浙江省台州市温岭市")
    assert ask("explain", "331081")["node"]["id"] == "Region:331081"


def test_explain_finds_an_edge_by_the_chinese_and_the_english_relation(ask) -> None:
    chinese = ask("explain", "三和数控 生产 液压动力刀塔")
    assert chinese == ask("explain", "三和数控", "PRODUCES", "液压动力刀塔")
    assert chinese["node"] is None
    assert chinese["edge"]["relation"] == "PRODUCES"
    row = next(r for r in rows("企业产品") if (r["企业名称"], r["产品名称"]) == ("三和数控", "液压动力刀塔"))
    assert [fact["source"]["uri"] for fact in chinese["facts"]] == [row["来源"]]


def test_explain_of_a_node_holds_every_fact_about_it_once(ask) -> None:
    facts = [
        f for f in ask("export", "--format", "json")["facts"] if "Product:数控车床" in (f["subject_id"], f["object_id"])
    ]
    told = [line["fact"] for line in ask("explain", "数控车床")["facts"]]
    assert sorted(told) == sorted(fact["id"] for fact in facts)


def test_json_goes_to_a_file_as_it_goes_to_stdout(bulian, example_store, tmp_path) -> None:
    shown = bulian("spof", "--store", example_store, "--json")
    kept = bulian("spof", "--store", example_store, "--output", "单点.json")
    assert (tmp_path / "单点.json").read_bytes() == shown.raw
    assert kept.raw == b""


def test_people_read_chinese_sentences(bulian, example_store) -> None:
    for args in (
        WEAK_ARGS,
        TARGET_ARGS,
        ("spof",),
        ("check",),
        ("explain", "数控车床"),
        ("explain", "三和数控 生产 液压动力刀塔"),
    ):
        text = bulian(*args, "--store", example_store).out
        assert len(text) > 20, args
        for word in ("None", "null", "PRODUCES", "REQUIRES", "Equipment", "{", "Finding("):
            assert word not in text, (args, word)


def test_schema_in_every_form(bulian) -> None:
    model = bulian("schema", "--json").json
    kinds = {kind["name"] for kind in model["kinds"]}
    assert {"Product", "Technology", "Enterprise", "Institute", "Region", "Chain", "Policy", "Agency"} <= kinds
    relations = {relation["name"] for relation in model["relations"]}
    assert {"REQUIRES", "IS_A", "IN_CHAIN", "PRODUCES", "SELLS", "USES", "NEEDS_TECHNOLOGY", "RESEARCHES"} <= relations
    assert bulian("schema", "--format", "json").json == model
    assert bulian("schema", "--format", "mermaid").out.startswith("classDiagram")
    assert "PRODUCES" in bulian("schema").out


def test_demo_answers_leaves_its_papers_and_repeats(bulian, tmp_path) -> None:
    first = bulian("demo", "--json").json
    fits(first["weak"], WEAK)
    fits(first["targets"], TARGETS)
    assert set(first["paths"]) == {"链图", "工作簿"}
    papers = {path: (tmp_path / path).read_bytes() for path in first["paths"].values()}
    again = bulian("demo")
    assert "弱链" in again.out
    assert "三、还不知道什么" in again.out
    assert {path: (tmp_path / path).read_bytes() for path in papers} == papers
