"""A graded submission as Gradescope's autograders report it: its ``results.json``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fwlab.grading.classroom.graded import Graded
    from fwlab.grading.classroom.overview import Overview
    from fwlab.grading.verdict import TaskVerdict


def gradescope(overview: Overview, graded: Graded) -> str:
    """Return the text of a ``results.json``: a test a task.

    Args:
        overview: of the class, for what was not handed in.
        graded: the submission.
    """
    verdicts = overview.verdicts(graded)
    tests = [_test(task) for verdict in verdicts for task in verdict.tasks]
    notes = [*graded.notes, *(f"{verdict.exercise}: {note}" for verdict in verdicts for note in verdict.notes)]
    report = {
        "score": sum(test["score"] for test in tests),
        "output": "\n".join(notes),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"fwlab": {"learner": graded.learner, "fingerprint": graded.fingerprint}},
    }
    return json.dumps(report, indent=1) + "\n"


def _test(task: TaskVerdict) -> dict[str, Any]:
    words = [task.state.value]
    words += [f"{label} {text}" for label, text in (("Seen:", task.seen), ("Try:", task.to_try)) if text]
    return {
        "name": task.title,
        "number": task.task,
        "score": task.points,
        "max_score": task.out_of,
        "status": "passed" if task.points == task.out_of else "failed",
        "output": "\n".join(words),
        "output_format": "text",
        "visibility": "visible",
        "tags": [task.diagnosis] if task.diagnosis else [],
    }
