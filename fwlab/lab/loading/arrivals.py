"""When the requests of an open load are due: seconds from its begin, known before it begins.

Each moment is computed from the begin and never from the moment before, so that a timer that is late once does not
shift the rest.
"""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ARRIVALS = ("constant", "poisson")


def arrivals(kind: str, rate: float, seed: int) -> Iterator[float]:
    """Yield the moments at which requests are due, without end.

    Args:
        kind: ``"constant"``: at equal distances. ``"poisson"``: each independent of the others, as those of people who
            do not know of each other are; the distances between them are drawn from an exponential distribution.
        rate: how many are due in a second, on average.
        seed: the same seed draws the same moments.

    >>> list(itertools.islice(arrivals("constant", 4, seed=1), 5))
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    if kind == "constant":
        return (number / rate for number in itertools.count())
    at_random = random.Random(seed)
    return itertools.accumulate(at_random.expovariate(rate) for _ in itertools.count())
