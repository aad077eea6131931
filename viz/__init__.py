"""Answers into something to look at: pages and workbooks. Renders results, computes none."""
