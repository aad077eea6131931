"""Registers of firms as offices hold them: exports of company databases, places, contacts and persons."""

from __future__ import annotations

import gzip
from pathlib import Path

from bulian.graph.duckdb_store import DuckDBStore
from bulian.ingest.personal import is_contact, is_personal

from .registers import Run, facts, put


def test_headers_about_persons_and_about_reaching_a_firm() -> None:
    personal = "法定代表人 法人 法人代表 联系人 手机 有效手机号 负责人 发明人 legalPersonName 企业负责人姓名".split()
    contact = "电话 更多电话 邮箱 更多邮箱 网址 企业地址 通信地址 传真".split()
    other = "企业名称 说法人 参保人数 发明人数量 统一社会信用代码 企业法人单位 经营范围 主营产品 人员规模".split()
    assert [header for header in personal + contact + other if is_personal(header)] == personal
    assert [header for header in personal + contact + other if is_contact(header)] == contact


QICHACHA = (
    "企业名称,登记状态,法定代表人,注册资本（万元）,成立日期,所属省份,所属城市,所属区县,电话,更多电话,邮箱,统一社会信用代码,参保人数,曾用名,"
    "网址,企业地址,经营范围"
)


def test_a_folder_of_parts_with_dashes_and_one_firm_in_several(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    code = "91331081MA2AB12345"
    head = "企业名称,经营状态,统一社会信用代码,注册资本,成立日期,参保人数,曾用名\n"
    folder = tmp_path / "温岭_企查查"
    put(folder / "1.csv", head + f"甲有限公司,存续,{code[:-1]}X,500万元人民币,2010-01-02,12,—\n乙有限公司,-,--,-,-,-,-\n")
    put(folder / "2.csv", head + "甲有限公司,存续,,500万元人民币,2010-01-02,12,-\n")
    report = run(folder)
    assert [entry.accepted for entry in report.files] == [2, 1]
    assert len(list(store.nodes("Enterprise"))) == 2
    assert {(fact.object, fact.method, fact.confidence) for fact in facts(store, "LOCATED_IN")} == {
        ("浙江省台州市温岭市", "folder:地区", 0.6)
    }
    assert report.files[0].found["region"]["where"] == "文件夹名"
    assert {fact.subject for fact in facts(store, "status", "capital", "founded_on", "insured")} == {"甲有限公司"}


def test_the_folder_says_nothing_where_the_rows_do(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    put(tmp_path / "温岭" / "a.csv", "企业名称,所属省份\n甲有限公司,江苏省\n乙有限公司,\n")
    run(tmp_path / "温岭")
    assert {fact.subject: fact.object for fact in facts(store, "LOCATED_IN")} == {
        "甲有限公司": "江苏省", "乙有限公司": "中国",
    }  # fmt: skip


def test_an_address_places_a_firm_and_is_not_kept(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    address = "浙江省台州市温岭市大溪镇某路1号"
    folder = tmp_path / "浙江"
    put(folder / "a.csv", f"企业名称,注册地址\n甲有限公司,{address}\n乙有限公司,某路2号\n")
    run(folder)
    assert {fact.subject: (fact.object, fact.method) for fact in facts(store, "LOCATED_IN")} == {
        "甲有限公司": ("浙江省台州市温岭市", "address:地区"), "乙有限公司": ("浙江省", "folder:地区"),
    }  # fmt: skip
    assert "大溪镇" not in repr(list(store.facts()))


def test_contacts_only_where_they_are_asked_for_and_persons_never(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    row = "甲有限公司,存续,王大锤,500,2010-01-02,,,,0576-86123456,13800000000,a@b.com,,x,,www.a.com,温岭某路1号,造"
    other = "乙有限公司,存续,李小四,500,2010-01-02,,,,139 0000 1111,,,,3,,,,造"
    table = put(tmp_path / "a.csv", f"{QICHACHA}\n{row}\n{other}\n")
    report = run(table)
    assert report.files[0].personal == ["法定代表人"]
    assert {"法定代表人", "电话", "邮箱", "网址", "企业地址"} <= set(report.files[0].unmapped)
    assert not facts(store, "phone", "email", "website", "address")
    put(tmp_path / "bulian.toml", "keep_contacts = true\n")
    report = run(table)
    kept = {fact.predicate: fact.value for fact in facts(store, "phone", "email", "website", "address")}
    assert kept == {"phone": "0576-86123456", "email": "a@b.com", "website": "www.a.com", "address": "温岭某路1号"}
    everything = repr(list(store.facts())) + ((tmp_path / "out" / "退回.csv").read_text() if report.rejects else "")
    assert not any(word in everything for word in ("王大锤", "李小四", "13800000000", "139 0000"))


def test_persons_are_not_in_the_rejects_file_either(run: Run, tmp_path: Path) -> None:
    text = "企业名称,产品名称,角色,联系人,手机\n甲有限公司,车床,胡说,王大锤,13800000000\n"
    report = run(put(tmp_path / "a.csv", text))
    assert report.files[0].rejected == 1
    written = (tmp_path / "out" / "退回.csv").read_text("utf-8-sig")
    assert "甲有限公司" in written
    assert "王大锤" not in written
    assert "13800000000" not in written


def test_units_in_the_header_and_a_packed_file(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    text = "企业名称,注册资本(万元人民币),实缴资本\n甲有限公司,500,-\n乙有限公司,300万美元,\n"
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(text.encode("gb18030")))
    report = run(path)
    assert (report.exit_code, report.files[0].accepted) == (0, 2)
    assert {fact.subject: fact.value for fact in facts(store, "capital")} == {
        "甲有限公司": "500万元人民币", "乙有限公司": "300万美元",
    }  # fmt: skip


def test_a_province_the_header_calls_inferred_is_inferred(store: DuckDBStore, run: Run, tmp_path: Path) -> None:
    run(put(tmp_path / "a.csv", "企业名称,省份(由名称推断)\n苏州甲有限公司,江苏省\n乙有限公司,\n"))
    told = {(fact.subject, fact.object, fact.modality) for fact in facts(store, "LOCATED_IN")}
    assert told == {
        ("苏州甲有限公司", "江苏省", "inferred"), ("苏州甲有限公司", "中国", "stated"), ("乙有限公司", "中国", "stated"),
    }  # fmt: skip
