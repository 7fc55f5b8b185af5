"""Where a learner works: in a checkout the course itself, elsewhere a copy of their own.

An installed wheel keeps the course among its modules, where nobody should write; a learner gets a copy beside their
other work, and what they have written in it is never written over.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from fwlab.exceptions import FwlabError
from fwlab.jupyter.launch import FIRST_PAGE

COPY_NAME = "fwlab-course"


def workspace(course: Path, here: Path) -> Path:
    """Return the folder that a learner opens, after copying into it what is not there yet.

    Parameters:
        course: the course as it came with fwlab.
        here: the folder from which the learner started.

    Returns:
        the course itself, unless it is part of an installed package; then a copy, ``here/fwlab-course`` or ``here``
        if that is one already, in which no lesson and no exercise is missing.

    Raises:
        FwlabError: when the copy cannot be written.
    """
    package = Path(__file__).resolve().parent.parent
    if not course.resolve().is_relative_to(package):
        return course
    copy = here if (here / FIRST_PAGE).is_file() else here / COPY_NAME
    try:
        # The exercises hold their solutions and checks; they stay where the grader reads them.
        for source in (*course.glob("notebooks/**/*"), *course.glob("practice/**/*.ipynb")):
            target = copy / source.relative_to(course)
            if source.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    except OSError as error:
        raise FwlabError(
            f"the course cannot be copied to {copy}: {error.strerror}. Start fwlab in a folder where you may write."
        ) from None
    return copy
