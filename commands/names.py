"""The command that resolves written names to firms of the store: resolve."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from .program import STORE, JsonOption, OutputOption, StoreOption, command, open_store, write_pieces


@command()
def resolve(
    file: Annotated[Path, typer.Argument(help='一行一个企业名称；或每行一个 {"id": …, "name": "…"}。')],
    store: StoreOption = STORE,
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """企业名称（全称、简称、曾用名、英文名）对到存储里的企业，只输出（JSON 行），不入库。

    例：bulian resolve 名称.txt
    """
    from bulian.ingest.id_lines import read_id_lines
    from bulian.queries.resolve import Asked, read_names
    from bulian.queries.results import as_json as made_json

    asked = [Asked(key, name) for key, name in read_id_lines(file, ("name",))]
    with open_store(store) as view:
        names = read_names(view)
    pieces = (json.dumps(made_json(found), ensure_ascii=False) + "\n" for found in names.resolve(asked))
    if output:
        write_pieces(output, pieces)
    else:
        sys.stdout.writelines(pieces)
