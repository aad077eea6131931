"""Results as JSON text: the same values as plain JSON, whoever encodes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bulian.queries.results import Evidence, SourceRef, as_json, json_bytes

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner)
    | st.dictionaries(st.text(), inner).map(MappingProxyType),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    held: Any


@given(st.text(), _VALUES)
def test_the_text_says_what_plain_json_says(name: str, value: Any) -> None:
    assert json.loads(json_bytes(Box(name, [value]))) == json.loads(json.dumps(as_json(Box(name, [value]))))


def test_fields_keep_their_order_and_text_stays_readable() -> None:
    line = Evidence("f", "甲 生产 乙", SourceRef("名录", "u", None), "第2行", "“原文”\n", "表", 0.9, "stated")
    assert json_bytes({"line": line}).decode() == json.dumps(as_json({"line": line}), ensure_ascii=False, indent=1)


def test_half_a_surrogate_pair_loses_no_answer() -> None:
    assert json.loads(json_bytes({"path": "a\udcff.csv"})) == {"path": "a?.csv"}
