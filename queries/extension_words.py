"""Why a product is on the list 延链, and what is not known about it, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .local_view import LocalView
from .specialisation import doubts

__all__ = ["reasons", "unknowns"]


def reasons(here: LocalView, product: str, numbers: Mapping[str, Any]) -> tuple[str, ...]:
    """Inputs that are here, customers that are here, nearness to what the region makes."""
    place, inputs = here.place.name, here.links.inputs(product)
    names = "、".join(dict.fromkeys(name for one in inputs for name in one.here))
    told = [f"它需要的 {numbers['inputs']} 项中，{place}已有 {numbers['inputs_here']} 项（{names}）。"]
    if numbers["essential_inputs"]:
        told.append(f"其中必需的 {numbers['essential_inputs']} 项，已有 {numbers['essential_here']} 项。")
    if numbers["customers"]:
        some = [name for name in here.links.customers(product) if here.links.made(name)]
        named = f"（{'、'.join(some)}）" if some else ""
        told.append(f"链上需要它的产品 {numbers['customers']} 种，{place}做其中 {numbers['customers_here']} 种{named}。")
    else:
        told.append("链上没有别的产品需要它，是链的末端。")
    if numbers["density"] is not None:
        told.append(f"与{place}专业化产品的相近度（不含自身，0–1）为 {numbers['density']:.3g}。")
    told.append(f"证实的国内独立供应者 {numbers['domestic_groups']} 家，境外 {numbers['foreign_groups']} 家。")
    return tuple(told)


def unknowns(here: LocalView, product: str, numbers: Mapping[str, Any]) -> tuple[str, ...]:
    """What would have to be found out before anyone signs it."""
    place, inputs = here.place.name, here.links.inputs(product)
    told = [f"数据中未见{place}生产“{product}”：未见不等于没有。"]
    if numbers["unverified_local"]:
        told.append(f"本地有 {numbers['unverified_local']} 家的生产说法未达置信度阈值，请先核实。")
    if numbers["near_groups"]:
        told.append(f"有 {numbers['near_groups']} 家生产者只知在上级地区，可能就在{place}，请先核实。")
    lacking = ["或".join(one.objects) for one in inputs if not one.here]
    if lacking:
        told.append(f"未见{place}生产的投入品：{'、'.join(lacking)}。")
    told.append(f"投入品只按数据中写出的 {len(inputs)} 项算，实际可能更多。")
    unstated = sum(one.essential is None for one in inputs)
    if unstated:
        told.append(f"有 {unstated} 项投入品没有写必需与否。")
    return (*told, *_about_density(here, product, numbers))


def _about_density(here: LocalView, product: str, numbers: Mapping[str, Any]) -> list[str]:
    if here.cells is None:
        return ["相近度只对省、市、区县算，本地没有可比的同级地区。"]
    if numbers["density"] is None:
        return [f"算不出相近度：{here.cells.why_no_density(here.place.code, product)}。"]
    return doubts(here.cells)[1:]
