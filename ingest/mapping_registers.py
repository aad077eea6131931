"""What rows of other people's registers say: customs statistics, patents, listed companies, unchecked product links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from .fact_selects import FactSelects

__all__ = ["INSTITUTE_FORM", "REGISTER_TABLES"]

INSTITUTE_FORM: Final = "(大学|学院|研究院|研究所|研究总院|实验室|中心|协会|学会|设计院)$"
"""How names of institutes end."""
_UNCHECKED: Final = "0.3"


def _customs(sheet: FactSelects) -> None:
    sheet.tell(
        ("'Product'", "product"), "predicate", "value", number='"value"', year='"year"', partner='"partner"',
        date='"date"', unit='"unit"', region='"region"',
    )  # fmt: skip


def _patents(sheet: FactSelects) -> None:
    sheet.relate(
        ("owner_kind", "owner"), "'RESEARCHES'", ("'Technology'", "technology"), year='"year"', patent='"patent"',
        quote='"title"', note='"about"',
    )  # fmt: skip
    sheet.tell(
        ("'Product'", "product"), "predicate", "value", number='"number"', year='"claim_year"', quote='"claim_quote"',
        method='"claim_method"', confidence='"claim_confidence"',
    )  # fmt: skip


def _listed(sheet: FactSelects) -> None:
    firm = ("'Enterprise'", "enterprise_name")
    sheet.tell(firm, "'name'", "enterprise_name", named=True)
    sheet.tell_each(firm, "'short_name'", "short_name", named=True)
    sheet.tell(firm, "'stock_code'", "stock_code", named=True)


def _listed_products(sheet: FactSelects) -> None:
    sheet.tell(("'Enterprise'", "stock"), "'main_products'", "product", share=sheet.column("share"))


def _suggested(sheet: FactSelects) -> None:
    sheet.tell(("'Product'", "product"), "'suggested_links'", "suggestion", modality="'inferred'", confidence=_UNCHECKED)


REGISTER_TABLES: Final[Mapping[str, Callable[[FactSelects], None]]] = {
    "海关": _customs,
    "专利": _patents,
    "上市公司": _listed,
    "上市公司产品": _listed_products,
    "产品关联": _suggested,
}
"""What each register says, by the name of its table."""
