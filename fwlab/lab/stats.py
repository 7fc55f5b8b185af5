"""What a sample of latencies allows to be said: percentiles by nearest rank, and from how many values on.

Pure functions of numbers, so that what a run says can be checked by hand.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from fwlab.lab.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Sequence

VALUES_BEYOND = 10
"""How many values must lie beyond a percentile before it is worth its name."""


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return a percentile of values in ascending order, by the nearest-rank method.

    The result is one of the values: the smallest for which at least ``percent`` % of the values are not above it.
    Definition 1 in Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996).

    Args:
        ordered: the values, the smallest first; at least one.
        percent: above 0 and below 100, such as 50 for the median, 99.9.

    Raises:
        LoadError: ``percent`` is no number between 0 and 100, or there are no values.

    >>> percentile([15, 20, 35, 40, 50], 40)
    20
    """
    share = _share(percent)
    if not ordered:
        raise LoadError(f"There is no p{percent:g} of no values: not one request succeeded.")
    return ordered[math.ceil(share * len(ordered)) - 1]


def supports(count: int, percent: float) -> bool:
    """Tell whether a sample of ``count`` values is large enough to name this percentile.

    The rule is n(1 - p) >= 10: at least ten values lie beyond it. With fewer, the figure is mostly chance: the
    order-statistic interval for p99, said to be 95 %, holds the truth in 86 % of samples of 200, in 97 % of 1000.

    >>> supports(1000, 99), supports(999, 99)
    (True, False)
    """
    return count >= needed(percent)


def needed(percent: float) -> int:
    """Return the smallest number of values that supports a percentile.

    >>> needed(50), needed(90), needed(95), needed(99), needed(99.9)
    (20, 100, 200, 1000, 10000)
    """
    return math.ceil(VALUES_BEYOND / (1 - _share(percent)))


def _share(percent: object) -> Fraction:
    """The percentage as an exact fraction: in binary floating point, 100 * (1 - 0.9) is less than 10."""
    if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 < percent < 100:
        raise LoadError(f"A percentile is a number above 0 and below 100, such as 95; not {percent!r}.")
    return Fraction(str(percent)) / 100
