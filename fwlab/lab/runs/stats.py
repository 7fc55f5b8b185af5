"""What numbers allow to be said: percentiles by nearest rank, from how many values on, and a ratio from pairs of runs.

Pure functions of numbers, so that what a run says can be checked by hand.
"""

from __future__ import annotations

import math
from fractions import Fraction
from statistics import fmean, stdev
from typing import TYPE_CHECKING, NamedTuple

from fwlab.lab.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Sequence

VALUES_BEYOND = 10
"""How many values must lie beyond a percentile before it is worth its name."""


LEAST_PAIRS = 3
"""Fewer pairs of runs than this say nothing: the interval from two is wider than any difference worth knowing."""

# The 0.99 quantiles of Student's t distribution with 1, 2, 3, ... degrees of freedom: 98 % of it lie within plus or
# minus so much.
_T99 = (
    *(31.821, 6.965, 4.541, 3.747, 3.365, 3.143, 2.998, 2.896, 2.821, 2.764),
    *(2.718, 2.681, 2.650, 2.624, 2.602, 2.583, 2.567, 2.552, 2.539, 2.528),
    *(2.518, 2.508, 2.500, 2.492, 2.485, 2.479, 2.473, 2.467, 2.462),
)
MOST_PAIRS = len(_T99) + 1


class Interval(NamedTuple):
    """A ratio, and the bounds between which it lies."""

    ratio: float
    low: float
    high: float


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


def paired_ratio(pairs: Sequence[tuple[float, float]]) -> Interval:
    """Return how many times the first value of a pair the second is, with its 98 % interval.

    The logarithms of the pairs' ratios are taken to be normal and independent, which holds for values of whole runs, a
    pair's one after the other: what slows the machine down slows down both. It does not hold for the requests within a
    run, of which each waits for those before it. With 6 pairs, a machine that drifts by 15 % and runs that scatter by
    8 %, two equal things are called different 2 times in 100, and things that differ by a factor of 1.25 are told
    apart 3 times in 4 (20,000 simulated comparisons).

    Args:
        pairs: from 3 to 30 pairs of values above 0.

    >>> [round(figure, 2) for figure in paired_ratio([(10, 20), (10, 21), (11, 22), (10, 19)])]
    [2.0, 1.82, 2.19]
    """
    logarithms = [math.log(second / first) for first, second in pairs]
    middle = fmean(logarithms)
    reach = _T99[len(pairs) - 2] * stdev(logarithms) / math.sqrt(len(pairs))
    return Interval(math.exp(middle), math.exp(middle - reach), math.exp(middle + reach))


def _share(percent: object) -> Fraction:
    """The percentage as an exact fraction: in binary floating point, 100 * (1 - 0.9) is less than 10."""
    if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 < percent < 100:
        raise LoadError(f"A percentile is a number above 0 and below 100, such as 95; not {percent!r}.")
    return Fraction(str(percent)) / 100
