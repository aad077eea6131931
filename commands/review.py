"""Reviewing in Excel and back: review export, review apply."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bulian.graph.errors import UsageError

from .program import (
    STORE,
    JsonOption,
    SettingsOption,
    StoreOption,
    check_output,
    group,
    open_store,
    print_json,
    settings_of,
    subcommand,
)

__all__ = ["review"]

review = group("review", "人工审核：写出要人判的名称、挂链和说法（Excel），再把判定收回来。")


@subcommand(review, "export")
def export_review(
    output: Annotated[Path, typer.Argument(help="写到这个 XLSX。")],
    region: Annotated[str, typer.Option("--region", help="按哪里的判定排先后；缺省为全国。")] = "中国",
    chain: Annotated[
        str, typer.Option("--chain", help="只列这条产业链上的说法；缺省全列，只有一条链时按它排先后。")
    ] = "",
    below: Annotated[
        float, typer.Option("--below", min=0.0, max=1.0, help="置信度低于它的才列；主营产品挂链至多 0.64。")
    ] = 0.7,
    limit: Annotated[int, typer.Option("--limit", min=1, help="每个工作表最多几行。")] = 500,
    force: Annotated[bool, typer.Option("--force", help="已有的文件也覆盖。")] = False,
    store: StoreOption = STORE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """写出审核表：可能是同一家的名称、低置信的挂链和说法，旁边是依据，影响大的在前。

    例：bulian review export 审核.xlsx --region 温岭市
    """
    from bulian.queries.review import find_review
    from bulian.viz.review_book import LINKS, OTHERS, PAIRS, write_review_book

    with open_store(store) as view:
        check_output(view, output, ".xlsx")
        if output.exists() and not force:
            hint = "请换一个文件名；确要覆盖请加 --force。"
            raise UsageError("已有同名文件，可能已经填过，没有覆盖", where=str(output), hint=hint, code="exists")
        known = [chain] if chain else view.chains()
        named = known[0] if len(known) == 1 else None
        found = find_review(view, region, named, below, limit, settings_of(view, settings), only=bool(chain))
    path = write_review_book(output, found)
    rows = {PAIRS: len(found.pairs), LINKS: len(found.links), OTHERS: len(found.others)}
    if as_json:
        left = dict(zip(rows, (found.left[name] for name in ("pairs", "links", "others")), strict=True))
        print_json({"path": str(path), "rows": sum(rows.values()), "sheets": rows, "left_off": left})
    else:
        typer.echo(f"审核表：{path}（{'，'.join(f'{name} {count}' for name, count in rows.items())}）")


@subcommand(review, "apply")
def apply_review(
    file: Annotated[Path, typer.Argument(help="填好的审核表：XLSX，或其中一个工作表另存的 CSV。")],
    store: StoreOption = STORE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="退回行写到这个 CSV。")] = None,
    as_json: JsonOption = False,
) -> None:
    """收回判定：好行照办，坏行写进退回文件；判定不因重新导入而失效，用“撤销”或 bulian forget 收回。

    例：bulian review apply 审核.xlsx
    """
    from bulian.ingest.review import apply_review as run
    from bulian.viz.console import make_console
    from bulian.viz.review_console import show_review

    open_store(store).close()  # opening to write would make a store that is not there
    with open_store(store, write=True) as opened:
        report = run(opened, file, rejects=output)
    if as_json:
        print_json(report.as_json())
    else:
        show_review(make_console(), report.as_json())
    raise typer.Exit(report.exit_code)
