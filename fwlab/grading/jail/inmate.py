"""What happens in an inmate: the learner's cells, then the experiments, and what was seen is written down.

The main thread runs nothing of the learner's: it waits for other threads that do, and it alone has the records.
"""

from __future__ import annotations

import gc
import json
import linecache
import os
import sys
import threading
from contextlib import suppress
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from fwlab.grading.answer import Answer, cells_among
from fwlab.grading.cells import Played, play
from fwlab.grading.finding import Finding
from fwlab.grading.jail import linux
from fwlab.grading.jail.doors import close_doors
from fwlab.grading.jail.evidence import encoded
from fwlab.grading.judge import Evidence, experiment
from fwlab.grading.notebook import Cell
from fwlab.grading.task import Task
from fwlab.grading.timelimit import OutOfTimeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fwlab.grading.cells import Trouble
    from fwlab.grading.jail.integrity import Originals
    from fwlab.grading.jail.job import Job
    from fwlab.grading.jail.notes import Records, Stage

T = TypeVar("T")

DONE = b'{"done": true}\n'
"""The last record of an inmate that came to its end; an exit status of 0 proves nothing."""


def live(job: Job, originals: Originals, records: Records, stage: Stage) -> None:
    """Do a job in this process, which is walled in already.

    Args:
        job: what to run.
        originals: Python and fwlab as they were before any learner's code.
        records: for what is seen.
        stage: for what this process is at.
    """
    linux.forget()
    experiments = _Experiments(job)
    originals.note_what_is_new()
    put_back = originals.put_back
    close_doors(originals.ours, originals.functions.keys(), originals.changed)
    gc.freeze()  # what is here now is in no list of the garbage collector's

    cells = [Cell("code", cell.source, cell.number, role="starter", task=cell.task) for cell in job.cells]
    played = play(cells, job.limits.seconds, entering=lambda cell: stage.enter("cell", cell.number))
    replaced = put_back()
    records.add(_aside(lambda: _report(played, replaced)))

    names = played.namespace
    in_trouble = {cell.task for cell in job.cells if cell.task and cell.number in played.troubles}
    sources = {f"<cell {cell.number}>": cell.source for cell in job.cells}
    for place, task in enumerate(job.tasks):
        if task.id in in_trouble or not any(name in names for name in task.names):
            continue
        stage.enter("task", place)
        answer = Answer(names, cells_among(set(task.names), sources))
        written, ended = _aside(partial(_experiment, experiments, task.id, answer, job.limits.seconds))
        replaced = put_back()
        head = json.dumps({"task": task.id, "replaced": replaced if ended else []}).encode()
        if not records.add(head + b"\n" + written):
            records.add(head + b"\n" + encoded(_too_much(), {}))


class _Experiments:
    """The experiments of a job. What they import, they import before the first cell runs, and find what is genuine."""

    def __init__(self, job: Job) -> None:
        self._name = job.module
        # Their lines are nobody's, so a traceback leaves them out.
        self._code = compile(job.experiments, "<experiments>", "exec", dont_inherit=True, optimize=0)
        with suppress(Exception):  # it is raised again where it can be told
            self.load()
        sys.modules.pop(self._name, None)

    def load(self) -> dict[str, Any]:
        """Return their names; anew each time, so that no answer finds what another has done to them."""
        module = sys.modules[self._name] = ModuleType(self._name)
        exec(self._code, module.__dict__)
        return module.__dict__


def _experiment(experiments: _Experiments, task: str, answer: Answer, seconds: float) -> tuple[bytes, bool]:
    """Make an experiment; return what came of it, as bytes, and whether it ended by itself."""
    space = experiments.load()
    (checks,) = (value for value in space.values() if isinstance(value, Task) and value.id == task)
    made = experiment(checks, answer, seconds)
    told = ["evidence", made.value] if isinstance(made, Evidence) else _told(made)
    try:
        written = encoded(told, space)
    except Exception as error:  # something that this needs has been replaced
        written = encoded(["failure", type(error).__name__, str(error), str(error)], {})
    return written, not isinstance(made, OutOfTimeError)


def _report(played: Played, replaced: list[str]) -> bytes:
    troubles = [[number, _told(trouble)] for number, trouble in played.troubles.items()]
    names = [name for name in played.namespace if type(name) is str]
    return b"{}\n" + encoded(
        {"troubles": troubles, "names": names, "notes": list(played.notes), "replaced": replaced}, {}
    )


def _told(outcome: Finding | Trouble) -> list[Any]:
    """Say an outcome in plain data."""
    if isinstance(outcome, Finding):
        return ["finding", outcome.seen, outcome.to_try, outcome.points, outcome.diagnosis]
    if isinstance(outcome, OutOfTimeError):
        return ["time", outcome.seconds, outcome.place, outcome.stopped]
    return ["failure", outcome.error, outcome.message, outcome.text]


def _too_much() -> list[Any]:
    return ["finding", "What happened would fill a library.", "Let the handler do less, and print less.", 0, ""]


def _aside(function: Callable[[], T]) -> T:
    """Call a function in a thread of its own: what it calls of the learner's is not above this thread's frames."""
    results: list[T] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=call, name="fwlab-aside")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def main(job: Job, originals: Originals, records: Records, stage: Stage) -> None:
    """Do a job, and end this process whatever comes."""
    status = 70
    try:
        live(job, originals, records, stage)
        records.add(DONE)
        status = 0
    except BaseException as error:
        if os.environ.get("FWLAB_JAIL_DEBUG"):
            import traceback

            records.add(b'{"error": true}\n' + json.dumps("".join(traceback.format_exception(error))).encode())
        linecache.clearcache()
    finally:
        os._exit(status)
