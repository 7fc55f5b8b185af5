"""The class as CSV: a row a learner, a row a task, and what Canvas and Moodle take into their grade books."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fwlab.grading.classroom.graded import Graded
    from fwlab.grading.classroom.overview import Overview

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def grades(overview: Overview, graded: Iterable[Graded]) -> Iterator[str]:
    """Return ``grades.csv``, line by line: a learner's points in each exercise, and all together."""
    yield row(["learner", *overview.exercises, "points", "out of", "notes"])
    for one in graded:
        points = [verdict.points for verdict in overview.verdicts(one)]
        yield row([one.learner, *points, sum(points), overview.out_of, " · ".join(one.notes)])


def tasks(overview: Overview, graded: Iterable[Graded]) -> Iterator[str]:
    """Return ``tasks.csv``, line by line: a row for each task of each learner."""
    yield row(["learner", "exercise", "task", "title", "state", "points", "out of", "diagnosis"])
    for one in graded:
        for verdict in overview.verdicts(one):
            for task in verdict.tasks:
                about = [task.task, task.title, task.state.value, task.points, task.out_of, task.diagnosis]
                yield row([one.learner, verdict.exercise, *about])


def canvas(overview: Overview, graded: Iterable[Graded]) -> Iterator[str]:
    """Return a grade book for Canvas, line by line: an assignment an exercise.

    Canvas finds the learners by their login (`SIS Login ID`), which the names of the submissions are taken to be.
    """
    yield row(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *_titles(overview)])
    yield row(["    Points Possible", "", "", "", "", *(overview.worth(name) for name in overview.exercises)])
    for one in graded:
        points = [verdict.points for verdict in overview.verdicts(one)]
        yield row([one.learner, "", "", one.learner, "", *points])


def moodle(overview: Overview, graded: Iterable[Graded]) -> Iterator[str]:
    """Return a grade book for Moodle (Grades, Import, CSV file), line by line: points and feedback an exercise.

    Moodle maps the columns when it takes the file in; learners are found by their user name, which the names of the
    submissions are taken to be.
    """
    titles = [title for name in _titles(overview) for title in (f"{name} (Real)", f"{name} (Feedback)")]
    yield row(["Username", *titles])
    for one in graded:
        cells: list[object] = []
        for verdict in overview.verdicts(one):
            cells += [verdict.points, ", ".join(f"{task.task} {task.state.value}" for task in verdict.tasks)]
        yield row([one.learner, *cells])


def row(cells: Sequence[object]) -> str:
    r"""Return a line of CSV. What a spreadsheet would take for a formula, and a learner wrote, stays a text.

    Example:
        >>> row(["ada", 3, "=1+1"])
        "ada,3,'=1+1\r\n"
    """
    line = io.StringIO()
    csv.writer(line).writerow([_harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return line.getvalue()


def _harmless(text: str) -> str:
    text = text.encode(errors="replace").decode()
    return f"'{text}" if text.startswith(_FORMULA) else text


def _titles(overview: Overview) -> list[str]:
    return [f"{name} {exercise.title}" for name, exercise in overview.exercises.items()]
