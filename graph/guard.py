"""Cells and file names that come from strangers, made harmless for spreadsheets and file systems.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@``, TAB or CR (CWE-1236), also after
invisible characters and in the full-width forms that Chinese input methods produce.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["GUARDED", "guard_csv", "plain", "safe_filename"]

_INVISIBLE = " \n\u00a0\u3000\ufeff\u200b\u200c\u200d\u2060"
_RUNNING = frozenset("=+-@\t\r＝＋－＠")
GUARDED = rf"^'((?:[{_INVISIBLE}]|')*[=+\-@\t\r＝＋－＠])"
"""A cell that :func:`guard_csv` guarded: replacing it by its group takes the guard off, and nothing else."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')
_RESERVED = frozenset({"CON", "PRN", "AUX", "NUL"} | {f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10)})
_LONGEST = 200
"""Bytes of UTF-8; common file systems stop at 255, and an extension must still fit."""


def guard_csv(cell: object) -> object:
    """The cell as it may stand in a CSV file that people open in a spreadsheet.

    Args:
        cell: any value; only text is ever changed.

    Returns:
        The text with a leading ``'`` when a spreadsheet would run it, else the value itself. Text that the
        guard itself would be mistaken for (``'=…``) is guarded too, so that taking off one ``'`` from a
        guarded cell always gives the original back.
    """
    if not isinstance(cell, str):
        return cell
    seen = cell.lstrip(_INVISIBLE)
    while seen.startswith("'"):
        seen = seen[1:].lstrip(_INVISIBLE)
    return f"'{cell}" if seen[:1] in _RUNNING and seen else cell


def plain(text: str) -> str:
    """Text without control characters and lone surrogates, which XML (xlsx, docx) cannot hold."""
    return _CONTROL.sub("", text)


def safe_filename(name: str) -> str:
    """A file name from any text: no separators, no reserved device name, at most 200 bytes of UTF-8.

    Args:
        name: what the file should be called, without folder.

    Returns:
        A non-empty name; forbidden characters become ``_``.
    """
    kept = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    while len(kept.encode("utf-8")) > _LONGEST:
        kept = kept[:-1]
    kept = kept.rstrip(" .")
    if not kept or kept.split(".")[0].upper() in _RESERVED:
        kept = f"_{kept}"
    return kept
