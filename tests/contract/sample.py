"""A handful of files of every sort that contradict, cite and name each other: the sample of the contract tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def products(door: Any) -> Path:
    return door.file(
        "产品.csv", "产品名称,类别,环节,产业链,别名,终端产品",
        ("数控机床", "设备", "下游", "机床", "CNC机床", "是"), ("主轴", "零部件", "中游", "机床", "电主轴；机床主轴", ""),
        ("刀塔", "零部件", "中游", "机床", "", ""),
    )  # fmt: skip


def links(door: Any) -> Path:
    return door.file(
        "关系.csv", "产品,关系,对象,必要性,产业链",
        ("数控机床", "需要", "主轴", "必需", "机床"), ("数控机床", "需要", "刀塔", "", "机床"),
        ("高速主轴", "属于", "主轴", "", "机床"),
    )  # fmt: skip


def firms(door: Any) -> Path:
    return door.file(
        "企业.csv", "企业名称,统一社会信用代码,简称,曾用名,省份,城市,区县,镇街,所属集团,来源",
        ("温岭甲机床有限公司", "", "甲机床", "温岭老甲机床厂", "浙江省", "台州市", "温岭市", "泽国镇", "甲集团", ""),
        ("杭州乙主轴有限公司", "", "乙主轴", "", "浙江省", "杭州市", "", "", "", "https://example.org/a"),
        ("德国丙有限公司", "", "", "", "", "", "", "", "", "https://example.org/b"),
    )  # fmt: skip


def made(door: Any) -> Path:
    return door.file(
        "企业产品.csv", "企业名称,产品名称,角色,产能,单位,来源",
        ("甲机床", "数控机床", "生产", 100, "台", ""), ("杭州乙主轴有限公司", "电主轴", "生产", "", "", "https://example.org/a"),
        ("温岭老甲机床厂", "刀塔", "销售", "", "", "https://example.org/b"),
    )  # fmt: skip


def report(door: Any) -> Path:
    return door.text(
        "报道.txt",
        "温岭甲机床有限公司生产数控机床。\n\n位于泽国镇的乙主轴与甲机床合作。\n\n"
        "杭州乙主轴有限公司计划生产刀塔。\n\n浙江大学研究高速主轴。\n",
    )


ALL = (products, links, firms, made, report)
