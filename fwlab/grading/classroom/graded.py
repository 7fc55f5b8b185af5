"""What a submission is worth: the verdicts on its notebooks, and what there is to say of the rest of it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fwlab
from fwlab.grading.classroom.feedback import feedback
from fwlab.grading.classroom.jailed import judge_in_jail
from fwlab.grading.errors import NotebookError, UnknownExerciseError
from fwlab.grading.exercise import exercise_notebooks, find_exercise
from fwlab.grading.notebook import parsed_notebook
from fwlab.grading.verdict import State, TaskVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fwlab.grading.classroom.submissions import File
    from fwlab.grading.exercise import Exercise
    from fwlab.grading.jail.jail import Jail
    from fwlab.grading.jail.limits import Limits
    from fwlab.grading.notebook import Notebook

_MOST_NOTES = 20


@dataclass(frozen=True)
class Graded:
    """A submission with its verdicts.

    Attributes:
        learner: whose it is.
        fingerprint: of what was handed in, of the checks, and of the limits: where it is the same, so is the rest.
        verdicts: by exercise.
        notes: what else there is to say.
    """

    learner: str
    fingerprint: str
    verdicts: dict[str, Verdict]
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        """The sum over all exercises that were handed in."""
        return sum(verdict.points for verdict in self.verdicts.values())

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "learner": self.learner,
            "fingerprint": self.fingerprint,
            "points": self.points,
            "exercises": {name: verdict.to_dict() for name, verdict in sorted(self.verdicts.items())},
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Graded:
        """Make it of what :meth:`to_dict` returned."""
        verdicts = {name: Verdict.from_dict(verdict) for name, verdict in data["exercises"].items()}
        return cls(data["learner"], data["fingerprint"], verdicts, tuple(data["notes"]))


@dataclass
class Marked:
    """A graded submission, and a notebook of feedback for each of its exercises, as its text."""

    graded: Graded
    feedback: dict[str, str] = field(default_factory=dict)


def fingerprint(files: Sequence[File], limits: Limits) -> str:
    """Return what changes when a submission, the course's checks, fwlab or the limits change."""
    digest = hashlib.sha256(f"{_fingerprint_of_course()} {limits}".encode())
    for file in files:
        for part in (file.name.encode(errors="surrogateescape"), file.content, file.refused.encode()):
            digest.update(b"%d:" % len(part) + part)
    return digest.hexdigest()


def grade_submission(learner: str, files: Sequence[File], jail: Jail, limits: Limits) -> Marked:
    """Judge every notebook of a submission.

    Args:
        learner: whose it is.
        files: its notebooks.
        jail: where their code runs.
        limits: what each may take.

    Raises:
        JailError: the jail does not work.
    """
    verdicts: dict[str, Verdict] = {}
    notes: list[str] = []
    told: dict[str, str] = {}
    for file in files:
        try:
            if file.refused:
                raise NotebookError(file.refused)
            notebook = parsed_notebook(Path(file.name), file.content)
            exercise = _exercise(_exercise_of(notebook), _fingerprint_of_course())
        except (NotebookError, UnknownExerciseError) as error:
            guessed = _exercise_by_name(file.name)
            if guessed is None or guessed.id in verdicts:
                notes.append(f"{file.name}: {error}" if file.name not in str(error) else str(error))
            else:
                verdicts[guessed.id] = _refused(guessed, str(error))
            continue
        if exercise.id in told:
            notes.append(f"{file.name} was not graded: another notebook of {exercise.id} comes before it.")
            continue
        verdicts[exercise.id] = judge_in_jail(notebook, exercise, jail, limits)
        told[exercise.id] = feedback(file.content, verdicts[exercise.id])
    return Marked(Graded(learner, fingerprint(files, limits), verdicts, tuple(notes[:_MOST_NOTES])), told)


def not_graded(learner: str, files: Sequence[File], limits: Limits, why: str) -> Marked:
    """Return what there is to say where grading itself came to nothing."""
    exercises = {found.id: found for file in files if (found := _exercise_by_name(file.name)) is not None}
    verdicts = {name: _refused(exercise, why) for name, exercise in exercises.items()}
    return Marked(Graded(learner, fingerprint(files, limits), verdicts, (why,)))


@lru_cache(maxsize=64)
def _exercise(name: str, course: str) -> Exercise:
    """Load an exercise once, as long as the course is the same: it keeps what it knows of a right answer."""
    return find_exercise(name)


def _exercise_of(notebook: Notebook) -> str:
    """Return the exercise that most of a notebook's cells are of: a learner may have pasted one from elsewhere."""
    named = [cell.exercise for cell in notebook.cells if cell.exercise]
    return max(sorted(set(named)), key=named.count) if named else notebook.exercise


def _exercise_by_name(name: str) -> Exercise | None:
    """Return the exercise that a file is named after, as the learner's notebooks are."""
    match = re.match(r"(e\d+)(?![a-z0-9])", Path(name).name)
    if match is None or match[1] not in exercise_notebooks():
        return None
    return _exercise(match[1], _fingerprint_of_course())


def _refused(exercise: Exercise, why: str) -> Verdict:
    to_try = "Open the notebook in JupyterLab, save it there, and hand it in again."
    tasks = [
        TaskVerdict(task.checks.id, task.checks.title, State.ERROR, 0, task.checks.points, seen=why, to_try=to_try)
        for task in exercise.tasks
    ]
    return Verdict(exercise.id, exercise.title, tuple(tasks))


def _fingerprint_of_course() -> str:
    notebooks = exercise_notebooks().values()
    files = [*notebooks, *(path for notebook in notebooks for path in notebook.with_suffix("").glob("*.py"))]
    return _fingerprint_of(tuple(sorted((str(path), path.stat().st_mtime_ns) for path in files)))


@lru_cache(maxsize=8)
def _fingerprint_of(files: tuple[tuple[str, int], ...]) -> str:
    """Of the content; the times of writing only say when to look at it again."""
    digest = hashlib.sha256(json.dumps(fwlab.__version__).encode())
    for path, _ in files:
        digest.update(Path(path).name.encode() + Path(path).read_bytes())
    return digest.hexdigest()
