"""The one place that touches pyvis: cards and links in, vis-network's node and edge objects out.

pyvis builds the objects and brings the vis-network script; its page writer is never used (it needs the
internet, writes in the locale's encoding and does not escape headings). pyvis is slow to import, hence lazily.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from bulian.graph.errors import RenderError
from bulian.viz.model import ViewModel

__all__ = ["vis_data", "vis_script"]

_SCRIPT = "templates/lib/vis-9.1.2/vis-network.min.js"


def vis_data(view: ViewModel, ids: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Node and edge objects for vis-network, in the order of the view, at the positions of ``view.whole``.

    ``ids`` gives each card the id it has on the page: names from strangers are no safe keys for scripts.
    Colours are set to None, so that the page's theme decides and pyvis' own default blue does not.
    """
    from pyvis.network import Network

    network = Network(directed=True)
    for card in view.cards:
        x, y = view.whole.points[card.id]
        network.add_node(ids[card.id], label=card.name, color=None, shape="custom", x=round(x, 1), y=round(y, 1))
    for link in view.links:
        extra = {"label": link.label} if link.label else {}
        network.add_edge(
            ids[link.source], ids[link.target], id=link.id, title=link.title, form=link.form, unsure=link.unsure, **extra
        )
    nodes, edges, *_ = network.get_network_data()
    return nodes, edges


def vis_script() -> str:
    """The vis-network script that pyvis ships (MIT or Apache-2.0).

    Raises:
        RenderError: the installed pyvis does not contain it.
    """
    try:
        return files("pyvis").joinpath(_SCRIPT).read_text(encoding="utf-8")
    except OSError as error:
        raise RenderError(
            "找不到画图脚本 vis-network", where=f"pyvis/{_SCRIPT}", hint="请重新安装 pyvis（0.3.2 或更新）。"
        ) from error
