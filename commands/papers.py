"""Commands that write for people and programs: extract, view, export."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bulian.graph.errors import UsageError

from .program import (
    STORE,
    AssumeOption,
    ChainOption,
    JsonOption,
    OutputOption,
    SettingsOption,
    StoreOption,
    assumptions_of,
    chain_of,
    check_output,
    command,
    open_store,
    print_json,
    settings_of,
    write_pieces,
)


@command()
def extract(
    files: Annotated[list[Path], typer.Argument(help="文档，或每行一个 {id, text} 的 .jsonl。")],
    store: StoreOption = STORE,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """从文档抽取实体与关系，只输出（JSON 行），不入库。

    例：bulian extract 报道.md
    """
    from bulian.graph.errors import NotFoundError
    from bulian.ingest.extraction import extract_lines

    try:
        with open_store(store) as view:
            lines = list(extract_lines(files, view))
    except NotFoundError:  # without a store there are no names of its own to look for
        lines = list(extract_lines(files, None))
    pieces = (json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    if output:
        write_pieces(output, pieces)
    else:
        sys.stdout.writelines(pieces)


@command()
def view(
    chain: ChainOption = "",
    region: Annotated[str, typer.Option("--region", help="判定哪里；缺省为全国。")] = "中国",
    around: Annotated[str | None, typer.Option("--around", help="只画这个节点周围。")] = None,
    path: Annotated[tuple[str, str] | None, typer.Option("--path", help="画两个节点之间的路径。")] = None,
    store: StoreOption = STORE,
    settings: SettingsOption = None,
    assume: AssumeOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """画图：一个离线网页。

    例：bulian view --chain 数控机床 --region 温岭市 -o 链图.html
    """
    from bulian.viz.papers import write_chain_page, write_network_page

    supposed = assumptions_of(assume)
    if supposed and (around or path):
        raise UsageError("--assume-detection 只用于链图", hint="--around 与 --path 画的是存储里的关系，里面没有判定。")
    with open_store(store) as opened:
        if output is not None:
            check_output(opened, output, ".html", ".htm")
        if around or path:
            made = write_network_page(opened, around=around, path=path, output=output)
        else:
            chosen = settings_of(opened, settings)
            made = write_chain_page(opened, region, chain_of(opened, chain), chosen, output, supposed)
    if as_json:
        print_json(made)
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
    store: StoreOption = STORE,
    settings: SettingsOption = None,
    assume: AssumeOption = None,
    as_json: JsonOption = False,
) -> None:
    """导出：xlsx 为薄弱环节与对象的工作簿，其余为整个图。

    例：bulian export --format csv -o 导出/
    """
    from bulian.graph.export import export_json, write_export

    supposed = assumptions_of(assume)
    if supposed and form != "xlsx":
        raise UsageError("--assume-detection 只用于 xlsx", hint="其余格式导出整个图，里面没有判定；假设从不入库。")
    with open_store(store) as opened:
        if form == "json" and output is None:
            sys.stdout.writelines(export_json(opened))
            return
        if output is None:
            raise UsageError("请用 --output 指明写到哪里", hint="只有 json 可以不写文件。")
        check_output(opened, output, *([".xlsx"] if form == "xlsx" else []))
        if form == "xlsx":
            from bulian.viz.papers import write_target_book

            named, chosen = chain_of(opened, chain), settings_of(opened, settings)
            made = write_target_book(opened, region, named, chosen, output, supposed)
        else:
            made = write_export(opened, form, output)
    if as_json or not sys.stdout.isatty():
        print_json(made)
    else:
        typer.echo("已写出：" + "、".join(made.get("paths") or [made["path"]]))
