"""The process in which a notebook is run and judged; ``apart.py`` starts it as ``python -m fwlab.grading.child``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from fwlab.grading.cells import play
from fwlab.grading.exercise import find_exercise
from fwlab.grading.judge import Submission, judge
from fwlab.grading.notebook import Notebook, read_notebook

_NOT_RUN = {"check", "try", "solution", "hidden check"}


def main(path: str, pipe: str, seconds: str) -> None:
    """Run and judge a notebook, and write the verdict as one line of JSON.

    Args:
        path: the notebook.
        pipe: the number of the open file to write to.
        seconds: the limit on time for its cells together, and for each task.
    """
    notebook = read_notebook(Path(path))
    exercise = find_exercise(notebook.exercise)
    sys.path.insert(0, str(notebook.path.parent))  # as in a kernel; not earlier, so that no file there stands for ours
    verdict = judge(exercise, _play(notebook, float(seconds)), seconds=float(seconds))
    with os.fdopen(int(pipe), "wb") as writer:
        writer.write(json.dumps(verdict.to_dict()).encode() + b"\n")


def _play(notebook: Notebook, seconds: float) -> Submission:
    cells = [cell for cell in notebook.code_cells if cell.role not in _NOT_RUN]
    played = play(cells, seconds)
    starters = {cell.number: cell.task for cell in cells if cell.role == "starter"}
    return Submission(
        played.namespace,
        {starters[number]: trouble for number, trouble in played.troubles.items() if number in starters},
        next((trouble for number, trouble in played.troubles.items() if number not in starters), None),
        tuple(played.notes),
        cells=played.sources,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
