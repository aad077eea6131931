"""补链 (bulian): an industrial chain and its innovation chain as one graph, and what is missing in it."""

__all__ = ["__version__"]

__version__ = "0.1.0"
