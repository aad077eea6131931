"""Errors of bulian: every message says what happened, where, and what to do.

BulianError                     exit 1
├── UsageError                  exit 2   the call itself is wrong
├── NotFoundError               exit 3   nothing of that name or kind is known
│   └── AmbiguousNameError      exit 3   several things have that name; none is guessed
├── InputError                  exit 1   a file cannot be read
│   └── RejectedError           exit 4   rows were rejected; the rest is in
├── SchemaError                 exit 1   the declared model contradicts itself
├── StoreError                  exit 1   the store refused
│   ├── StoreVersionError       exit 1   the store was written by another version
│   └── StoreUnavailable        exit 5   the store is locked, full or unreachable
└── RenderError                 exit 1   an output could not be written
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AmbiguousNameError",
    "BulianError",
    "InputError",
    "NotFoundError",
    "RejectedError",
    "RenderError",
    "SchemaError",
    "StoreError",
    "StoreUnavailable",
    "StoreVersionError",
    "UsageError",
]


class BulianError(Exception):
    """Base of all errors a user can meet.

    Args:
        message: what happened, one Chinese sentence.
        where: the file, row, option or name concerned; empty when there is none.
        hint: what to do next; empty when nothing helps.
        code: a stable word for scripts; the class default when empty.
    """

    exit_code: ClassVar[int] = 1
    default_code: ClassVar[str] = "error"

    def __init__(self, message: str, *, where: str = "", hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.code = code or self.default_code

    def __str__(self) -> str:
        """The sentence for people: what, where, what to do."""
        where = f"（{self.where}）" if self.where else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.message}{where}{hint}"

    def as_json(self) -> dict[str, str | None]:
        """The object scripts read under the key ``error``; absent parts are None."""
        return {
            "code": self.code,
            "message": self.message,
            "where": self.where or None,
            "hint": self.hint or None,
        }


class UsageError(BulianError):
    """The command was called in a way that cannot work."""

    exit_code = 2
    default_code = "usage"


class NotFoundError(BulianError):
    """Nothing of that name or kind is in the store."""

    exit_code = 3
    default_code = "not_found"


class AmbiguousNameError(NotFoundError):
    """Several things bear the name; bulian does not guess."""

    default_code = "ambiguous_name"


class InputError(BulianError):
    """A file cannot be read or understood."""

    default_code = "input"


class RejectedError(InputError):
    """Some rows or files were rejected; everything else is in."""

    exit_code = 4
    default_code = "rejected"


class SchemaError(BulianError):
    """The declared model contradicts itself; raised once with every fault listed."""

    default_code = "schema"


class StoreError(BulianError):
    """The store refused an operation."""

    default_code = "store"


class StoreVersionError(StoreError):
    """The store file was written by another version of bulian."""

    default_code = "store_version"


class StoreUnavailable(StoreError):
    """The store is in use, full, or cannot be reached."""

    exit_code = 5
    default_code = "store_unavailable"


class RenderError(BulianError):
    """A page, workbook or export could not be written."""

    default_code = "render"
