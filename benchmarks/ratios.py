"""What a table of times says: the smallest of several rounds, ratios, and the geometric mean of ratios."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Table = dict[str, dict[str, float]]
"""A number for each framework and each of its cases."""


def keep_smallest(table: Table, framework: str, case: str, value: float) -> None:
    """Put a value into the table unless a smaller one is there: noise only ever adds to a time."""
    row = table.setdefault(framework, {})
    row[case] = min(value, row.get(case, value))


def keep_largest(table: Table, framework: str, case: str, value: float) -> None:
    """Put a value into the table unless a larger one is there: noise only ever takes from a rate."""
    row = table.setdefault(framework, {})
    row[case] = max(value, row.get(case, value))


def ratios(table: Mapping[str, Mapping[str, float]], framework: str, peer: str) -> dict[str, float]:
    """Return framework ÷ peer for each case that both have.

    Example:
        >>> ratios({"a": {"json": 2.0, "text": 1.0}, "b": {"json": 8.0}}, "a", "b")
        {'json': 0.25}
    """
    ours, theirs = table.get(framework, {}), table.get(peer, {})
    return {case: ours[case] / theirs[case] for case in ours if theirs.get(case)}


def geometric_mean(values: Iterable[float]) -> float | None:
    """Return the mean that suits ratios (twice as fast and twice as slow cancel out); None of nothing.

    Example:
        >>> round(geometric_mean([0.5, 2.0]), 6)
        1.0
    """
    kept = list(values)
    return statistics.geometric_mean(kept) if kept else None
