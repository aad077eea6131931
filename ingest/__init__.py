"""Files into facts: readers, table mapping, text extraction, the pipeline and its report."""
