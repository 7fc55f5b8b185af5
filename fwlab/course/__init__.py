"""The course: where its notebooks and exercises are, and the little worlds that its exercises are set in.

In a checkout they are the top folders ``notebooks/`` and ``exercises/``; a wheel carries both inside this package.
"""

from __future__ import annotations

import os
from pathlib import Path

from fwlab.exceptions import FwlabError

__all__ = ["COURSE_VARIABLE", "CourseError", "course_folder"]

COURSE_VARIABLE = "FWLAB_COURSE"
"""The environment variable that names another course's folder."""

_HERE = Path(__file__).resolve().parent


class CourseError(FwlabError):
    """The course, or a part of it, is not where it should be."""


def course_folder() -> Path:
    """Return the folder that holds ``notebooks/`` and ``exercises/``.

    It is the one that the environment variable ``FWLAB_COURSE`` names, where it is set; else that of the checkout which
    fwlab runs from; else the one inside the installed package.

    Raises:
        CourseError: none of them is there.

    Example:
        >>> (course_folder() / "exercises").is_dir()
        True
    """
    chosen = os.environ.get(COURSE_VARIABLE)
    places = [Path(chosen)] if chosen else [_HERE.parents[1], _HERE / "content"]
    for place in places:
        if (place / "notebooks").is_dir() and (place / "exercises").is_dir():
            return place
    looked = " nor ".join(str(place) for place in places)
    mend = f"correct {COURSE_VARIABLE}" if chosen else f"set {COURSE_VARIABLE} to the folder that holds both"
    raise CourseError(
        f"The course is missing: no notebooks/ and exercises/ in {looked}. Install fwlab again, or {mend}."
    )
