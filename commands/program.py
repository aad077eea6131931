"""What all commands share: the program they belong to, their options, opening a store, printing an answer.

Imported when the program starts, so nothing heavy is imported here; commands import what they need when they run.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar, overload

import typer
from typer.core import TyperCommand, TyperGroup

from bulian import __version__
from bulian.graph.errors import UsageError
from bulian.viz.manual import in_chinese

if TYPE_CHECKING:
    from bulian.graph.duckdb_store import DuckDBStore
    from bulian.graph.opening import OpenView
    from bulian.queries.assumption import Assumption
    from bulian.queries.settings import Settings

__all__ = [
    "STORE",
    "AssumeOption",
    "ChainOption",
    "JsonOption",
    "OutputOption",
    "RegionOption",
    "SettingsOption",
    "StoreOption",
    "app",
    "assumptions_of",
    "chain_of",
    "check_output",
    "command",
    "group",
    "in_order",
    "open_store",
    "open_trial",
    "print_json",
    "print_text",
    "settings_of",
    "subcommand",
    "write_pieces",
]

_Run = TypeVar("_Run", bound=Callable[..., Any])
STORE: Final = "bulian.duckdb"
"""The store of those who name none: this file in the current folder."""

_ORDER: Final = (
    "demo", "ingest", "forget", "copy", "template", "synth", "schema", "check", "weak", "spof", "scenario", "coverage",
    "extend", "targets", "explain", "link", "resolve", "extract", "view", "export",
)  # fmt: skip
# As one meets them, from the first day on.


class _Command(TyperCommand):
    """A command whose help page is Chinese throughout."""

    def get_help(self, ctx: Any) -> str:
        return in_chinese(super().get_help(ctx))


class _Group(TyperGroup):
    """The program: a Chinese help page, and the nearest names for an unknown command."""

    def get_help(self, ctx: Any) -> str:
        return in_chinese(super().get_help(ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            known = self.list_commands(ctx)
            near = difflib.get_close_matches(args[0], known, n=3) or known
            raise UsageError("没有这个命令", where=args[0], hint=f"可用：{'、'.join(near)}。用 bulian --help 查看用法。")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="bulian", cls=_Group, rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="补链：把产业链和创新链看成一张图，指出断在哪里、弱在哪里、哪里还不知道，并给出有依据的补链对象。",
)  # fmt: skip
command = partial(app.command, cls=_Command)


def group(name: str, told: str) -> typer.Typer:
    """Commands that belong together under one word of the program, with their help."""
    made = typer.Typer(name=name, cls=_Group, rich_markup_mode=None, no_args_is_help=False, help=told)
    app.add_typer(made)
    return made


def subcommand(of: typer.Typer, name: str) -> Callable[[_Run], _Run]:
    """The decorator of a command of a group."""
    return of.command(name, cls=_Command)


def in_order(program: typer.Typer) -> None:
    """Put the commands in the order people meet them, whichever module was imported first."""
    program.registered_commands.sort(key=lambda known: _ORDER.index(known.callback.__name__) if known.callback else -1)


StoreOption = Annotated[
    str,
    typer.Option(
        "--store",
        envvar="BULIAN_STORE",
        help="存储：DuckDB 文件的路径，或 Neo4j 的地址（neo4j://主机:7687）。",
        metavar="PATH_OR_URL",
    ),
]
RegionOption = Annotated[str, typer.Option("--region", help="地区的名称或代码，如 温岭市、331081。")]
ChainOption = Annotated[str, typer.Option("--chain", help="产业链名称；只有一条链时可省。")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON，别无其他。")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="写到这个文件（或文件夹）。")]
SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="阈值文件，取其中的 [settings]；缺省读当前文件夹的 bulian.toml。")
]

AssumeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--assume-detection",
        metavar="RATE|NAME=RATE",
        help="假设：这个地区（或名为 NAME 的地区、来源）的检出率为 RATE，所得判定标明“假设”；可多次。",
    ),
]


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="显示版本。", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"bulian {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@overload
def open_store(store: str) -> OpenView: ...
@overload
def open_store(store: str, *, write: Literal[True]) -> DuckDBStore: ...


def open_store(store: str, *, write: bool = False) -> OpenView:
    """Open a file or a server; see :func:`bulian.graph.opening.open_store`."""
    from bulian.graph.opening import open_store as opened

    return opened(store, write=write)


def open_trial(store: str) -> AbstractContextManager[DuckDBStore]:
    """A copy to try things on; see :func:`bulian.graph.opening.open_trial`."""
    from bulian.graph.opening import open_trial as opened

    return opened(store)


def chain_of(view: OpenView, chain: str) -> str:
    """The chain asked for, or the only one there is.

    Raises:
        UsageError: none was named and there are none or several.
    """
    if chain:
        return chain
    chains = view.chains()
    if len(chains) == 1:
        return chains[0]
    hint = f"已有：{'、'.join(chains)}。" if chains else "请先导入带产业链的产品表。"
    raise UsageError("请用 --chain 指明产业链", hint=hint)


def settings_of(view: OpenView, path: Path | None) -> Settings:
    """The thresholds: of this file, else of bulian.toml here, else what the store keeps, else the defaults."""
    from bulian.queries.settings import load_settings

    return load_settings(view, path)


def assumptions_of(texts: list[str] | None) -> tuple[Assumption, ...]:
    """The detection rates a user supposes; see :func:`bulian.queries.assumption.parse_assumptions`.

    Raises:
        UsageError: one cannot be read.
    """
    if not texts:
        return ()
    from bulian.queries.assumption import parse_assumptions

    return parse_assumptions(texts)


def print_json(value: Any, output: Path | None = None) -> None:
    """Write an answer as one JSON document to a file or to standard output."""
    from bulian.queries.results import json_bytes

    data = json_bytes(value)
    if output is not None:
        write_pieces(output, [data.decode(), "\n"])
    elif sys.stdout.isatty():
        typer.echo(data.decode())
    else:  # as it is: decoding a report of a chain of thousands of products only to encode it again takes longest
        sys.stdout.flush()
        sys.stdout.buffer.write(data + b"\n")
        sys.stdout.buffer.flush()


def print_text(text: str, output: Path | None) -> None:
    """Write a text to a file or to standard output."""
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_pieces(output, [text])


def write_pieces(path: Path, pieces: Iterable[str]) -> None:
    """Write a file in one go; see :func:`bulian.graph.writing.write_text`."""
    from bulian.graph.writing import write_text

    write_text(path, pieces)


def check_output(view: OpenView, output: Path, *suffixes: str) -> None:
    """Refuse to write over the store or over a file its data came from, or under a name that says something else.

    Raises:
        UsageError: the path is not one to write to.
    """
    if suffixes and output.suffix.lower() not in suffixes:
        raise UsageError("输出文件的扩展名不对", where=str(output), hint=f"请用 {'、'.join(suffixes)}。")
    taken = {Path(view.path).absolute().as_posix(), *(source.uri for source in view.sources())}
    if output.absolute().as_posix() in taken:
        raise UsageError("不能写到存储文件或导入过的数据文件上", where=str(output), hint="请换一个文件名。")
