"""Files written whole or not at all: beside the target first, then moved onto it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import RenderError

__all__ = ["whole_file", "write_text"]


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path`` to write to; it becomes ``path`` when the block ends without an error.

    Raises:
        RenderError: the folder is missing or not writable, the disk is full, or the target is in use.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=target.suffix)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o644)
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        hint = "请检查文件夹是否存在、是否可写，磁盘是否已满，文件是否正在别的程序中打开。"
        raise RenderError("文件写不出去", where=str(target), hint=hint) from error


def write_text(path: Path, pieces: Iterable[str], *, encoding: str = "utf-8") -> Path:
    """Write text in pieces, UTF-8 with LF line ends unless told otherwise.

    Raises:
        RenderError: see :func:`whole_file`.
    """
    with whole_file(path) as temporary, temporary.open("w", encoding=encoding, newline="") as out:
        out.writelines(pieces)
    return Path(path)
