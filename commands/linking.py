"""The command that links product strings and business scopes to a chain: link."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from .program import (
    STORE,
    ChainOption,
    JsonOption,
    OutputOption,
    StoreOption,
    chain_of,
    command,
    open_store,
    write_pieces,
)


@command()
def link(
    file: Annotated[Path, typer.Argument(help='一行一个产品名；或每行一个 {"id": …, "string": "…"}。')],
    chain: ChainOption = "",
    scope: Annotated[bool, typer.Option("--scope", help="每行是一段经营范围。")] = False,
    suggest: Annotated[int, typer.Option("--suggest", min=0, help="改为列出最常见的 N 个没连上的词，供补进词表。")] = 0,
    store: StoreOption = STORE,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """把产品名或经营范围连到产业链的环节，只输出（JSON 行），不入库。

    例：bulian link 产品名.txt --chain 数控机床
    """
    from bulian.ingest.id_lines import read_id_lines
    from bulian.ingest.linking_lines import link_lines, linker_of, suggest_lines

    with open_store(store) as view:
        linker = linker_of(view, chain_of(view, chain))
    strings = list(read_id_lines(file, ("string", "scope")))
    lines = suggest_lines(strings, linker, suggest) if suggest else link_lines(strings, linker, scope=scope)
    pieces = (json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    if output:
        write_pieces(output, pieces)
    else:
        sys.stdout.writelines(pieces)
