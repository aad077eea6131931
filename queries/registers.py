"""Which sources derive from one register: two of them are one look at the same list, not two."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

__all__ = ["dependent", "register_of"]

_BUSINESS: Final = "工商登记"
# Company databases and the public register they are filled from: names, and the addresses their pages have.
_REGISTERS: Final[dict[str, tuple[str, ...]]] = {
    _BUSINESS: (
        "企查查", "qcc.com", "天眼查", "tianyancha.com", "爱企查", "aiqicha", "启信宝", "qixin.com", "企信宝", "水滴信用",
        "shuidi.cn", "企查猫", "悉知", "国家企业信用信息公示", "gsxt.gov.cn", "工商登记", "企业登记", "市场监管局登记",
    ),
}  # fmt: skip


@lru_cache(maxsize=4096)
def register_of(*names: str) -> str | None:
    """The register a source of these names (title, address) derives from, None where none is known."""
    text = " ".join(names).lower()
    return next((register for register, marks in _REGISTERS.items() if any(mark in text for mark in marks)), None)


def dependent(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Registers from which two or more of these sources derive, with the sources, sorted."""
    found: dict[str, set[str]] = {}
    for name in names:
        register = register_of(name)
        if register is not None:
            found.setdefault(register, set()).add(name)
    return [(register, sorted(of)) for register, of in sorted(found.items()) if len(of) > 1]
