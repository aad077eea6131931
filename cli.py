"""The command line: parses, opens, calls, prints. Heavy imports stay inside the commands that need them."""

from __future__ import annotations

import difflib
import gc
import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, overload

import typer
from typer.core import TyperCommand, TyperGroup

from bulian import __version__
from bulian.graph.errors import BulianError, UsageError
from bulian.viz.manual import in_chinese, usage_error

if TYPE_CHECKING:
    from bulian.graph.duckdb_store import DuckDBStore
    from bulian.graph.opening import OpenView
    from bulian.queries.settings import Settings

__all__ = ["app", "main"]


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
_STORE = "bulian.duckdb"


def main() -> None:
    """Run the command line; the one place where errors become messages and exit codes."""
    _speak_utf8()
    gc.set_threshold(1_000_000, 50, 100)  # answers are millions of small objects that all stay
    wants_json = "--json" in sys.argv
    try:
        code = app(standalone_mode=False)
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


@overload
def _open(store: str) -> OpenView: ...
@overload
def _open(store: str, *, write: Literal[True]) -> DuckDBStore: ...


def _open(store: str, *, write: bool = False) -> OpenView:
    from bulian.graph.opening import open_store

    return open_store(store, write=write)


def _trial(store: str) -> AbstractContextManager[DuckDBStore]:
    from bulian.graph.opening import open_trial

    return open_trial(store)


def _chain(view: OpenView, chain: str) -> str:
    if chain:
        return chain
    chains = view.chains()
    if len(chains) == 1:
        return chains[0]
    hint = f"已有：{'、'.join(chains)}。" if chains else "请先导入带产业链的产品表。"
    raise UsageError("请用 --chain 指明产业链", hint=hint)


def _settings(view: OpenView, path: Path | None) -> Settings:
    from bulian.queries.settings import load_settings

    return load_settings(view, path)


def _print_json(value: Any, output: Path | None = None) -> None:
    from bulian.queries.results import json_bytes

    data = json_bytes(value)
    if output is not None:
        _write(output, [data.decode(), "\n"])
    elif sys.stdout.isatty():
        typer.echo(data.decode())
    else:  # as it is: decoding a report of a chain of thousands of products only to encode it again takes longest
        sys.stdout.flush()
        sys.stdout.buffer.write(data + b"\n")
        sys.stdout.buffer.flush()


def _write(path: Path, pieces: Iterable[str]) -> None:
    from bulian.graph.writing import write_text

    write_text(path, pieces)


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


@command()
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="放示例存储、网页和工作簿的文件夹。")] = Path("补链示例"),
    as_json: JsonOption = False,
) -> None:
    """用自带的温岭机床数据走一遍：导入、判定薄弱环节、找补链对象、出图、出表。"""
    from bulian.examples import example_folder
    from bulian.ingest.pipeline import ingest as run
    from bulian.queries.targets import find_targets
    from bulian.queries.weak_links import find_weak_links
    from bulian.viz.console import make_console
    from bulian.viz.demo_console import show_demo
    from bulian.viz.ingest_console import follow
    from bulian.viz.papers import write_papers

    output.mkdir(parents=True, exist_ok=True)
    store = str(output / "示例.duckdb")
    with _open(store, write=True) as opened, follow(quiet=as_json) as progress:
        run(opened, [example_folder()], progress=progress)
        report = find_weak_links(opened, "温岭市", "数控机床")
        targets = find_targets(opened, "温岭市", "数控机床", top=3, report=report)
        paths = write_papers(opened, report, targets, output, top=3)
    if as_json:
        _print_json({"weak": report, "targets": targets, "paths": paths})
    else:
        show_demo(make_console(), report, targets, {**paths, "存储（接着查询时加 --store）": store})


@command()
def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="文件或文件夹：CSV、XLSX、XLS、TXT、MD、HTML；"
            "或别人的 Neo4j 图的地址，按 bulian.toml 里的映射读（见 docs/neo4j-graph.md）。"
        ),
    ],
    store: StoreOption = _STORE,
    chain: Annotated[str, typer.Option("--chain", help="没写产业链的行属于哪条链。")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只报告，不写入。")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="退回行写到这个 CSV。")] = None,
    as_json: JsonOption = False,
) -> None:
    """导入表和文档；坏行写进退回文件，改好可再导入。

    例：bulian ingest 数据/ --chain 数控机床
    """
    from bulian.ingest.pipeline import ingest as run
    from bulian.viz.console import make_console
    from bulian.viz.ingest_console import follow, show_ingest

    with _trial(store) if dry_run else _open(store, write=True) as opened, follow(quiet=as_json) as progress:
        report = run(opened, paths, chain=chain or None, dry_run=dry_run, rejects=output, progress=progress)
    if as_json:
        _print_json(report.as_json())
    else:
        show_ingest(make_console(), report.as_json())
    raise typer.Exit(report.exit_code)


@command()
def forget(
    source: Annotated[str, typer.Argument(help="来源的网址、文件路径或标题。")],
    store: StoreOption = _STORE,
    as_json: JsonOption = False,
) -> None:
    """收回只有这个来源说过的事实。

    例：bulian forget 名录.xlsx
    """
    from bulian.ingest.pipeline import forget as run

    _open(store).close()  # opening to write would make a store that is not there
    with _open(store, write=True) as opened:
        gone = run(opened, source)
    if as_json:
        _print_json({"source": source, "facts": {"gone": gone}})
    else:
        typer.echo(f"已收回“{source}”独有的事实 {gone} 条。")


@command()
def copy(
    store_a: Annotated[str, typer.Argument(help="读这个存储：文件的路径，或 Neo4j 的地址。")],
    store_b: Annotated[str, typer.Argument(help="写到这个存储：空的，或只有前者的来源。")],
    as_json: JsonOption = False,
) -> None:
    """把整个存储照搬到另一个，文件与服务器之间都行；搬完核对两边的内容。断了再运行一次，接着搬。

    例：bulian copy bulian.duckdb neo4j://localhost:7687
    """
    from bulian.graph.copying import copy_store
    from bulian.viz.ingest_console import follow

    with follow(quiet=as_json, verb="复制") as progress:
        made = copy_store(store_a, store_b, progress)
    if as_json:
        _print_json(made)
    else:
        counts = f"节点 {made.nodes}，关系 {made.edges}，事实 {made.facts}"
        typer.echo(f"已复制到 {store_b}：{counts}；两边内容一致（{made.hash_b}）。")


@command()
def template(
    output: Annotated[Path, typer.Argument(help="写到这个 XLSX。")],
    force: Annotated[bool, typer.Option("--force", help="已有的文件不同也覆盖。")] = False,
    as_json: JsonOption = False,
) -> None:
    """生成填表用的模板：每张表一个工作表，带说明、下拉和示例行。

    例：bulian template 模板.xlsx
    """
    from bulian.ingest.template import write_template

    path = write_template(output, replace=force)
    if as_json:
        _print_json({"path": str(path)})
    else:
        typer.echo(f"模板：{path}")


@command()
def synth(
    output: Annotated[Path, typer.Argument(help="写到这个文件夹。")],
    firms: Annotated[int, typer.Option("--firms", help="企业数。")] = 10_000,
    links: Annotated[int | None, typer.Option("--links", help="企业产品的行数；缺省为每家企业 5 行。")] = None,
    products: Annotated[int, typer.Option("--products", help="产品数，都在一条“合成产业链”上。")] = 500,
    seed: Annotated[int, typer.Option("--seed", help="种子：同一种子每次都一样。")] = 1,
    as_json: JsonOption = False,
) -> None:
    """生成虚构的数据表，供试规模和测速；来源处处写明是合成数据，不可当真。

    例：bulian synth 合成数据/ --firms 100000
    """
    from bulian.ingest.synth import write_synthetic

    made = write_synthetic(output, firms=firms, links=links, products=products, seed=seed)
    if as_json:
        _print_json({"paths": [str(path) for path in made.paths], "rows": made.rows})
    else:
        typer.echo(f"合成数据：{output}（{len(made.paths)} 个表，{made.rows:,} 行）；接着可用 bulian ingest 导入。")


@command()
def schema(
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="table、json、mermaid，或说明文档：page（docs/schema.md）、tables（docs/tables.md）、commands（docs/cli.md）。",
        ),
    ] = "table",
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """显示数据模型：类型、关系、属性。

    例：bulian schema --format mermaid
    """
    from bulian.graph import schema_page
    from bulian.viz.console import make_console, show_rows

    if as_json or form == "json":
        _print_json(schema_page.schema_json(), output)
    elif form == "table":
        show_rows(make_console(), "数据模型", *schema_page.schema_rows())
    else:
        _text(_schema_text(form), output)


def _schema_text(form: str) -> str:
    from bulian.graph.schema_page import schema_mermaid, schema_page
    from bulian.ingest.template import tables_page
    from bulian.viz.manual import manual_page

    makers: dict[str, Callable[[], str]] = {
        "mermaid": schema_mermaid, "page": schema_page, "tables": tables_page,
        "commands": lambda: manual_page(typer.main.get_command(app)),
    }  # fmt: skip
    if form not in makers:
        raise UsageError("没有这种格式", where=form, hint=f"可用：table、json、{'、'.join(makers)}。")
    return makers[form]()


def _safe_output(view: OpenView, output: Path, *suffixes: str) -> None:
    """Refuse to write over the store or over a file its data came from, or under a name that says something else."""
    if suffixes and output.suffix.lower() not in suffixes:
        raise UsageError("输出文件的扩展名不对", where=str(output), hint=f"请用 {'、'.join(suffixes)}。")
    taken = {Path(view.path).absolute().as_posix(), *(source.uri for source in view.sources())}
    if output.absolute().as_posix() in taken:
        raise UsageError("不能写到存储文件或导入过的数据文件上", where=str(output), hint="请换一个文件名。")


def _text(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
    else:
        _write(output, [text])


@command()
def check(chain: ChainOption = "", store: StoreOption = _STORE, as_json: JsonOption = False) -> None:
    """检查一条链的数据：自环、成环、悬空名称、互相矛盾的说法。

    例：bulian check --chain 数控机床
    """
    from bulian.queries.check import check_chain
    from bulian.viz.console import make_console, show_problems

    with _open(store) as view:
        problems = check_chain(view, _chain(view, chain))
    if as_json:
        _print_json({"problems": problems})
    else:
        show_problems(make_console(), problems)


@command()
def weak(
    region: RegionOption,
    chain: ChainOption = "",
    store: StoreOption = _STORE,
    settings: SettingsOption = None,
    everything: Annotated[bool, typer.Option("--all", help="正常、强链和未知的环节也列出。")] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """薄弱环节：每个环节的地区判定与全国判定。

    例：bulian weak --region 温岭市 --chain 数控机床
    """
    from bulian.queries.weak_links import find_weak_links
    from bulian.viz.console import make_console, show_unknown, show_weak

    with _open(store) as view:
        report = find_weak_links(view, region, _chain(view, chain), _settings(view, settings))
    if as_json or output:
        _print_json(report, output)
    else:
        console = make_console()
        show_weak(console, report, everything=everything)
        show_unknown(console, report)


@command()
def spof(
    chain: ChainOption = "",
    product: Annotated[str | None, typer.Option("--product", help="只看这个产品。")] = None,
    store: StoreOption = _STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """单点：每个产品缺一不可的投入，以及缺它会停掉哪些终端产品。

    例：bulian spof --product 数控车床
    """
    from bulian.queries.spof import find_single_points
    from bulian.viz.console import make_console, show_points

    with _open(store) as view:
        report = find_single_points(view, _chain(view, chain), product=product, settings=_settings(view, settings))
    if as_json or output:
        _print_json(report, output)
    else:
        show_points(make_console(), report)


@command()
def targets(
    region: RegionOption,
    chain: ChainOption = "",
    product: Annotated[str | None, typer.Option("--product", help="只为这个产品找。")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="每类最多几个，不小于 1 的整数。")] = 10,
    store: StoreOption = _STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """补链对象：招引、培育、院所，各有理由、反面和依据。

    例：bulian targets --region 温岭市 --product 电主轴
    """
    from bulian.queries.targets import find_targets
    from bulian.viz.console import make_console, show_targets

    with _open(store) as view:
        chosen = _settings(view, settings)
        report = find_targets(view, region, _chain(view, chain), product=product, top=top, settings=chosen)
    if as_json or output:
        _print_json(report, output)
    else:
        show_targets(make_console(), report)


@command()
def explain(
    what: Annotated[list[str], typer.Argument(help="名称、编号或代码；或一条关系：甲 生产 乙。")],
    store: StoreOption = _STORE,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """追到底：任何节点或关系的来源、位置和原文。

    例：bulian explain 三和数控 生产 液压动力刀塔
    """
    from bulian.queries.explain import explain as run
    from bulian.viz.console import make_console, show_explanation

    with _open(store) as view:
        answer = run(view, " ".join(what))
    if as_json or output:
        _print_json(answer, output)
    else:
        show_explanation(make_console(), answer)


@command()
def extract(
    files: Annotated[list[Path], typer.Argument(help="文档，或每行一个 {id, text} 的 .jsonl。")],
    store: StoreOption = _STORE,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """从文档抽取实体与关系，只输出（JSON 行），不入库。

    例：bulian extract 报道.md
    """
    from bulian.graph.errors import NotFoundError
    from bulian.ingest.extraction import extract_lines

    try:
        with _open(store) as view:
            lines = list(extract_lines(files, view))
    except NotFoundError:  # without a store there are no names of its own to look for
        lines = list(extract_lines(files, None))
    pieces = (json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    if output:
        _write(output, pieces)
    else:
        sys.stdout.writelines(pieces)


@command()
def view(
    chain: ChainOption = "",
    region: Annotated[str, typer.Option("--region", help="判定哪里；缺省为全国。")] = "中国",
    around: Annotated[str | None, typer.Option("--around", help="只画这个节点周围。")] = None,
    path: Annotated[tuple[str, str] | None, typer.Option("--path", help="画两个节点之间的路径。")] = None,
    store: StoreOption = _STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """画图：一个离线网页。

    例：bulian view --chain 数控机床 --region 温岭市 -o 链图.html
    """
    from bulian.viz.papers import write_chain_page, write_network_page

    with _open(store) as opened:
        if output is not None:
            _safe_output(opened, output, ".html", ".htm")
        if around or path:
            made = write_network_page(opened, around=around, path=path, output=output)
        else:
            chosen = _settings(opened, settings)
            made = write_chain_page(opened, region, _chain(opened, chain), chosen, output)
    if as_json:
        _print_json(made)
    else:
        typer.echo(f"网页：{made['path']}（节点 {made['nodes']}，关系 {made['edges']}）")


@command()
def export(
    form: Annotated[
        str, typer.Option("--format", help="格式：xlsx、json、csv、graphml、parquet、jsonld、gexf、cypher、neo4j-admin。")
    ],
    output: OutputOption = None,
    region: Annotated[str, typer.Option("--region", help="xlsx：判定哪里；缺省为全国。")] = "中国",
    chain: ChainOption = "",
    store: StoreOption = _STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """导出：xlsx 为薄弱环节与对象的工作簿，其余为整个图。

    例：bulian export --format csv -o 导出/
    """
    from bulian.graph.export import export_json, write_export

    with _open(store) as opened:
        if form == "json" and output is None:
            sys.stdout.writelines(export_json(opened))
            return
        if output is None:
            raise UsageError("请用 --output 指明写到哪里", hint="只有 json 可以不写文件。")
        _safe_output(opened, output, *([".xlsx"] if form == "xlsx" else []))
        if form == "xlsx":
            from bulian.viz.papers import write_target_book

            made = write_target_book(opened, region, _chain(opened, chain), _settings(opened, settings), output)
        else:
            made = write_export(opened, form, output)
    if as_json or not sys.stdout.isatty():
        _print_json(made)
    else:
        typer.echo("已写出：" + "、".join(made.get("paths") or [made["path"]]))


if __name__ == "__main__":
    main()
