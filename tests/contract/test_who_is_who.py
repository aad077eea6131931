"""Which names are one firm, product or group, decided over all files at once."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def code(serial: int) -> str:
    """A credit code with the right check digit (GB 32100-2015)."""
    body = f"91331081MA{serial:07d}"
    total = sum(ALPHABET.index(character) * 3**place for place, character in enumerate(body))
    return body + ALPHABET[(31 - total % 31) % 31]


def makers_of(door: Any, product: str) -> list[str]:
    with door.open() as view:
        return [edge.source for edge in view.edges("PRODUCES", targets=[f"Product:{product}"])]


def makes(door: Any, name: str, *rows: tuple[str, str]) -> Any:
    return door.file(name, "企业名称,产品名称,角色", *((*row, "生产") for row in rows))


def test_the_credit_code_beats_the_name(door: Any) -> None:
    """One code under two names is one firm; one name under two codes is two."""
    door.ingest(door.file(
        "企业.csv", "企业名称,统一社会信用代码",
        ("甲有限公司", code(1)), ("甲股份有限公司", code(1)), ("乙有限公司", code(2)), ("乙有限公司", code(3)),
    ))  # fmt: skip
    with door.open() as view:
        ids = {node.id: node.name for node in view.nodes("Enterprise")}
        assert set(ids) == {f"Enterprise:{code(n)}" for n in (1, 2, 3)}
        assert set(view.node(f"Enterprise:{code(1)}").properties["name"]) == {"甲有限公司", "甲股份有限公司"}
        assert len(view.find("乙有限公司")) == 2


def test_a_name_with_code_here_and_without_there_is_one_firm(door: Any) -> None:
    register = door.file("企业.csv", "企业名称,统一社会信用代码", ("甲 有限公司（温岭）", code(1)))
    other = door.file("名录.csv", "企业名称,登记状态", ("甲有限公司(温岭)", "存续"))
    made = makes(door, "企业产品.csv", ("甲有限公司〔温岭〕", "主轴"))
    exports = set()
    for number, order in enumerate(list(permutations((register, other, made)))[:: 3 if door.slow else 1]):
        store = door.another(f"order{number}")
        for file in order:
            store.ingest(file)
        assert makers_of(store, "主轴") == [f"Enterprise:{code(1)}"]
        exports.add(store.export())
    assert len(exports) == 1


def test_the_name_of_two_codes_stays_apart_and_is_given_to_neither(door: Any) -> None:
    door.ingest(
        door.file("企业.csv", "企业名称,统一社会信用代码", ("甲有限公司", code(1)), ("甲有限公司", code(2))),
        makes(door, "企业产品.csv", ("甲有限公司", "主轴")),
    )
    assert makers_of(door, "主轴") == ["Enterprise:甲有限公司"]
    with door.open() as view:
        assert view.count("Enterprise") == 3


def test_a_wrong_credit_code_is_dropped_and_the_name_decides(door: Any) -> None:
    wrong = code(1)[:-1] + ("0" if code(1)[-1] != "0" else "1")
    report = door.ingest(door.file("企业.csv", "企业名称,统一社会信用代码", ("甲有限公司", wrong)))
    assert report.files[0].reasons["bad_credit_code"] == 1
    assert report.files[0].rejected == 0
    with door.open() as view:
        assert [node.id for node in view.nodes("Enterprise")] == ["Enterprise:甲有限公司"]


def test_former_names_lead_to_the_firm(door: Any) -> None:
    door.ingest(
        door.file("企业.csv", "企业名称,统一社会信用代码,曾用名",
                  ("新名有限公司", code(1), "旧名厂；更旧名厂"), ("旧名厂", "", "")),
        makes(door, "企业产品.csv", ("更旧名厂", "主轴"), ("旧名厂", "刀塔")),
    )  # fmt: skip
    assert makers_of(door, "主轴") == makers_of(door, "刀塔") == [f"Enterprise:{code(1)}"]


def test_a_chain_of_former_names_ends_at_the_newest(door: Any) -> None:
    rows = [(f"第{n}代公司", f"第{n - 1}代公司") for n in range(1, 12)]
    door.ingest(door.file("企业.csv", "企业名称,曾用名", *rows), makes(door, "企业产品.csv", ("第0代公司", "主轴")))
    assert makers_of(door, "主轴") == ["Enterprise:第11代公司"]


def test_two_firms_that_swapped_names_stay_two(door: Any) -> None:
    door.ingest(door.file("企业.csv", "企业名称,曾用名", ("甲公司", "乙公司"), ("乙公司", "甲公司")),
                makes(door, "企业产品.csv", ("甲公司", "主轴"), ("乙公司", "主轴")))  # fmt: skip
    assert makers_of(door, "主轴") == ["Enterprise:乙公司", "Enterprise:甲公司"]


def test_the_current_name_of_one_beats_the_former_name_of_another(door: Any) -> None:
    door.ingest(
        door.file("企业.csv", "企业名称,统一社会信用代码,曾用名", ("甲公司", code(1), ""), ("丙公司", code(2), "甲公司")),
        makes(door, "企业产品.csv", ("甲公司", "主轴")),
    )
    assert makers_of(door, "主轴") == [f"Enterprise:{code(1)}"]


@pytest.mark.parametrize("bearers", [1, 2])
def test_a_short_name_counts_only_when_one_firm_bears_it(door: Any, bearers: int) -> None:
    rows = [(f"海德曼{n}号机床有限公司", "海德曼") for n in range(bearers)]
    door.ingest(door.file("企业.csv", "企业名称,简称", *rows), makes(door, "企业产品.csv", ("海德曼", "主轴")))
    expected = "Enterprise:海德曼0号机床有限公司" if bearers == 1 else "Enterprise:海德曼"
    assert makers_of(door, "主轴") == [expected]


def test_a_short_name_that_is_a_firm_of_its_own_is_not_taken(door: Any) -> None:
    door.ingest(door.file("企业.csv", "企业名称,简称", ("海德曼机床有限公司", "海德曼"), ("海德曼", "")),
                makes(door, "企业产品.csv", ("海德曼", "主轴")))  # fmt: skip
    assert makers_of(door, "主轴") == ["Enterprise:海德曼"]


def test_an_institute_named_as_partner_is_the_institute(door: Any) -> None:
    door.ingest(
        door.file("院所.csv", "院所名称,类型", ("浙江大学", "大学"), ("国家机床质检", "检测平台")),
        door.file("企业.csv", "企业名称", ("温岭设计院",), ("甲公司",)),
        door.file("合作.csv", "企业名称,合作方,主题",
                  ("甲公司", "浙江大学", "主轴"), ("甲公司", "国家机床质检", "检测"), ("甲公司", "温岭设计院", "图纸"),
                  ("甲公司", "无名研究所", "试验"), ("甲公司", "某某公司", "装配")),
    )  # fmt: skip
    with door.open() as view:
        partners = [edge.target for edge in view.edges("COOPERATES_WITH", sources=["Enterprise:甲公司"])]
    assert partners == [
        "Enterprise:某某公司", "Enterprise:温岭设计院",
        "Institute:国家机床质检", "Institute:无名研究所", "Institute:浙江大学",
    ]  # fmt: skip


def test_a_product_alias_is_the_product_and_one_of_two_is_not(door: Any) -> None:
    door.ingest(
        door.file("产品.csv", "产品名称,别名", ("主轴", "电主轴；Spindle"), ("刀塔", "转塔"), ("刀架", "转塔")),
        makes(door, "企业产品.csv", ("甲厂", "SPINDLE"), ("乙厂", "电 主轴"), ("丙厂", "转塔")),
    )
    assert makers_of(door, "主轴") == ["Enterprise:丙厂", "Enterprise:乙厂", "Enterprise:甲厂"][1:]
    assert makers_of(door, "转塔") == ["Enterprise:丙厂"]


def test_groups_join_through_chains_and_a_parent_that_makes_it_too(door: Any) -> None:
    import pyarrow as pa

    door.ingest(
        door.file("企业.csv", "企业名称,所属集团,区县",
                  ("孙公司", "子公司", "温岭市"), ("子公司", "母集团", "温岭市"), ("母集团", "", "温岭市"),
                  ("旁公司", "母集团", "温岭市"), ("外人", "", "温岭市")),
        makes(door, "企业产品.csv", *((firm, "主轴") for firm in ("孙公司", "母集团", "旁公司", "外人"))),
    )  # fmt: skip
    with door.open() as view:
        pairs = pa.table({"root": ["主轴"], "leaf": ["主轴"]})
        rows = {row["scope"]: row for row in view.supply(pairs, "331081", 0.5).to_pylist()}
        assert (rows["local"]["firms"], rows["local"]["groups"], rows["local"]["hhi"]) == (4, 2, 0.5)
        makers = view.producers(pairs, "331081", 9).to_pylist()
    assert len({row["group"] for row in makers if row["name"] != "外人"}) == 1


def _subtypes(view: Any, chain: str) -> list[tuple[str, str]]:
    return [(sub, parent) for sub, parent, data in view.links(chain) if data["relation"] == "IS_A"]


def test_rows_of_another_chain_do_not_leak(door: Any) -> None:
    door.ingest(
        door.file("产品.csv", "产品名称,产业链", *((name, chain) for chain in ("机床", "汽车") for name in "甲乙丙丁")),
        door.file(
            "关系.csv", "产品,关系,对象,必要性,产业链",
            ("甲", "需要", "乙", "必需", "机床"), ("甲", "需要", "丙", "必需", "汽车"), ("甲", "需要", "丁", "必需", ""),
            ("甲", "需要", "戊", "必需", ""), ("小乙", "属于", "乙", "", "汽车"), ("小丙", "属于", "丙", "", ""),
        ),
    )  # fmt: skip
    with door.open() as view:
        assert view.chains() == ["机床", "汽车"]
        assert sorted(view.chain("机床").edges()) == [("甲", "丁"), ("甲", "乙")]
        assert sorted(view.chain("汽车").edges()) == [("小乙", "乙"), ("甲", "丁"), ("甲", "丙")]
        assert sorted(view.chain("机床")) == sorted("甲乙丙丁")
        assert _subtypes(view, "机床") == [("小丙", "丙")]
        assert _subtypes(view, "汽车") == [("小丙", "丙"), ("小乙", "乙")]


def test_conflicting_rows_of_a_link_stay_two_edges(door: Any) -> None:
    header = "产品,关系,对象,必要性,产业链,来源"
    door.ingest(
        door.file(
            "关系.csv", header, ("甲", "需要", "乙", "必需", "机床", "书"), ("甲", "需要", "乙", "非必需", "机床", "报")
        )
    )
    with door.open() as view:
        said = [data["essentiality"] for _, _, data in view.chain("机床").edges(data=True)]
    assert sorted(said) == ["必需", "非必需"]
