"""What stands before a name may make it another thing: where the rules refuse a string that ends like a node.

风电主轴 ends in 主轴 (not in 电主轴) and is built into something a machine-tool chain does not name; 农产品加工中心 is
no machine.
The hosts a chain itself names are its own: in a chain of wind turbines 风电主轴 is a 主轴.
"""

from __future__ import annotations

from typing import Final

from .linking_vocabulary import Surface, Vocabulary

__all__ = ["cuts_latin", "foreign"]

_SHORT_NAME: Final = 3


def foreign(v: Vocabulary, surface: Surface, before: str) -> bool:
    """Whether what stands before a name says that it belongs to something the chain does not build."""
    if _crossed(v, before, surface.text):
        return True
    if v.kind[surface.node] in ("material", "application") or not before:
        return False
    if v.kind[surface.node] == "equipment" and not surface.text.endswith(v.words.empty_heads):
        return False  # a machine for something else is still that machine
    if any(word in before for word in v.must.get(surface.node, ())):
        return False
    for own in v.own:
        before = before.replace(own, " ")
    if any(host in before for host in v.hosts):
        return True
    short = len(surface.text) <= _SHORT_NAME and v.kind[surface.node] == "component"
    if not (short and v.words.host_shape.search(before)):
        return False
    host = before.removesuffix("用")[-2:]
    return not any(host in own for own in v.own)


def _crossed(v: Vocabulary, before: str, name: str) -> bool:
    """Whether a word begins before a name and ends inside it: 风电主轴 does not end in 电主轴 but in 主轴."""
    words = v.words
    for at in range(1, min(len(name), 4)):
        inside, rest = name[:at], name[at:]
        if any(word.endswith(inside) and before.endswith(word[:-at]) for word in words.whole_words if len(word) > at):
            return True
        if rest in v.surfaces or rest in words.heads:  # 排水电机 ends in 电机, for nothing is called 机
            if any(word.endswith(inside) and before.endswith(word[:-at]) for word in v.hosts if len(word) > at):
                return True
    return False


def cuts_latin(before: str, name: str) -> bool:
    """Whether a Latin word would be cut in two."""
    return bool(before) and before[-1].isascii() and before[-1].isalnum() and name[0].isascii() and name[0].isalnum()
