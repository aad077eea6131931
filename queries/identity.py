"""A finding's own number, so that an office can track it over the years."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from bulian.graph.names import normal_form

__all__ = ["finding_ids"]


def finding_ids(chain: str, region: str, products: Mapping[str, str]) -> dict[str, str]:
    """The numbers of the findings of one region on one chain.

    A number is the first 16 hexadecimal digits of the SHA-256 of the chain's name in normal form, the region's code and
    the product's id in the graph (which comes from its canonical name). So it is the same whatever the label,
    the order, the day, the store or the settings; another canonical name of the product is another finding.

    Args:
        chain: name of the chain.
        region: code of the region.
        products: name to id of every product.

    Returns:
        Product name to number.
    """
    where = f"{normal_form(chain)}\n{region}\n"
    return {name: sha256(f"{where}{node_id}".encode()).hexdigest()[:16] for name, node_id in products.items()}
