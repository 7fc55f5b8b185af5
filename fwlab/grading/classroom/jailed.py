"""A verdict on a notebook whose code runs in a jail: made here, of what the experiments saw there.

Where a cell or a task brings its process down, it is left out, and the rest is run once more without it: so each
part of a submission gets what it is worth.
"""

from __future__ import annotations

import json
import linecache
import signal
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fwlab.grading.answer import cells_among, same_code
from fwlab.grading.cells import python_of
from fwlab.grading.failure import Failure
from fwlab.grading.finding import Finding
from fwlab.grading.jail.evidence import EvidenceError, decoded
from fwlab.grading.jail.experiment_source import experiment_source
from fwlab.grading.jail.job import Ending, Job, JobCell, JobTask
from fwlab.grading.judge import Evidence, Submission, judge
from fwlab.grading.notebook import read_notebook
from fwlab.grading.timelimit import OutOfTimeError
from fwlab.grading.verdict import State, TaskVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fwlab.grading.cells import Trouble
    from fwlab.grading.exercise import Exercise, ExerciseTask
    from fwlab.grading.jail.jail import Jail
    from fwlab.grading.jail.limits import Limits
    from fwlab.grading.notebook import Notebook

_NOT_RUN = {"check", "try", "solution", "hidden check"}
_ROUNDS = 5
"""How often a submission is run at most, each time without what brought it down before."""

Made = Evidence | Finding | Failure | OutOfTimeError


@dataclass
class _Story:
    """What is known of a submission after some rounds."""

    names: set[str] = field(default_factory=set)
    troubles: dict[int, Trouble] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    made: dict[str, Made] = field(default_factory=dict)
    """What came of the experiments, by the id of their task."""
    lost_cells: dict[int, str] = field(default_factory=dict)
    lost_tasks: dict[str, tuple[State, str]] = field(default_factory=dict)


def judge_in_jail(notebook: Notebook, exercise: Exercise, jail: Jail, limits: Limits) -> Verdict:
    """Run a notebook's code in a jail, and judge it here.

    Args:
        notebook: the learner's.
        exercise: the one that it is of.
        jail: where its code runs.
        limits: what it may take.

    Raises:
        JailError: the jail does not work.
    """
    cells = [cell for cell in notebook.code_cells if cell.role not in _NOT_RUN]
    answers = {cell.number: cell.task for cell in cells if cell.role == "starter"}
    sources = {f"<cell {cell.number}>": python_of(cell.source)[0] for cell in cells}
    checks = checks_of(exercise)
    attempted = [task for task in exercise.tasks if not _is_starter(task, sources)]
    story = _Story()
    for _ in range(_ROUNDS):
        tasks = [task for task in attempted if task.checks.id not in story.made | story.lost_tasks]
        job = Job(
            tuple(
                JobCell(cell.number, cell.source, answers.get(cell.number, ""))
                for cell in cells
                if cell.number not in story.lost_cells
            ),
            tuple(JobTask(task.checks.id, tuple(sorted(task.names))) for task in tasks),
            checks.experiments,
            checks.module,
            limits,
        )
        ending = jail.run(job)
        _note_records(ending, story, checks)
        if not _note_what_was_lost(ending, story, job):
            break
    try:
        for name, source in sources.items():  # where the line of a place is looked up
            linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        return _verdict(exercise, story, answers, sources)
    finally:
        for name in sources:
            linecache.cache.pop(name, None)


def _is_starter(task: ExerciseTask, sources: Mapping[str, str]) -> bool:
    """Tell whether nobody has changed its cell: then there is nothing to try out."""
    cells = cells_among(task.names, sources)
    return bool(cells) and all(same_code(cell, task.starter) for cell in cells.values())


@dataclass(frozen=True)
class Checks:
    """An exercise's checks, as a jail needs them."""

    experiments: str
    module: str
    names: Mapping[str, Any]


def checks_of(exercise: Exercise) -> Checks:
    """Take from an exercise's checks what may go to a jail."""
    names = exercise.tasks[0].checks.names
    beside = exercise.folder / "checks.py"
    source = _source(str(exercise.path), str(beside), beside.stat().st_mtime_ns if beside.exists() else 0)
    return Checks(experiment_source(source, {task.checks.id for task in exercise.tasks}), names["__name__"], names)


@lru_cache(maxsize=64)
def _source(notebook: str, beside: str, written: int) -> str:
    parts = [Path(beside).read_text(encoding="utf-8")] if written else []
    parts += [cell.source for cell in read_notebook(Path(notebook)).cells if cell.role == "hidden check"]
    return "\n".join(parts)


def _note_records(ending: Ending, story: _Story, checks: Checks) -> None:
    for record in ending.records:
        head, _, body = record.partition(b"\n")
        try:
            about = json.loads(head)
            if "done" in about:
                continue
            seen = decoded(body, checks.names)
            if "task" in about:
                story.made[about["task"]] = _made(seen) if not about["replaced"] else _tampered(about["replaced"])
            else:
                story.names = set(seen["names"])
                story.troubles |= {number: _trouble(told) for number, told in seen["troubles"]}
                story.notes = [str(note) for note in seen["notes"]]
                story.replaced = [str(name) for name in seen["replaced"]]
        except (EvidenceError, LookupError, TypeError, ValueError):
            continue  # what cannot be read was not seen


def _note_what_was_lost(ending: Ending, story: _Story, job: Job) -> bool:
    """Find out what brought the process down, if anything did; tell whether another round is worth it."""
    kind, _, number = ending.stage.partition(" ")
    if ending.how == "well":
        run = {cell.number for cell in job.cells}
        slow = [number for number in run if isinstance(story.troubles.get(number), OutOfTimeError)]
        if not slow or slow[0] == max(run):
            return False
        # The cells after it have not been run: they get their turn without it.
        return _lose_cell(story, slow[0], "")
    words = _what_happened(ending)
    if kind == "cell":
        return _lose_cell(story, int(number), words)
    if kind == "task" and int(number) < len(job.tasks):
        state = State.TIMED_OUT if "time" in ending.how else State.ERROR
        story.lost_tasks[job.tasks[int(number)].id] = (state, words)
        return True
    story.notes.append(words)
    return False


def _lose_cell(story: _Story, number: int, words: str) -> bool:
    if words:
        story.troubles[number] = Failure("ProcessEnded", words, words)
    story.lost_cells[number] = words
    return True


def _verdict(exercise: Exercise, story: _Story, answers: Mapping[int, str], sources: Mapping[str, str]) -> Verdict:
    troubles = {answers[number]: trouble for number, trouble in story.troubles.items() if number in answers}
    elsewhere = next((trouble for number, trouble in sorted(story.troubles.items()) if number not in answers), None)
    notes = list(story.notes)
    if story.replaced:
        notes.append(f"The cells replaced {_listed(story.replaced)}. It was put back before anything was judged.")
    for number, words in story.lost_cells.items():
        if number not in answers:
            notes.append(f"cell {number} was left out: {words or 'it did not end in its time.'}")
    never = Finding("This task was not reached.", "See what the notes say, and hand in again.")
    made = {task.checks.id: story.made.get(task.checks.id, never) for task in exercise.tasks}
    submission = Submission(dict.fromkeys(story.names), troubles, elsewhere, tuple(notes), apart=made, cells=sources)
    verdict = judge(exercise, submission, seconds=0)
    return replace(verdict, tasks=tuple(_with_end(task, story, answers) for task in verdict.tasks))


def _with_end(task: TaskVerdict, story: _Story, answers: Mapping[int, str]) -> TaskVerdict:
    """Say of a task that brought its process down that it did."""
    ended = {answers[number]: words for number, words in story.lost_cells.items() if words and number in answers}
    state, words = story.lost_tasks.get(task.task, (State.ERROR, ended.get(task.task, "")))
    if not words:
        return task
    if words.startswith("Out of time"):
        state = State.TIMED_OUT
    to_try = "Run the notebook from its top in JupyterLab, and see at which cell it stops."
    return replace(task, state=state, points=0, diagnosis="", seen=words, to_try=to_try)


def _what_happened(ending: Ending) -> str:
    kind = ending.stage.partition(" ")[0]
    where = {"cell": f" in {ending.stage}", "task": " while it was being tried out"}.get(kind, "")
    if ending.how == "exit":
        return f"The code ended its whole process{where}, with exit status {ending.status}."
    if ending.how == "signal":
        return f"The process came to a sudden end{where}: {_signal(ending.status)}."
    used = " of processor time" if ending.how == "processor time" else ""
    return f"Out of time{where}: after {ending.status} s{used} it had not ended, and did not listen."


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _made(seen: Any) -> Made:
    kind, *rest = seen
    return Evidence(rest[0]) if kind == "evidence" else _outcome(kind, rest)


def _trouble(told: Any) -> Trouble:
    kind, *rest = told
    outcome = _outcome(kind, rest)
    if isinstance(outcome, Finding):
        raise EvidenceError("no trouble of a cell")
    return outcome


def _outcome(kind: str, rest: list[Any]) -> Finding | Failure | OutOfTimeError:
    if kind == "finding":
        finding = Finding(str(rest[0]), str(rest[1]), points=int(rest[2]))
        finding.diagnosis = str(rest[3])
        return finding
    if kind == "time":
        return OutOfTimeError(float(rest[0]), rest[1], bool(rest[2]))
    if kind == "failure":
        return Failure(*(str(text) for text in rest))
    raise EvidenceError(f"no outcome: {kind}")


def _tampered(replaced: list[str]) -> Finding:
    finding = Finding(
        f"While it was being tried out, the code replaced {_listed(replaced)}.",
        "Leave Python and fwlab as they are; what the app does is judged, and nothing else.",
    )
    finding.diagnosis = "tampering"
    return finding


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
