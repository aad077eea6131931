"""Commands that need no store: template, synth, schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bulian.graph.errors import UsageError

from .program import JsonOption, OutputOption, app, command, print_json, print_text


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
        print_json({"path": str(path)})
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
        print_json({"paths": [str(path) for path in made.paths], "rows": made.rows})
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
        print_json(schema_page.schema_json(), output)
    elif form == "table":
        show_rows(make_console(), "数据模型", *schema_page.schema_rows())
    else:
        print_text(_schema_text(form), output)


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
