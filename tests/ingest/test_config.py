"""bulian.toml: titles, what a source covers, headers of the user's own, the chain; faults are named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.graph.errors import InputError
from bulian.ingest.config import CONFIG_NAME, FolderConfig, read_config
from bulian.ingest.pipeline import ingest
from bulian.ingest.report import IngestReport


@pytest.fixture
def store() -> Iterator[DuckDBStore]:
    opened = open_duckdb(":memory:", write=True)
    yield opened
    opened.close()


def folder(tmp_path: Path, toml: str, **files: str) -> Path:
    (tmp_path / CONFIG_NAME).write_text(toml, encoding="utf-8")
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def run(store: DuckDBStore, path: Path, chain: str | None = None) -> IngestReport:
    return ingest(store, [path], rejects=path.parent / "退回.csv", chain=chain)


def test_without_a_file_nothing_is_said(tmp_path: Path) -> None:
    assert read_config(tmp_path) == FolderConfig()


def test_every_entry(tmp_path: Path) -> None:
    config = read_config(folder(tmp_path, """
        [folder]
        chain = "机床"
        uri = "example:demo"
        [source.default]
        publisher = "经信局"
        [source."名录.csv"]
        title = "企业名录"
        date = "2024-12-31"
        covers = [{ region = "温岭市", products = ["刀塔", "主轴"], detection_rate = 0.8 },
                  { region = "中国", detection_rate = 0.5, date = "2023" }]
        [headers]
        "厂家" = "企业名称"
        [settings]
        tau_confidence = 0.6
    """))  # fmt: skip
    assert (config.chain, config.uri, config.headers) == ("机床", "example:demo", {"厂家": "企业名称"})
    assert config.settings == {"tau_confidence": 0.6}
    said = config.source("名录.csv")
    assert (said.title, said.publisher, said.date) == ("企业名录", "经信局", "2024-12-31")
    assert said.covers == (
        ("温岭市", "刀塔", 0.8, "2024-12-31"), ("温岭市", "主轴", 0.8, "2024-12-31"), ("中国", None, 0.5, "2023"),
    )  # fmt: skip
    assert (config.source("别的.csv").title, config.source("别的.csv").publisher) == (None, "经信局")


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[folder\n", "读不懂"),
        ('[headers]\n"厂家" = "企业名"\n', "“企业名”不是任何表的表头"),
        ('[source."a.csv"]\ncovers = [{ detection_rate = 0.8 }]\n', "region"),
        ('[source."a.csv"]\ncovers = [{ region = "温岭市" }]\n', "detection_rate"),
        ('[source."a.csv"]\ncovers = [{ region = "温岭市", detection_rate = 80 }]\n', "0 到 1"),
        ('[source."a.csv"]\ncovers = [{ region = "温岭市", detection_rate = "八成" }]\n', "八成"),
        ("source = 3\n", "写法不对"),
    ],
)
def test_faults_are_named_with_the_file_and_nothing_is_read(
    store: DuckDBStore, tmp_path: Path, toml: str, words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        run(store, folder(tmp_path, toml, a="企业名称,产品名称\n甲,乙\n"))
    assert (caught.value.code, caught.value.where) == ("bad_config", str(tmp_path / CONFIG_NAME))
    assert store.facts() == []


def test_a_settings_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / CONFIG_NAME).write_bytes('[folder]\nchain = "机床"\n'.encode("utf-8-sig"))
    assert read_config(tmp_path).chain == "机床"
    (tmp_path / CONFIG_NAME).write_bytes('[folder]\nchain = "机床"\n'.encode("gbk"))
    with pytest.raises(InputError, match="读不懂"):
        read_config(tmp_path)


def test_headers_of_the_users_own_below_a_title(store: DuckDBStore, tmp_path: Path) -> None:
    report = run(store, folder(
        tmp_path, '[headers]\n"厂 家" = "企业名称"\n"做啥" = "product"\n"干嘛的" = "角色"\n',
        a="某某名单,,\n厂家,做啥,干嘛的\n甲,车床,生产\n",
    ))  # fmt: skip
    assert [(entry.table, entry.accepted, entry.unmapped) for entry in report.files] == [("企业产品", 1, [])]
    assert [(f.subject, f.predicate, f.object) for f in store.facts()] == [("甲", "PRODUCES", "车床")]


def test_what_a_file_covers_becomes_searches(store: DuckDBStore, tmp_path: Path) -> None:
    covers = (
        '[{ region = "温岭", products = ["刀塔"], detection_rate = 0.8 }, { region = "台州市", detection_rate = 0.4 }]'
    )
    toml = f'[source."a.csv"]\ntitle = "企业名录"\ndate = "2024"\ncovers = {covers}\n'
    run(store, folder(tmp_path, toml, a="企业名称,产品名称,角色\n甲,车床,生产\n"))
    facts = store.facts(predicates=["SEARCHED"])
    assert {(f.subject, f.object, f.qualifiers["detection_rate"], f.qualifiers["date"]) for f in facts} == {
        ("浙江省台州市温岭市", "刀塔", 0.8, "2024"), ("浙江省台州市", None, 0.4, "2024"),
    }  # fmt: skip
    assert {f.qualifiers["searched_source"] for f in facts} == {"企业名录"}
    assert {f.method for f in facts} == {"toml:covers"}
    searched = store.searched("331081").to_pylist()
    assert {(row["product"], row["rate"], row["method_is_file"]) for row in searched} == {
        ("刀塔", 0.8, True),
        (None, 0.4, True),
    }


def test_covering_a_place_that_does_not_exist_stops_that_file_only(store: DuckDBStore, tmp_path: Path) -> None:
    toml = '[source."a.csv"]\ncovers = [{ region = "没有市", detection_rate = 0.8 }]\n'
    path = folder(tmp_path, toml, a="企业名称,产品名称\n甲,乙\n", b="企业名称,产品名称\n丙,丁\n")
    report = run(store, path)
    errors = [entry.error for entry in report.files if entry.error]
    assert [error.code for error in errors] == ["bad_config"]
    assert "没有市" in str(errors[0])
    assert 'source."a.csv"' in str(errors[0])
    assert (report.exit_code, {fact.subject for fact in store.facts()}) == (4, {"丙"})


def test_a_changed_setting_is_a_reason_to_read_again(store: DuckDBStore, tmp_path: Path) -> None:
    path = folder(tmp_path, "", a="产品名称\n甲\n")
    run(store, path)
    assert run(store, path).files[0].unchanged
    folder(tmp_path, '[folder]\nchain = "机床"\n')
    assert not run(store, path).files[0].unchanged
    assert store.chains() == ["机床"]


def test_an_address_of_the_users_own_makes_the_store_the_same_everywhere(tmp_path: Path) -> None:
    answers = []
    for name in ("一处", "另一处"):
        (tmp_path / name).mkdir()
        opened = open_duckdb(":memory:", write=True)
        run(opened, folder(tmp_path / name, '[folder]\nuri = "example:demo"\n', a="产品名称\n甲\n"))
        answers.append((opened.facts(), [(s.uri, s.title, s.sha256) for s in opened.sources()]))
        opened.close()
    assert answers[0] == answers[1]
    assert answers[0][1][0][0] == "example:demo/a.csv"


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from(list('[]{}=".,\n源ab1')), max_size=40))
def test_any_settings_file_is_read_or_refused_with_its_place(tmp_path: Path, text: str) -> None:
    (tmp_path / CONFIG_NAME).write_text(text, encoding="utf-8", newline="")
    try:
        config = read_config(tmp_path)
    except InputError as refused:
        where = refused.where
    else:
        where = str(tmp_path / CONFIG_NAME)
        assert isinstance(config, FolderConfig)
    assert where == str(tmp_path / CONFIG_NAME)
