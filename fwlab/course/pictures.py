"""The shop's reader of pictures: a customer writes the number of a burger, and ``classify`` says which digit it is.

A real classifier, of the simplest kind: it compares the picture with tens of thousands of examples and takes the
nearest (Cover and Hart, "Nearest neighbor pattern classification", 1967). The examples are the 1,797 handwritten digits
that come with scikit-learn, each shifted by up to two pixels, too. A picture takes some 20 ms of the processor's time,
all of it in Python. Nothing is waited for.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from heapq import nsmallest
from importlib.util import find_spec
from itertools import product
from math import dist
from pathlib import Path

from fwlab.course import CourseError
from fwlab.course.activities import activity
from fwlab.lab.clock.actors import current_actor
from fwlab.lab.clock.burn import burn

SIDE = 8
"""Pixels from edge to edge; a picture is a row of 64 numbers, from 0 (paper) to 16 (ink)."""

COST = 0.02
"""Seconds of processor time that a picture is declared to take in virtual time."""

_LEARNED = 1500
_FURTHEST_SHIFT = 2
_NEIGHBORS = 3

Picture = tuple[float, ...]


@dataclass(frozen=True)
class Guess:
    """What a picture shows.

    Attributes:
        digit: from 0 to 9.
        votes: how many of the three nearest examples say so.
    """

    digit: int
    votes: int


def classify(picture: list[float] | Picture) -> Guess:
    """Say which digit a picture shows. It computes for some 20 ms, and the first call in a process learns before that.

    In virtual time the work is declared to take ``COST`` seconds.

    Args:
        picture: 64 numbers from 0 to 16, row by row.

    Raises:
        CourseError: it has another size, or scikit-learn is not installed.

    Example:
        >>> classify(picture(3)).digit == digit_of(3)
        True
    """
    if len(picture) != SIDE * SIDE:
        raise CourseError(f"A picture is {SIDE * SIDE} numbers, row by row, and this one has {len(picture)}.")
    with activity("classify"):
        if current_actor() is not None:
            burn(COST)
        seen = tuple(picture)
        nearest = nsmallest(_NEIGHBORS, ((dist(seen, example), digit) for example, digit in examples()))
        said = [digit for _, digit in nearest]
        digit = max(said, key=said.count)  # where all three differ, the nearest has the word
        return Guess(digit, said.count(digit))


def picture(number: int) -> Picture:
    """Return one of the pictures that were not learned, by its number from 0 to 296.

    Example:
        >>> len(picture(0))
        64
    """
    return _unseen(number)[0]


def digit_of(number: int) -> int:
    """Return which digit the picture of that number shows, as a person has read it.

    Example:
        >>> digit_of(0)
        1
    """
    return _unseen(number)[1]


@cache
def examples() -> list[tuple[Picture, int]]:
    """Learn: return the examples with their digits. They are made once, and kept.

    Raises:
        CourseError: scikit-learn is not installed.

    Example:
        >>> len(examples())
        37500
    """
    steps = range(-_FURTHEST_SHIFT, _FURTHEST_SHIFT + 1)
    return [(_shifted(seen, *by), digit) for seen, digit in _digits()[:_LEARNED] for by in product(steps, steps)]


def drawing(picture: Picture | list[float]) -> str:
    """Draw a picture with letters, a line for each row.

    Example:
        >>> print(drawing(picture(0)).splitlines()[1])
          .###
    """
    rows = [picture[start : start + SIDE] for start in range(0, len(picture), SIDE)]
    return "\n".join("".join(" .+#"[min(int(ink) // 4, 3)] for ink in row).rstrip() for row in rows)


def _unseen(number: int) -> tuple[Picture, int]:
    unseen = _digits()[_LEARNED:]
    if not 0 <= number < len(unseen):
        raise CourseError(f"There are pictures 0 to {len(unseen) - 1}, and none has the number {number}.")
    return unseen[number]


@cache
def _digits() -> list[tuple[Picture, int]]:
    # The data without its library, which takes seconds to load: each worker process would pay them.
    library = find_spec("sklearn")
    if library is None or library.origin is None:
        raise CourseError("The pictures come with scikit-learn: pip install 'fwlab[course]'.")
    file = Path(library.origin).parent / "datasets" / "data" / "digits.csv.gz"
    inks = [float(ink) for ink in range(17)]  # one object for each shade, not one for each pixel
    with gzip.open(file, "rt", encoding="ascii") as lines:
        rows = [[int(float(value)) for value in row] for row in csv.reader(lines)]
    return [(tuple(inks[ink] for ink in row[:-1]), row[-1]) for row in rows]


def _shifted(picture: Picture, right: int, down: int) -> Picture:
    inside = range(SIDE)
    return tuple(
        picture[SIDE * (y - down) + x - right] if y - down in inside and x - right in inside else 0.0
        for y in inside
        for x in inside
    )
