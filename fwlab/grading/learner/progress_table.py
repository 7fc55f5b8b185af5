"""``progress()``: the whole course at a look: what is done, what is under way, with how much help."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from fwlab.grading.errors import GradingError
from fwlab.grading.exercise import exercise_notebooks, find_exercise
from fwlab.grading.learner.progress_file import ProgressError, near, progress_path, read_progress, update_progress
from fwlab.grading.learner.records import Progress, TaskRecord
from fwlab.grading.questions.quiz_file import quiz_files, read_quiz
from fwlab.grading.verdict import State
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Row:
    """An exercise or a quiz."""

    name: str
    title: str
    state: str
    points: int = 0
    out_of: int = 0
    tasks: str = ""
    hints: int = 0
    checks: int = 0
    solution: str = ""
    is_done: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        """As the table has them."""
        points = gettext("{points} of {all}", points=self.points, all=self.out_of) if self.out_of else ""
        counts = (str(self.hints or ""), str(self.checks or ""))
        return (self.name, self.title, self.state, points, self.tasks, *counts, self.solution)


@dataclass(frozen=True, repr=False)
class ProgressTable:
    """How a learner stands in the whole course; a notebook displays it as a table.

    Attributes:
        rows: the exercises and quizzes, in the order of the course.
        path: the file that remembers it; ``None`` where nothing is written down.
        remembered: all that the file has.
    """

    rows: tuple[Row, ...]
    path: Path | None
    remembered: Progress

    @property
    def points(self) -> int:
        """Points of all exercises together, of each task the best."""
        return sum(row.points for row in self.rows)

    @property
    def out_of(self) -> int:
        """The most points that there are."""
        return sum(row.out_of for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it: the sums, and all that is remembered."""
        return {"points": self.points, "out_of": self.out_of, **self.remembered.model_dump(exclude_none=True)}

    def __str__(self) -> str:
        headings = _headings()
        lines = [headings, *(row.cells for row in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
        table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
        return "\n".join([*(line.rstrip() for line in table), "", self._summary()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        style = 'style="text-align: left"'
        head = "".join(f'<th scope="col" {style}>{escape(heading or gettext("name"))}</th>' for heading in _headings())
        body = "".join(
            f'<tr><th scope="row" {style}>{escape(row.name)}</th>'
            + "".join(f"<td {style}>{escape(cell)}</td>" for cell in row.cells[1:])
            + "</tr>"
            for row in self.rows
        )
        return (
            f'<table style="margin: 0"><caption {style}>{escape(self._summary())}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def _summary(self) -> str:
        done = sum(row.is_done for row in self.rows)
        stand = gettext(
            "{points} of {all} points, {done} of {rows} done.",
            points=self.points,
            all=self.out_of,
            done=done,
            rows=len(self.rows),
        )
        if self.path is None:
            return f"{stand} {gettext('Nothing is written down.')}"
        return f"{stand} {gettext('Remembered in {file}.', file=near(self.path))}"


def _headings() -> tuple[str, ...]:
    return (
        "",
        gettext("title"),
        gettext("state"),
        gettext("points"),
        gettext("tasks"),
        gettext("hints"),
        gettext("checks"),
        gettext("solution"),
    )


def progress() -> ProgressTable:
    """Show how you stand in the course: every exercise and quiz, with points, hints taken and solutions seen.

    Raises:
        ProgressError: the progress file cannot be read.

    Example::

        progress()
    """
    path = progress_path()
    return _table(read_progress(path), path)


def merge_progress(other: Path) -> ProgressTable:
    """Take over what another progress file remembers, from another machine, say; each file's best stays.

    Args:
        other: the file; it is only read.

    Raises:
        ProgressError: it is not there, or is no progress file; or the learner's own cannot be written.
    """
    if not other.is_file():
        raise ProgressError(f"{other} does not exist. Give the path of another progress file.")
    theirs = read_progress(other)

    def merge(mine: Progress) -> None:
        both = mine.merged(theirs)
        for name in (*type(mine).model_fields, *(both.model_extra or ())):
            setattr(mine, name, getattr(both, name))

    path = progress_path()
    return _table(update_progress(path, merge), path)


def _table(remembered: Progress, path: Path | None) -> ProgressTable:
    exercises = [_exercise_row(name, remembered.exercises.get(name, {})) for name in exercise_notebooks()]
    quizzes = [_quiz_row(name, file, remembered) for name, file in quiz_files().items()]
    return ProgressTable(tuple(sorted([*exercises, *quizzes], key=_place)), path, remembered)


def _place(row: Row) -> tuple[str, bool]:
    """Give a chapter's quiz its place before the chapter's exercise."""
    return (row.name[1:], row.name[0] != "q")


def _exercise_row(name: str, known: dict[str, TaskRecord]) -> Row:
    try:
        exercise = find_exercise(name)
    except GradingError as error:
        return Row(name, str(error), gettext("⚠ broken"))
    records = [known.get(task.id, TaskRecord()) for task in exercise.tasks]
    states = [_best(record) for record in records]
    done = all(state is State.RIGHT for state in states)
    looks = [record.solution for record in records if record.solution is not None]
    seen = gettext("seen before it was right") if any(look.insisted for look in looks) else gettext("seen")
    return Row(
        name,
        exercise.title,
        _state(done=done, begun=bool(known)),
        points=sum(record.best.points for record in records if record.best),
        out_of=sum(task.points for task in exercise.tasks),
        tasks="".join(state.symbol for state in states),
        hints=sum(record.hints for record in records),
        checks=max((record.checks for record in records), default=0),
        solution=seen if looks else "",
        is_done=done,
    )


def _best(record: TaskRecord) -> State:
    known = {state.value: state for state in State}
    return known.get(record.best.state, State.WRONG) if record.best is not None else State.UNATTEMPTED


def _quiz_row(name: str, file: Path, remembered: Progress) -> Row:
    try:
        text = read_quiz(file)
    except GradingError as error:
        return Row(name, str(error), gettext("⚠ broken"))
    known = remembered.quizzes.get(name, {})
    answers = [known.get(question.id) for question in text.question]
    symbols = {None: State.UNATTEMPTED, True: State.RIGHT, False: State.WRONG}
    done = all(answer is not None and answer.right for answer in answers)
    return Row(
        name,
        gettext("Quiz: {title}", title=text.title),
        _state(done=done, begun=bool(known)),
        tasks="".join(symbols[None if answer is None else answer.right].symbol for answer in answers),
        checks=sum(answer.tries for answer in answers if answer is not None),
        is_done=done,
    )


def _state(*, done: bool, begun: bool) -> str:
    if done:
        return gettext("✓ done")
    return gettext("◐ under way") if begun else gettext("○ not begun")
