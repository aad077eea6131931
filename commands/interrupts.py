"""Ctrl-C that is not lost: a library that is just being loaded may drop it, so the next step raises it again."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["follow", "note_interrupts"]

_asked = threading.Event()


def note_interrupts() -> None:
    """From now on an interrupt is remembered as well as raised; in a thread of another program that is left to it."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    _asked.set()
    raise KeyboardInterrupt


@contextmanager
def follow(*, quiet: bool, verb: str = "导入") -> Iterator[Callable[[str, float, float], None]]:
    """A progress bar (:func:`bulian.viz.ingest_console.follow`) whose every step heeds an interrupt that was dropped."""
    from bulian.viz import ingest_console

    with ingest_console.follow(quiet=quiet, verb=verb) as show:

        def step(doing: str, done: float, total: float, /) -> None:
            if _asked.is_set():
                raise KeyboardInterrupt
            show(doing, done, total)

        yield step
