"""Names in running text: edges of firms and institutes, lexicon names, abbreviations."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bulian.graph.regions import default_regions
from bulian.ingest.text import Extractor, Lexicon

NAMES = {
    "数控机床": ("Product", "数控机床"),
    "机床": ("Product", "机床"),
    "主轴": ("Product", "主轴"),
    "丝杠": ("Product", "滚珠丝杠"),
    "热补偿技术": ("Technology", "误差补偿技术"),
    "北山": ("Enterprise", "浙江北山数控股份有限公司"),
    "华岭": ("Enterprise", "华岭精机有限公司"),
    "机器人": ("Enterprise", "沈阳机器人自动化股份有限公司"),
    "GSK": ("Enterprise", "广州数控设备有限公司"),
    "海曜（上海）有限公司": ("Enterprise", "海曜（上海）有限公司"),
    "江大": ("Institute", "江南理工大学"),
}
EXTRACTOR = Extractor(Lexicon(NAMES, frozenset({"机器人"})), default_regions())


def named(text: str, kind: str = "") -> list[str]:
    return [m.text for m in EXTRACTOR.extract(text).entities if kind in ("", m.kind)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("报告期内，全资子公司浙江海曜智能装备股份有限公司增资", ["浙江海曜智能装备股份有限公司"]),
        ("由杭州和利时自动化有限公司承建", ["杭州和利时自动化有限公司"]),
        ("公司与华为技术有限公司往来", ["华为技术有限公司"]),
        ("投资设立上海明锐轴承有限责任公司", ["上海明锐轴承有限责任公司"]),
        ("海克斯康（青岛）有限公司、三川机械有限公司", ["海克斯康（青岛）有限公司", "三川机械有限公司"]),
        ("海曜(上海)有限公司", ["海曜(上海)有限公司"]),
        ("和联合光电股份有限公司", ["联合光电股份有限公司"]),
        (
            "为美的集团股份有限公司配套，向和而泰智能控制股份有限公司供货",
            ["美的集团股份有限公司", "和而泰智能控制股份有限公司"],
        ),
        ("三一集团参展", ["三一集团"]),
        ("有限公司应当依法经营", []),
        ("大型企业集团和该集团", []),
    ],
)
def test_edges_of_firm_names(text: str, names: list[str]) -> None:
    assert named(text, "Enterprise") == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("拜访中国机械科学研究总院和机械工业信息研究院", ["中国机械科学研究总院", "机械工业信息研究院"]),
        ("创建浙江省高档数控机床技术创新中心的契机", ["浙江省高档数控机床技术创新中心"]),
        ("依托江南理工大学机械工程学院", ["江南理工大学机械工程学院"]),
        ("上海交通大学机械与动力工程学院", ["上海交通大学机械与动力工程学院"]),
        ("浙江大学与宁波大学", ["浙江大学", "宁波大学"]),
        ("国家机床质量监督检验中心", ["国家机床质量监督检验中心"]),
        ("2家行业协会和国家重点实验室", []),
        ("打造机床创新中心", []),
        ("专题政治协商会议召开", []),
        ("大学生就业", []),
    ],
)
def test_edges_of_institute_names(text: str, names: list[str]) -> None:
    assert named(text, "Institute") == names


def test_names_of_the_lexicon() -> None:
    assert named("GSKX不是GSK", "Enterprise") == ["GSK"]
    assert named("一家机器人公司；机器人在焊接") == []
    assert named("机器人股份公告", "Enterprise") == ["机器人"]
    assert named("主轴箱和机床厂") == []
    assert [m.name for m in EXTRACTOR.extract("研制丝杠").entities] == ["滚珠丝杠"]


def test_an_abbreviation_holds_only_where_the_text_defines_it_once() -> None:
    text = "海曜亮相。浙江海曜股份有限公司（以下简称“海曜”）成立。海曜研发主轴。"
    names = [(m.start, m.name) for m in EXTRACTOR.extract(text).entities if m.text == "海曜"]
    assert [name for _, name in names] == ["浙江海曜股份有限公司"] * 2
    assert min(place for place, _ in names) > text.index("简称")


def test_the_tokeniser_is_lazy_silent_and_not_the_global_one() -> None:
    """A slow import would slow every command; jieba.dt is shared by the whole process."""
    program = """
import sys
from bulian.graph.regions import default_regions
from bulian.ingest.text import Extractor, Lexicon
extractor = Extractor(Lexicon({}), default_regions())
extractor.extract("江南理工大学研究主轴。")
assert "jieba" not in sys.modules
assert [m.text for m in extractor.extract("公司与华为技术有限公司往来").entities] == ["华为技术有限公司"]
import jieba
assert not jieba.dt.initialized
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
