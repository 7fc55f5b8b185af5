"""What is remembered of a learner's way: a record for each task, question and guess; and how two memories become one.

Two kernels, or two machines, each know a part. Merging them takes, of everything, what says more: the better result,
the later answer, the higher count. So it does not matter in which order they are merged, or how often: the records
are of the state-based kind of "Conflict-free Replicated Data Types" (Shapiro, Preguiça, Baquero, Zawirski, 2011).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field

VERSION = 1
"""The version of the file's format."""

R = TypeVar("R", bound="_Record")
_STATES = ("unattempted", "error", "timed out", "wrong", "partly done", "right")  # from the least to the best


class _Record(BaseModel):
    """What it does not know, a later version's, it keeps."""

    model_config = ConfigDict(extra="allow", validate_assignment=True)

    def unknown_of(self, other: Self) -> dict[str, Any]:
        """Return the extra values of both."""
        mine, theirs = self.model_extra or {}, other.model_extra or {}
        return {key: max((e[key] for e in (mine, theirs) if key in e), key=_order) for key in sorted({*mine, *theirs})}


class Result(_Record):
    """How a task stood when it was checked. `at` is a moment in UTC, as ISO 8601 writes it."""

    state: str
    points: int
    out_of: int
    at: str
    diagnosis: str = ""

    def goodness(self) -> tuple[Any, ...]:
        """What makes one better than another; of equals, the earlier."""
        rank = _STATES.index(self.state) if self.state in _STATES else -1
        return (self.points, rank, [-ord(letter) for letter in self.at], _order(self))

    def lateness(self) -> tuple[Any, ...]:
        """What makes one later than another; two that differ differ in it."""
        return (self.at, _order(self))


class SolutionSeen(_Record):
    """When a solution was shown first, and whether the learner insisted on it before their answer was right."""

    at: str
    insisted: bool = False

    def merged(self, other: Self) -> Self:
        """Return what both know."""
        at, insisted = min(self.at, other.at), self.insisted or other.insisted
        return type(self)(at=at, insisted=insisted, **self.unknown_of(other))


class TaskRecord(_Record):
    """A task of an exercise. After a merge a count is that of the side that counted more."""

    best: Result | None = None
    last: Result | None = None
    checks: int = Field(default=0, ge=0)
    hints: int = Field(default=0, ge=0)
    solution: SolutionSeen | None = None
    resets: int = Field(default=0, ge=0)

    def checked(self, result: Result) -> None:
        """Remember a verdict."""
        self.checks += 1
        self.last = result
        self.best = result if self.best is None else max(self.best, result, key=Result.goodness)

    @property
    def right(self) -> bool:
        """Whether it has been right once."""
        return self.best is not None and self.best.state == "right"

    def merged(self, other: Self) -> Self:
        """Return what both know."""
        return type(self)(
            best=_one_of(self.best, other.best, Result.goodness),
            last=_one_of(self.last, other.last, Result.lateness),
            checks=max(self.checks, other.checks),
            hints=max(self.hints, other.hints),
            solution=_both(self.solution, other.solution),
            resets=max(self.resets, other.resets),
            **self.unknown_of(other),
        )


class Choice(_Record):
    """What was chosen, as letters, and when."""

    chosen: list[str]
    right: bool
    at: str

    def lateness(self) -> tuple[Any, ...]:
        """What makes one later than another; two that differ differ in it."""
        return (self.at, _order(self))


class QuestionRecord(_Record):
    """A question of a quiz."""

    first: Choice
    last: Choice
    tries: int = Field(default=1, ge=0)
    right: bool = False

    def answered(self, choice: Choice) -> None:
        """Remember one more answer."""
        self.last, self.tries, self.right = choice, self.tries + 1, self.right or choice.right

    def merged(self, other: Self) -> Self:
        """Return what both know."""
        return type(self)(
            first=min(self.first, other.first, key=Choice.lateness),
            last=max(self.last, other.last, key=Choice.lateness),
            tries=max(self.tries, other.tries),
            right=self.right or other.right,
            **self.unknown_of(other),
        )


class PredictionRecord(_Record):
    """A guess and, once there was a run, what it measured."""

    guess: str
    at: str
    of: str = ""
    measured: str = ""
    closest: str = ""

    def lateness(self) -> tuple[Any, ...]:
        """What makes one later than another; of two as late, the one that was held against a run."""
        return (self.at, self.measured != "", _order(self))

    def merged(self, other: Self) -> Self:
        """Return the later one."""
        return max(self, other, key=type(self).lateness)


class Progress(_Record):
    """All of it.

    Attributes:
        fwlab_progress: the version of the format.
        exercises: by the exercise's name, and in it by the task's.
        quizzes: by the quiz's name, and in it by the question's.
        predictions: by the question.
    """

    fwlab_progress: int = VERSION
    exercises: dict[str, dict[str, TaskRecord]] = {}
    quizzes: dict[str, dict[str, QuestionRecord]] = {}
    predictions: dict[str, PredictionRecord] = {}

    def task(self, identifier: str) -> TaskRecord:
        """Return the record of a task, a new one where there is none; ``"e01.2"`` is a task of the exercise e01."""
        exercise = self.exercises.setdefault(identifier.partition(".")[0], {})
        return exercise.setdefault(identifier, TaskRecord())

    def merged(self, other: Self) -> Self:
        """Return what both know: in whichever order, and however often.

        Example:
            >>> laptop, binder = Progress(), Progress()
            >>> laptop.task("e01.1").hints = 2
            >>> binder.task("e01.2").hints = 1
            >>> both = laptop.merged(binder)
            >>> {task: record.hints for task, record in both.exercises["e01"].items()}
            {'e01.1': 2, 'e01.2': 1}
            >>> both == binder.merged(laptop) == both.merged(laptop)
            True
        """
        return type(self)(
            fwlab_progress=max(self.fwlab_progress, other.fwlab_progress),
            exercises=_united(self.exercises, other.exercises, lambda a, b: _united(a, b, TaskRecord.merged)),
            quizzes=_united(self.quizzes, other.quizzes, lambda a, b: _united(a, b, QuestionRecord.merged)),
            predictions=_united(self.predictions, other.predictions, PredictionRecord.merged),
            **self.unknown_of(other),
        )

    def text(self) -> str:
        """Return it as JSON that a person can read; what is not known is left out."""
        return json.dumps(self.model_dump(exclude_none=True), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


V = TypeVar("V")


def _united(one: Mapping[str, V], other: Mapping[str, V], merge: Callable[[V, V], V]) -> dict[str, V]:
    both = {key: merge(one[key], other[key]) for key in one.keys() & other.keys()}
    every = {**one, **other, **both}
    return {key: every[key] for key in sorted(every)}


def _one_of(one: R | None, other: R | None, key: Callable[[R], tuple[Any, ...]]) -> R | None:
    return max((record for record in (one, other) if record is not None), key=key, default=None)


def _both(one: SolutionSeen | None, other: SolutionSeen | None) -> SolutionSeen | None:
    return one.merged(other) if one is not None and other is not None else one or other


def _order(value: Any) -> str:
    plain = value.model_dump() if isinstance(value, BaseModel) else value
    return json.dumps(plain, sort_keys=True, default=str)
