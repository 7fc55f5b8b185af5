"""A class seen as a whole: how many points how often, which task is hard, which mistake is common."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fwlab.grading.errors import GradingError
from fwlab.grading.exercise import find_exercise
from fwlab.grading.verdict import State, TaskVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fwlab.grading.classroom.graded import Graded
    from fwlab.grading.exercise import Exercise

MISSING = "No notebook of this exercise was handed in."


@dataclass
class Overview:
    """Counts over a class.

    Attributes:
        exercises: those that somebody handed in, or that were asked for, by name.
        learners: how many there are.
        points: how many learners have how many points, all exercises together.
        states: how many learners are how far with a task, by the task's id.
        diagnoses: how many learners made a mistake, by the task's id and the mistake's name.
    """

    exercises: dict[str, Exercise] = field(default_factory=dict)
    learners: int = 0
    points: Counter[int] = field(default_factory=Counter)
    states: dict[str, Counter[State]] = field(default_factory=dict)
    diagnoses: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def of(cls, graded: Iterable[Graded], wanted: Iterable[str] = ()) -> Overview:
        """Count over submissions, one after the other.

        Args:
            graded: the submissions.
            wanted: exercises that count whether or not anybody handed them in.
        """
        overview = cls({name: find_exercise(name) for name in wanted})
        for one in graded:
            overview.learners += 1
            overview.points[one.points] += 1
            for name, verdict in one.verdicts.items():
                if name not in overview.exercises:
                    overview.exercises[name] = find_exercise(name)
                for task in verdict.tasks:
                    overview.states.setdefault(task.task, Counter())[task.state] += 1
                    if task.diagnosis:
                        overview.diagnoses[task.task, task.diagnosis] += 1
        overview.exercises = dict(sorted(overview.exercises.items()))
        for exercise in overview.exercises.values():
            for each in exercise.tasks:
                counts = overview.states.setdefault(each.checks.id, Counter())
                counts[State.UNATTEMPTED] += overview.learners - counts.total()
        return overview

    @property
    def out_of(self) -> int:
        """The most points that there are."""
        return sum(self.worth(name) for name in self.exercises)

    def worth(self, exercise: str) -> int:
        """Return the most points of an exercise.

        Raises:
            GradingError: it is none of the class's.
        """
        if exercise not in self.exercises:
            raise GradingError(f"{exercise} is not among the exercises of this class.")
        return sum(task.checks.points for task in self.exercises[exercise].tasks)

    @property
    def mean(self) -> float:
        """The mean of all learners' points."""
        return sum(points * count for points, count in self.points.items()) / max(1, self.learners)

    def median(self) -> float:
        """Return the middle of all learners' points."""
        return (self._nth((self.learners - 1) // 2) + self._nth(self.learners // 2)) / 2

    def _nth(self, place: int) -> int:
        for points, count in sorted(self.points.items()):
            if place < count:
                return points
            place -= count
        return 0

    def verdicts(self, graded: Graded) -> list[Verdict]:
        """Return a learner's verdicts on all exercises of the class; what was not handed in is unattempted."""
        return [graded.verdicts.get(name) or _missing(exercise) for name, exercise in self.exercises.items()]


def _missing(exercise: Exercise) -> Verdict:
    tasks = [
        TaskVerdict(task.checks.id, task.checks.title, State.UNATTEMPTED, 0, task.checks.points, seen=MISSING)
        for task in exercise.tasks
    ]
    return Verdict(exercise.id, exercise.title, tuple(tasks))
