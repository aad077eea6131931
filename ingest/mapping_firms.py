"""What a row of 企业 says: names, register, honours as dated records, group, place."""

from __future__ import annotations

from typing import Final

from bulian.graph.kinds import CONTACTS
from bulian.graph.regions import ROOT

from .fact_selects import FactSelects

__all__ = ["enterprises", "located"]

_CONTACT_NAMES: Final = tuple(prop.name for prop in CONTACTS)


def enterprises(sheet: FactSelects) -> None:
    """What a row of 企业 says."""
    firm = ("'Enterprise'", "firm")
    sheet.tell(firm, "'name'", "enterprise_name", named=True)
    sheet.tell(firm, "'english_name'", "english_name", named=True)
    for name in ("short_name", "former_names"):
        sheet.tell_each(firm, f"'{name}'", name, named=True)
    for name in ("credit_code", "status", "size", "capital", "founded_on", "business_scope", "industry", *_CONTACT_NAMES):
        sheet.tell(firm, f"'{name}'", name)
    sheet.tell(firm, "'stock_code'", "stock_code", named=True)
    sheet.tell(firm, "'insured'", "insured", number='"insured"')
    sheet.tell_each(firm, "'main_products'", "main_products")
    _honours(sheet, firm)
    sheet.relate(firm, "'SUBSIDIARY_OF'", ("'Enterprise'", "group"))
    located(sheet, firm)


def _honours(sheet: FactSelects, firm: tuple[str, str]) -> None:
    """Every honour is a dated record of its own; the level is the one written, in a column or in the honour itself."""
    for column in ("honours", "listed_honour"):
        value = "item" if column == "honours" else "listed_honour"
        written = f"nullif(regexp_extract({value}, '(国家|省|市|区县|区|县)级'), '')"
        note = {"note": '"honour_note"'} if sheet.has("honour_note") else {}
        record = {
            "level": f'coalesce("level", {written})' if sheet.has("level") else written,
            "batch": sheet.column("batch"), "date": sheet.column("honour_date"),
            "valid_to": sheet.column("valid_to"), **note,
        }  # fmt: skip
        if column == "honours":
            sheet.tell_each(firm, "'honours'", "honours", named=False, **record)
        elif sheet.has(column):
            quote = f"coalesce({sheet.column('quote')}, listed_quote)"
            sheet.tell(
                firm, "listed_predicate", column, named=False, **record, quote=quote, method="listed_method",
                confidence="listed_confidence",
            )  # fmt: skip


def located(sheet: FactSelects, subject: tuple[str, str]) -> None:
    """Where a firm or institute is: as its row says, or as the title of its list does."""
    how: dict[str, str] = {}
    if sheet.has("place_method"):
        how = {
            "method": "coalesce(place_method, $method)",
            "confidence": f"coalesce(place_confidence, {sheet.confidence})",
        }
    if sheet.has("place_quote"):
        how["quote"] = "place_quote"
    if sheet.has("place_modality"):
        how["modality"] = f"CASE WHEN place_key = '{ROOT}' THEN 'stated' ELSE place_modality END"
        sheet.relate(subject, "'LOCATED_IN'", ("'Region'", "root"), f"place_key <> '{ROOT}'")
    sheet.relate(subject, "'LOCATED_IN'", ("'Region'", "place"), **how)
    if sheet.has("town_name"):
        sheet.relate(("'Region'", "town_name"), "'LOCATED_IN'", ("'Region'", "town_county"))
