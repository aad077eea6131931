"""A page model as one self-contained HTML file: no request ever leaves it, and nothing in it can run but ours.

Data stands in a JSON block and reaches the page only as text. A content security policy allows exactly the
scripts written here, by their hash, and no network at all. Equal models give equal bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

import bulian
from bulian.graph.errors import RenderError
from bulian.graph.writing import write_text
from bulian.queries.results import as_json
from bulian.viz.model import BoardColumn, Placement, Section, ViewModel
from bulian.viz.network import vis_data, vis_script
from bulian.viz.palette import KIND_STYLES, NATIONAL_STYLES, REGIONAL_STYLES, UNRATED

__all__ = ["page_data", "render_chain_map", "render_page", "write_page"]

_SCRIPTS = ("base.js", "cards.js", "view.js", "panel.js", "lists.js", "poster.js", "main.js", "search.js")


def render_chain_map(view: ViewModel) -> str:
    """The chain map page. Kept apart by name from :func:`render_page` because scripts call it."""
    return render_page(view)


def render_page(view: ViewModel) -> str:
    """A whole HTML page (chain map or network) as text; the same view gives the same text."""
    scripts = [_closed(vis_script()), *(_closed(_template(name)) for name in _SCRIPTS)]
    environment = Environment(
        loader=PackageLoader("bulian.viz"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template("page.html").render(
        view=view,
        version=bulian.__version__,
        csp=_policy(scripts),
        css=_template("page.css"),
        scripts=scripts,
        data=_block(page_data(view)),
    )


def page_data(view: ViewModel) -> dict[str, Any]:
    """Everything the page's script reads, as plain JSON values; empty fields are left out to save room."""
    ids = {card.id: f"n{row}" for row, card in enumerate(view.cards)}
    nodes, edges = vis_data(view, ids)
    cards = {ids[card.id]: _compact({**as_json(card), "sections": _sections(card.sections, ids)}) for card in view.cards}
    return {
        "mode": view.mode,
        "title": view.title,
        "region": view.region,
        "dataDate": view.data_date,
        "version": bulian.__version__,
        "nodes": nodes,
        "edges": edges,
        "cards": cards,
        "first": _placement(view.first, ids),
        "whole": _placement(view.whole, ids),
        "cut": view.cut,
        "facets": as_json(view.facets),
        "legend": as_json(view.legend),
        "overview": _compact(_sections(view.overview, ids)),
        "evidence": [_compact(as_json(line)) for line in view.evidence],
        "board": [_column(column, ids) for column in view.board],
        "tables": [{**as_json(table), "nodes": [ids.get(key, "") for key in table.nodes]} for table in view.tables],
        "caveats": list(view.caveats),
        "notice": view.notice,
        "labels": as_json((*REGIONAL_STYLES, UNRATED)),
        "nationals": as_json(NATIONAL_STYLES),
        "kinds": as_json(KIND_STYLES),
    }


def write_page(html: str, path: Path) -> Path:
    """Write a page as UTF-8, whole or not at all.

    Raises:
        RenderError: the folder cannot be written.
    """
    return write_text(path, [html])


def _template(name: str) -> str:
    """A text file of the templates folder."""
    return files("bulian.viz").joinpath("templates").joinpath(name).read_text(encoding="utf-8")


def _closed(script: str) -> str:
    """A script that may stand between script tags; ours never contain the closing tag, others are checked."""
    if "</script" in script.lower() or "<!--" in script:
        raise RenderError("脚本里含有会提前结束网页的文字", hint="请换用 pyvis 0.3.2 自带的 vis-network。")
    return script if script.endswith("\n") else f"{script}\n"


def _policy(scripts: list[str]) -> str:
    """The content security policy: these scripts by SHA-256, inline styles, images made in the page, no more."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode('utf-8')).digest()).decode('ascii')}'"
        for script in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _block(data: Mapping[str, Any]) -> str:
    """JSON that may stand inside a script element: nothing in it can end the element or a line."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return "".join(c if not 0xD800 <= ord(c) <= 0xDFFF else f"\\u{ord(c):04x}" for c in text)


def _compact(value: Any) -> Any:
    """The value without empty texts, lists and Nones inside its objects; 0 and False stay."""
    if isinstance(value, dict):
        kept = {key: _compact(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ("", None, [])}
    if isinstance(value, list):
        return [_compact(item) for item in value]
    return value


def _sections(sections: Sequence[Section], ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """Panel sections with the page's ids."""
    shown = []
    for section in sections:
        items = [{**as_json(item), "node": ids.get(item.node, "")} for item in section.items]
        shown.append({**as_json(section), "items": items})
    return shown


def _column(column: BoardColumn, ids: Mapping[str, str]) -> dict[str, Any]:
    """A board column with the page's ids."""
    return {"title": column.title, "groups": [[heading, [ids[key] for key in keys]] for heading, keys in column.groups]}


def _placement(placement: Placement, ids: Mapping[str, str]) -> dict[str, Any]:
    """Positions to a tenth of a pixel, and the bands."""
    points = {ids[name]: [round(x, 1), round(y, 1)] for name, (x, y) in placement.points.items()}
    return {"points": points, "bands": as_json(placement.bands)}
