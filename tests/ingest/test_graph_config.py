"""The mapping of a foreign graph: what may be written, and what is said of what may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import neo4j.spatial
import neo4j.time
import pytest

from bulian.graph.errors import BulianError, InputError
from bulian.graph.neo4j_server import Address
from bulian.ingest.config import read_config
from bulian.ingest.graph_config import GraphMapping, read_mapping
from bulian.ingest.graph_reader import text_of_property
from bulian.ingest.graph_source import quoted

NODE = 'label = "company"\ntable = "企业"\ncolumns = { "企业名称" = "name" }\n'
EDGE = 'type = "MAKES"\ntable = "企业产品"\nfrom = "企业名称"\nto = "产品名称"\n'


def mapping(folder: Path, text: str, address: str = "neo4j://h:7687") -> GraphMapping | None:
    (folder / "bulian.toml").write_text(text, encoding="utf-8")
    return read_mapping(read_config(folder), Address.parse(address))


def test_every_part_says_what_fills_which_header(tmp_path: Path) -> None:
    text = (
        '[graph."neo4j://h"]\ntitle = "图"\nuri = "graph:a"\n'
        f'[[graph."neo4j://h".nodes]]\n{NODE}constants = {{ "国家或地区" = "德国" }}\n'
        f'[[graph."neo4j://h".edges]]\n{EDGE}columns = {{ "产能" = "cap" }}\nfrom_label = "company"\n'
    )
    found = mapping(tmp_path, text)
    assert found is not None
    assert (found.said.title, found.uri) == ("图", "graph:a")
    node, edge = found.parts
    assert (node.name, node.is_edge, node.match.table.name) == ("company", False, "企业")
    assert node.headers == ("企业名称", "国家或地区")
    assert node.constants == (("国家或地区", "德国"),)
    assert [(c.header, c.owner, c.property) for c in edge.columns] == [
        ("企业名称", "a", "name"), ("产品名称", "b", "name"), ("产能", "r", "cap"),
    ]  # fmt: skip
    assert edge.ends == ("company", None)


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("neo4j://h", "甲"), ("bolt://H:7687", "甲"), ("bolt+s://h:7687", "甲"),
        ("neo4j://h:7688", "其余"), ("neo4j://h/other", "其余"), ("neo4j://g", "其余"),
    ],
)  # fmt: skip
def test_the_own_mapping_goes_before_the_default(tmp_path: Path, address: str, title: str) -> None:
    text = "".join(
        f'[graph.{name}]\ntitle = "{said}"\n[[graph.{name}.nodes]]\n{NODE}'
        for name, said in (("default", "其余"), ('"neo4j://h:7687"', "甲"))
    )
    found = mapping(tmp_path, text, address)
    assert found is not None
    assert found.said.title == title


def test_without_a_mapping_there_is_none(tmp_path: Path) -> None:
    assert mapping(tmp_path, "") is None
    assert mapping(tmp_path, f'[[graph."neo4j://g".nodes]]\n{NODE}') is None


@pytest.mark.parametrize(
    ("section", "entry", "words"),
    [
        ("nodes", NODE.replace("企业名称", "企业名"), ("企业名", "企业名称")),
        ("nodes", NODE.replace('"企业"', '"企業"'), ("企業", "企业产品")),
        ("nodes", NODE.replace('"企业名称"', '"省份"'), ("缺少表头", "企业名称")),
        ("nodes", NODE.replace('"name" }', '"name", "公司名称" = "title" }'), ("公司名称",)),
        ("nodes", NODE.replace('"name" }', '"name", "enterprise_name" = "title" }'), ("两次",)),
        ("nodes", NODE.replace("label", "lable"), ("lable", "label")),
        ("nodes", NODE.replace('"company"', "1"), ("label",)),
        ("nodes", NODE.replace('{ "企业名称" = "name" }', '"name"'), ("columns", "对照表")),
        ("nodes", 'label = "company"\ntable = "企业"\nconstants = { "企业名称" = "甲" }\n', ("columns",)),
        ("edges", EDGE.replace('to = "产品名称"\n', ""), ("to",)),
        ("edges", EDGE.replace("MAKES", ""), ("type",)),
        ("edges", EDGE + 'columns = { "产品" = "x" }\n', ("产品", "产品名称")),
        ("edges", EDGE + 'constants = { "角色" = ["生产"] }\n', ("constants",)),
    ],
)
def test_a_wrong_mapping_is_named_with_what_may_stand_there(
    tmp_path: Path, section: str, entry: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(InputError) as caught:
        mapping(tmp_path, f"[[graph.default.{section}]]\n{entry}")
    assert caught.value.code == "bad_config"
    assert f"graph.default.{section}" in caught.value.where
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "graph = 1\n", "[graph]\ndefault = 1\n", "[graph.default]\n", "[graph.default]\nnodes = 1\n",
        "[graph.default]\nnode = []\n", f'[graph.default]\ncovers = 1\n[[graph.default.nodes]]\n{NODE}',
        f'[graph.default]\nuri = ""\n[[graph.default.nodes]]\n{NODE}', f'[[graph."http://h".nodes]]\n{NODE}',
        f'[[graph."neo4j://me:secret@h".nodes]]\n{NODE}',
    ],
)  # fmt: skip
def test_any_other_shape_is_told_not_crashed_on(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as caught:
        mapping(tmp_path, text)
    assert caught.value.code == "bad_config"
    assert "secret" not in str(caught.value)


def test_a_password_in_an_address_is_refused_and_not_repeated(bulian: Any, tmp_path: Path) -> None:
    ran = bulian("ingest", "neo4j://me:secret@h:7687", code=2)
    assert "secret" not in ran.out + ran.err
    assert list(tmp_path.glob("退回*")) == []


@pytest.mark.parametrize("address", ["http://h/graph", "neo4j://", "neo4j://h:port"])
def test_what_is_no_address_is_a_wrong_call(bulian: Any, address: str) -> None:
    bulian("ingest", address, code=2)


def test_a_server_that_is_not_there_stops_itself_only(bulian: Any, tmp_path: Path) -> None:
    (tmp_path / "bulian.toml").write_text(f"[[graph.default.nodes]]\n{NODE}", encoding="utf-8")
    (tmp_path / "企业.csv").write_text("企业名称,省份\n甲公司,浙江省\n", encoding="utf-8")
    env = {"BULIAN_NEO4J_PASSWORD": "x", "BULIAN_NEO4J_TIMEOUT": "5"}
    alone = bulian("ingest", "bolt://127.0.0.1:9", env=env, code=5)
    assert "127.0.0.1:9" in alone.err
    both = bulian("ingest", "企业.csv", "bolt://127.0.0.1:9", "--json", env=env, code=4).json
    assert [entry["error"] is None for entry in both["files"]] == [False, True]
    assert both["facts"]["new"] > 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None), ("甲", "甲"), (True, "是"), (False, "否"), (3, "3"), (2**62, str(2**62)), (0.25, "0.25"),
        (60.0, "60"), ([], None), (["甲", "乙"], "甲；乙"), ([1.5, 2.0], "1.5；2"), ([True, False], "是；否"),
        (neo4j.time.Date(2024, 3, 1), "2024-03-01"),
        (neo4j.time.DateTime(2024, 3, 1, 8, 30, 15.25), "2024-03-01 08:30:15"),
        (neo4j.time.Duration(months=14, days=3, seconds=5), "P1Y2M3DT5S"),
        (neo4j.spatial.WGS84Point((121.5, 28.0)), "121.5,28"), (b"\x01\xff", "01ff"),
    ],
)  # fmt: skip
def test_every_type_of_property_has_a_text(value: Any, text: str | None) -> None:
    assert text_of_property(value) == text


def test_names_are_quoted() -> None:
    assert quoted("MAKES") == "`MAKES`"
    assert quoted("a`b``c") == "`a``b````c`"
    for name in (r"a\u0060b", r"\U0060"):
        with pytest.raises(BulianError):
            quoted(name)
