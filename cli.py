"""The command line: the one place where errors become messages and exit codes. The commands stand in ``commands/``."""

from __future__ import annotations

import gc
import json
import os
import sys

import typer

from bulian.commands import growth, linking, names, papers, questions, review, stores, tables
from bulian.commands.interrupts import note_interrupts
from bulian.commands.program import app, in_order
from bulian.graph.errors import BulianError
from bulian.viz.manual import usage_error

__all__ = ["app", "growth", "linking", "main", "names", "papers", "questions", "review", "stores", "tables"]

in_order(app)

_PARSERS_INTERRUPT = 130  # what the parser makes of Ctrl-C in a command; it says nothing with it


def main() -> None:
    """Run the command line; the one place where errors become messages and exit codes."""
    _speak_utf8()
    gc.set_threshold(1_000_000, 50, 100)  # answers are millions of small objects that all stay
    note_interrupts()
    wants_json = "--json" in sys.argv
    try:
        code = app(standalone_mode=False)
        if code == _PARSERS_INTERRUPT:
            code = _interrupted(wants_json)
    except BulianError as error:
        code = _interrupted(wants_json) if _is_interrupt(error.__cause__) else _fail(error, wants_json)
    except KeyboardInterrupt:
        code = _interrupted(wants_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        if _is_interrupt(error):
            code = _interrupted(wants_json)
        elif hasattr(error, "format_message"):  # one of the parser's own
            code = _fail(usage_error(error), wants_json)
        else:
            raise
    sys.exit(code if isinstance(code, int) else 0)


def _speak_utf8() -> None:
    """Redirected output is UTF-8 on every system; a console keeps its own code page and loses no run to a glyph."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace") if stream.isatty() else reconfigure(encoding="utf-8", errors="replace")


def _fail(error: BulianError, wants_json: bool) -> int:
    if wants_json:
        typer.echo(json.dumps({"error": error.as_json()}, ensure_ascii=False))
    typer.echo(f"出错：{error}", err=True)
    return error.exit_code


def _is_interrupt(error: BaseException | None) -> bool:
    """How the parser and DuckDB pass on Ctrl-C."""
    return isinstance(error, (KeyboardInterrupt, typer.Abort)) or "interrupted" in str(error).lower()


def _interrupted(wants_json: bool) -> int:
    hint = "再运行一次即可接着做完。"
    return _fail(BulianError("已中断；存储是完整的，停在某个文件之前或之后", hint=hint, code="interrupted"), wants_json)


if __name__ == "__main__":
    main()
