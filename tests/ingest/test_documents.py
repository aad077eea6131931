"""Documents into text: encodings, markup, titles and refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.graph.errors import InputError
from bulian.ingest.documents import DOCUMENT_SUFFIXES, read_document

TEXT = "机床产业调研\r\n\r\n北山数控位于温岭市。\n第二段，有  空格。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_is_kept_character_by_character(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "报告.txt"
    path.write_bytes(TEXT.encode(encoding))
    document = read_document(path)
    assert document.text == TEXT
    assert document.title == "机床产业调研"
    assert bool(document.notes) == (encoding in {"gb18030", "utf-16"})


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), min_size=1))
def test_utf8_text_round_trips(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("doc") / "a.txt"
    path.write_text("文" + text, encoding="utf-8", newline="")
    assert read_document(path).text == "文" + text


def test_html_keeps_what_a_reader_sees(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<!doctype html><html><head><title>机床 &amp; 主轴</title><style>p{color:red}</style></head><body>"
        "<nav><ul><li>首页</li></ul></nav><script>var 甲='<p>假</p>';</script>"
        "<h1>产业<b>链</b></h1><p>北山\n数控&nbsp;研发<a href='x'>主轴</a>。<br>第二行</p>"
        "<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td><td>丁</td></tr></table></body></html>",
        encoding="utf-8",
    )
    document = read_document(path)
    assert document.title == "机床 & 主轴"
    assert document.text == "产业链\n北山 数控\xa0研发主轴。\n第二行\n甲\t乙\n丙\t丁"
    assert document.notes == ()


def test_an_unclosed_navigation_does_not_swallow_the_page(tmp_path: Path) -> None:
    path = tmp_path / "page.htm"
    path.write_text("<nav><a>首页</a><div><p>北山数控研发主轴。</p></div>", encoding="utf-8")
    document = read_document(path)
    assert "北山数控研发主轴。" in document.text
    assert any("nav" in note for note in document.notes)


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/pabnvscript &;\"'=甲乙丙!-")))
def test_no_markup_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, markup: str) -> None:
    path = tmp_path_factory.mktemp("doc") / "a.html"
    path.write_text(f"<p>开头</p>{markup}", encoding="utf-8")
    assert read_document(path).text.startswith("开头")


def test_markdown_markup_is_removed_and_plain_signs_stay(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text(
        "---\ntitle: 别名\n---\n<!-- 旁注 -->\n# 机床 **产业链** #\n\n> 引用\n\n"
        "- 北山[官网](http://a.cn/x_(1))研发`主轴`\n* [x] 完成\n\n| 企业 | 产品 |\n|---|:--:|\n| 北山 | 丝杠 |\n\n"
        "```\n代码 a_b\n```\n![图](p.png) 3 * 4 * 5 和 a_b_c\n",
        encoding="utf-8",
    )
    document = read_document(path)
    assert document.title == "机床 产业链"
    lines = [line for line in document.text.splitlines() if line.strip()]
    assert lines == [
        "机床 产业链 #", "引用", "北山官网研发主轴", "完成", "企业\t产品", "北山\t丝杠", "代码 a_b",
        "图 3 * 4 * 5 和 a_b_c",
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", sorted(DOCUMENT_SUFFIXES))
@pytest.mark.parametrize("content", [b"", b" \r\n\t "])
def test_empty_files_are_refused(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_document(path)
    assert caught.value.code == "empty_file"
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.html", b"<html><script>x</script></html>", "empty_file"),
        ("a.doc", b"x", "unsupported"),
        ("a.txt", bytes(range(256)) * 8, "encoding"),
    ],
)
def test_refusals_have_a_code(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_document(path)
    assert caught.value.code == code


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "没有.txt", tmp_path):
        with pytest.raises(InputError) as caught:
            read_document(path)
        assert caught.value.code == "missing_file"


def test_a_long_first_line_is_no_title(tmp_path: Path) -> None:
    path = tmp_path / "会议纪要.txt"
    path.write_text("北山数控研发主轴。\n第二行", encoding="utf-8")
    assert read_document(path).title == "会议纪要"
