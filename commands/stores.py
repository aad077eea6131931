"""Commands that fill a store: demo, ingest, forget, copy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .interrupts import follow
from .program import STORE, JsonOption, StoreOption, command, open_store, open_trial, print_json


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
    from bulian.viz.papers import write_papers

    output.mkdir(parents=True, exist_ok=True)
    store = str(output / "示例.duckdb")
    with open_store(store, write=True) as opened, follow(quiet=as_json) as progress:
        run(opened, [example_folder()], progress=progress)
        report = find_weak_links(opened, "温岭市", "数控机床")
        targets = find_targets(opened, "温岭市", "数控机床", top=3, report=report)
        paths = write_papers(opened, report, targets, output, top=3)
    if as_json:
        print_json({"weak": report, "targets": targets, "paths": paths})
    else:
        show_demo(make_console(), report, targets, {**paths, "存储（接着查询时加 --store）": store})


@command()
def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="文件或文件夹：CSV、XLSX、XLS、DOCX、TXT、MD、HTML、PDF 名单；"
            "或别人的 Neo4j 图的地址，按 bulian.toml 里的映射读（见 docs/neo4j-graph.md）。"
        ),
    ],
    store: StoreOption = STORE,
    chain: Annotated[str, typer.Option("--chain", help="没写产业链的行属于哪条链。")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只报告，不写入。")] = False,
    explain: Annotated[bool, typer.Option("--explain-mapping", help="只说明每列读作什么、为什么，不导入。")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="退回行写到这个 CSV。")] = None,
    as_json: JsonOption = False,
) -> None:
    """导入表和文档；坏行写进退回文件，改好可再导入。

    例：bulian ingest 数据/ --chain 数控机床
    """
    from bulian.ingest.pipeline import ingest as run
    from bulian.viz.console import make_console
    from bulian.viz.ingest_console import show_ingest

    if explain:
        _explain(paths, as_json=as_json)
        return
    with open_trial(store) if dry_run else open_store(store, write=True) as opened, follow(quiet=as_json) as progress:
        report = run(opened, paths, chain=chain or None, dry_run=dry_run, rejects=output, progress=progress)
    if as_json:
        print_json(report.as_json())
    else:
        show_ingest(make_console(), report.as_json())
    raise typer.Exit(report.exit_code)


def _explain(paths: list[str], *, as_json: bool) -> None:
    from dataclasses import asdict

    from bulian.graph.regions import default_regions
    from bulian.ingest.explain_mapping import explain_files
    from bulian.viz.console import make_console
    from bulian.viz.mapping_console import show_mapping

    sheets = [asdict(sheet) for sheet in explain_files([Path(path) for path in paths], default_regions())]
    if as_json:
        print_json({"sheets": sheets})
    else:
        show_mapping(make_console(), sheets)
    if not any(sheet["kind"] in ("table", "document") for sheet in sheets):
        raise typer.Exit(3)


@command()
def forget(
    source: Annotated[str, typer.Argument(help="来源的网址、文件路径或标题。")],
    store: StoreOption = STORE,
    as_json: JsonOption = False,
) -> None:
    """收回只有这个来源说过的事实。

    例：bulian forget 名录.xlsx
    """
    from bulian.ingest.pipeline import forget as run

    open_store(store).close()  # opening to write would make a store that is not there
    with open_store(store, write=True) as opened:
        gone = run(opened, source)
    if as_json:
        print_json({"source": source, "facts": {"gone": gone}})
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

    with follow(quiet=as_json, verb="复制") as progress:
        made = copy_store(store_a, store_b, progress)
    if as_json:
        print_json(made)
    else:
        counts = f"节点 {made.nodes}，关系 {made.edges}，事实 {made.facts}"
        typer.echo(f"已复制到 {store_b}：{counts}；两边内容一致（{made.hash_b}）。")
