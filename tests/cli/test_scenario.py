"""``bulian scenario`` and ``bulian spof --sets`` as scripts and people meet them."""

from __future__ import annotations


def test_the_answer_has_the_keys_of_the_contract_whichever_way_names_are_given(ask) -> None:
    answer = ask("scenario", "--chain", "数控机床", "--without", "数控系统", "主轴", "--without", "境外")
    assert answer["without"] == ["数控系统", "境外", "主轴"]
    assert answer.keys() >= {"without", "stopped", "running", "unknowns", "region", "synthetic", "settings"}
    assert all(row.keys() == {"product", "because"} for row in answer["stopped"])
    assert answer["stopped"]
    for row in answer["stopped"]:
        assert row["because"][0] in answer["without"]
        assert row["because"][-1] == row["product"]
    ends = [row["product"] for row in answer["stopped"]] + answer["running"]
    spof = ask("spof", "--chain", "数控机床")["products"]
    blocked = {name for row in spof if row["product"] in ("数控系统", "主轴") for name in row["blocks"]}
    assert blocked <= {row["product"] for row in answer["stopped"]}
    assert sorted(ends) == sorted(set(ends))
    assert {name for row in spof for name in row["blocks"]} <= set(ends)


def test_a_single_product_stops_what_spof_says_it_blocks(ask) -> None:
    rows = [row for row in ask("spof")["products"] if row["blocks"]][:2]
    for row in rows:
        answer = ask("scenario", "--without", row["product"])
        stopped = {one["product"] for one in answer["stopped"]} - {row["product"]}
        assert stopped == set(row["blocks"])


def test_nothing_found_and_wrong_usage(bulian, example_store) -> None:
    store = ("--store", example_store)
    told = bulian("scenario", *store, "--without", "火星", "--json", code=3).json
    assert (told["error"]["code"], told["error"]["where"]) == ("not_found", "火星")
    assert "--without" in bulian("scenario", *store, code=2).err
    assert "--sets" in bulian("spof", *store, "--sets", "4", code=2).err


def test_for_people(bulian, example_store) -> None:
    store = ("--store", example_store)
    out = bulian("scenario", *store, "--without", "数控系统", "温岭市").out
    assert "会停的终端产品" in out
    assert "数控系统（产品）、温岭市（地区）" in out
    assert "失去全部生产企业的产品" in out
    assert "未见不等于没有" in out
    out = bulian("scenario", *store, "--without", "境外", "--region", "温岭市").out
    assert "只算浙江省台州市温岭市的生产企业" in out
    out = bulian("spof", *store, "--sets", "3").out
    assert "最小割集" in out
    assert " + " in out


def test_cut_sets_are_null_where_nobody_asked(ask) -> None:
    assert all(row["cut_sets"] is None for row in ask("spof")["products"])
    rows = {row["product"]: row for row in ask("spof", "--sets", "2")["products"]}
    ends = {name for row in rows.values() for name in row["blocks"]}
    for name in ends:
        assert rows[name]["cut_sets_up_to"] == 2
        assert [cut[0] for cut in rows[name]["cut_sets"] if len(cut) == 1] == rows[name]["single_points"]
