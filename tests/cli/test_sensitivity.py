"""``bulian weak --sensitivity`` as people and scripts call it."""

from __future__ import annotations

from typing import Any

ASKED = ("weak", "--region", "温岭市", "--chain", "数控机床")


def test_nobody_who_does_not_ask_is_told(ask: Any) -> None:
    answer = ask(*ASKED)
    assert answer["sensitivity"] is None
    assert {finding["stability"] for finding in answer["findings"]} == {None}
    assert list(answer["lists"]) == ["强链", "补链", "延链"]
    assert len({finding["id"] for finding in answer["findings"]}) == len(answer["findings"])


def test_the_region_may_be_named_or_numbered(ask: Any) -> None:
    named, numbered = ask(*ASKED), ask("weak", "--region", "331081", "--chain", "数控机床")
    assert [finding["id"] for finding in named["findings"]] == [finding["id"] for finding in numbered["findings"]]


def test_who_asks_is_told_the_same_each_time(ask: Any) -> None:
    answer = ask(*ASKED, "--sensitivity", "--bootstrap", "8", "--seed", "5")
    sensitivity = answer["sensitivity"]
    assert list(sensitivity) == ["swept", "flips", "bootstrap"]
    assert {swept["setting"] for swept in sensitivity["swept"]} == set(answer["settings"])
    boot = sensitivity["bootstrap"]
    assert (boot["replicates"], boot["seed"], boot["dropped"]) == (8, 5, 0.1)
    kept = {finding["product"]: finding["kept"] for finding in boot["findings"]}
    assert {finding["product"]: finding["stability"] for finding in answer["findings"]} == kept
    assert sum(swept["flips"] for swept in sensitivity["swept"]) == len(sensitivity["flips"])
    assert ask(*ASKED, "--seed", "5", "--bootstrap", "8", "--sensitivity") == answer


def test_a_terminal_says_it_in_words(bulian: Any, example_store: Any) -> None:
    told = bulian(*ASKED, "--sensitivity", "--bootstrap", "4", "--store", example_store).out
    assert "随机去掉一成的行" in told
    assert "阈值各自上下变动两成" in told
    for word in ("None", "Flip(", "regional", "{"):
        assert word not in told
    without = bulian(*ASKED, "--sensitivity", "--bootstrap", "0", "--store", example_store).out
    assert "随机去掉一成的行" not in without
