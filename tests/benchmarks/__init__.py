"""Benchmarks: `python -m tests.benchmarks [GROUP …]`. What each row means is in docs/benchmarks.md.

A group is one module of `groups/` with `rows(stage) -> Iterable[Row]`.
"""
