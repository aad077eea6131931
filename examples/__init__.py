"""The bundled example data, read by `bulian demo`."""
