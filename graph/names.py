"""Names: one normal form for comparing, and the check digit of the unified social credit code.

The normal form only folds what is the same name written another way (width, brackets, spaces, letter case);
it never drops 集团, 股份, 有限 or a place, because those are different firms.
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

__all__ = ["credit_code_error", "credit_code_errors", "normal_form", "normal_forms"]

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(3**place % 31 for place in range(17))
# Printable ASCII and the common Chinese characters, which NFKC leaves as they are.
_PLAIN = re.compile("[ -~\u4e00-\u9fff]*")
_PLAIN_FOLDS = str.maketrans("[]", "()")
_FOLDED = (("〔", "("), ("〕", ")"), ("【", "("), ("】", ")"), ("[", "("), ("]", ")"))


def normal_forms(names: Any) -> pa.ChunkedArray:
    """Normal forms of a string column: NFKC, white space out, brackets to (), lower case; null stays null.

    Args:
        names: an Arrow string array or chunked array.

    Returns:
        A chunked array of the same length; an empty form becomes null.
    """
    import pyarrow.compute as pc

    column = names if isinstance(names, pa.ChunkedArray) else pa.chunked_array([names])
    folded = pc.utf8_normalize(column.cast(pa.string()), form="NFKC")
    folded = pc.replace_substring_regex(folded, pattern=r"[\s\x{200b}\x{feff}]+", replacement="")
    for written, meant in _FOLDED:
        folded = pc.replace_substring(folded, pattern=written, replacement=meant)
    folded = pc.utf8_lower(folded)
    if pc.any(pc.match_substring_regex(folded, r"\p{M}")).as_py():  # marks may now stand beside new letters
        folded = pc.utf8_normalize(folded, form="NFKC")
    return pc.if_else(pc.equal(folded, ""), None, folded)


def normal_form(name: str) -> str:
    """The normal form of one name; empty when nothing is left."""
    if _PLAIN.fullmatch(name):  # as nearly all names a user types: answered without loading what reads a register
        return name.replace(" ", "").translate(_PLAIN_FOLDS).lower()
    return normal_forms(pa.array([name], pa.string()))[0].as_py() or ""


def credit_code_error(code: str) -> str | None:
    """Why a unified social credit code (GB 32100-2015) is wrong, None when it is right.

    Args:
        code: 18 characters, upper case.

    Returns:
        A short Chinese reason, or None.
    """
    if len(code) != 18:
        return f"应为 18 位，实为 {len(code)} 位"
    if any(character not in _ALPHABET for character in code):
        return "含有不允许的字符"
    total = sum(_ALPHABET.index(character) * weight for character, weight in zip(code, _WEIGHTS, strict=False))
    if _ALPHABET[(31 - total % 31) % 31] != code[17]:
        return "校验位不符"
    return None


def credit_code_errors(codes: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which codes of a column are wrong: true, false, or null where there is no code.

    The same rule as :func:`credit_code_error`, over whole columns.
    """
    import pyarrow.compute as pc

    alphabet = pa.array(list(_ALPHABET))
    right_shape = pc.match_substring_regex(codes, pattern=rf"^[{_ALPHABET}]{{18}}$")
    safe = pc.if_else(right_shape, codes, "0" * 18)
    total: Any = pa.scalar(0)
    for place, weight in enumerate(_WEIGHTS):
        letter = pc.utf8_slice_codeunits(safe, start=place, stop=place + 1)
        total = pc.add(total, pc.multiply(pc.index_in(letter, value_set=alphabet), weight))
    rest = pc.subtract(total, pc.multiply(pc.divide(total, 31), 31))
    check = pc.subtract(31, rest)
    check = pc.if_else(pc.equal(check, 31), 0, check)
    last = pc.index_in(pc.utf8_slice_codeunits(safe, start=17, stop=18), value_set=alphabet)
    return pc.if_else(pc.is_null(codes), None, pc.invert(pc.and_(right_shape, pc.equal(check, last))))
