"""What holds of every exercise, whatever it is about: tried on its starters, its right answers and its wrong ones.

A starter is unattempted, a right answer gets full marks, a wrong one exactly its own diagnosis: each time, in any
order, also on a machine that is busy with other things.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from tqdm.auto import tqdm

from fwlab.grading.answer import answer_of, same_code
from fwlab.grading.build import PRACTICE, learners_notebook
from fwlab.grading.errors import ExerciseError
from fwlab.grading.exercise import find_exercise
from fwlab.grading.judge import Submission, judge
from fwlab.grading.verdict import State, TaskVerdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fwlab.grading.exercise import Exercise

FEWEST_HINTS = 3
FEWEST_WRONG = 4

_TIME_LIMIT = 20.0  # seconds of the judge's, who counts them patiently
_BUSY = """
import os, time
end, parent = time.monotonic() + 900, os.getppid()
while time.monotonic() < end and os.getppid() == parent:
    sum(range(10**5))
"""


@dataclass(frozen=True)
class Trial:
    """An answer, and the verdict that it must get.

    Attributes:
        exercise: its name, such as ``"e01"``.
        task: such as ``"e01.1"``.
        name: what to call it: ``"starter"``, ``"solution"``, or the name of its file.
        source: the answer.
        state: that it must get; ``None`` for any but right.
        diagnosis: that it must get.
    """

    exercise: str
    task: str
    name: str
    source: str
    state: State | None
    diagnosis: str = ""

    def __str__(self) -> str:
        return f"{self.task} {self.name}"

    def verdict(self, exercise: Exercise | None = None) -> TaskVerdict:
        """Judge the answer.

        Args:
            exercise: where it has been loaded already.
        """
        found = (exercise or find_exercise(self.exercise)).only(self.task)
        answer = answer_of(self.source, self.task)
        [task] = judge(found, Submission(answer.namespace, cells=answer.cells), seconds=_TIME_LIMIT).tasks
        return task

    def problem(self, exercise: Exercise | None = None) -> str:
        """Judge the answer, and say what is wrong about the verdict; ``""`` where nothing is.

        Args:
            exercise: where it has been loaded already.
        """
        try:
            return self.objection(self.verdict(exercise))
        except Exception as error:
            return f"{self}: the answer itself raised {error!r}."

    def objection(self, verdict: TaskVerdict) -> str:
        """Say what is wrong about a verdict on the answer; ``""`` where nothing is.

        Args:
            verdict: that somebody has come to.
        """
        if self.state is not None and verdict.state is not self.state:
            return f"{self}: {verdict.state}, and it must be {self.state}.\n{verdict}"
        if self.state is None and verdict.state is State.RIGHT:
            return f"{self}: right, and it is a wrong answer."
        if verdict.diagnosis != self.diagnosis:
            got = verdict.diagnosis or "no diagnosis"
            return f"{self}: {got}, and it must be {self.diagnosis or 'none'}.\n{verdict}"
        if verdict.state is State.RIGHT and verdict.points != verdict.out_of:
            return f"{self}: {verdict.points} of {verdict.out_of} points, and it is right."
        if verdict.state is State.WRONG and not (verdict.seen and verdict.to_try):
            return f"{self}: the verdict does not say what was seen and what to try."
        return ""


def trials(exercise: Exercise) -> list[Trial]:
    """Return the answers that there are to an exercise, with what must be said of each.

    Raises:
        ExerciseError: a file does not say of which task it is, or which diagnosis it must get.

    Example:
        >>> [trial.name for trial in trials(find_exercise("e01"))][:2]
        ['starter', 'solution']
    """
    made = []
    for task in exercise.tasks:
        made.append(Trial(exercise.id, task.id, "starter", task.starter, State.UNATTEMPTED))
        made.append(Trial(exercise.id, task.id, "solution", task.solution, State.RIGHT))
    right, wrong = (sorted((exercise.folder / name).glob("*.py")) for name in ("right", "wrong"))
    made += [_trial(exercise, path, State.RIGHT) for path in right]
    return made + [_trial(exercise, path, None) for path in wrong]


def shortcomings(exercise: Exercise) -> list[str]:
    """Return what an exercise lacks before anything is judged: hints, solutions, wrong answers, a built notebook.

    Example:
        >>> shortcomings(find_exercise("e01"))
        []
    """
    found = []
    wrong = [trial for trial in trials(exercise) if trial.name.startswith("wrong/")]
    for task in exercise.tasks:
        if not task.solution:
            found.append(f"{task.id} has no solution: add a cell of that role.")
        elif same_code(task.solution, task.starter):
            found.append(f"{task.id}: the solution is the starter.")
        if len(task.hints) < FEWEST_HINTS:
            found.append(f"{task.id} has {len(task.hints)} hints; a ladder has {FEWEST_HINTS} at least.")
        count = sum(trial.task == task.id for trial in wrong)
        if count < FEWEST_WRONG:
            found.append(f"{task.id} has {count} wrong answers; {FEWEST_WRONG} at least show that mistakes are told.")
    # In a learner's kernel the cell that was run last has the name, and the other task would be judged by it.
    found += [
        f"{one.id} and {other.id} both ask for `{name}`: let each task have names of its own."
        for one, other in combinations(exercise.tasks, 2)
        for name in sorted(one.names & other.names)
    ]
    try:
        built = learners_notebook(exercise.path)
    except ExerciseError as error:
        return [*found, str(error)]
    stored = exercise.path.parent.parent / PRACTICE / exercise.path.name
    if not stored.exists() or stored.read_text(encoding="utf-8") != built:
        found.append(f"{stored} is not what is built of {exercise.path}: run `fwlab exercises build`.")
    return found


def verify(identifiers: Sequence[str], *, times: int = 2, busy: bool = False, seed: int = 1) -> list[str]:
    """Hold exercises to what must be so, and return what is not.

    Args:
        identifiers: of exercises.
        times: how often each answer is judged; every time must say the same.
        busy: keep the machine busy meanwhile.
        seed: of the order in which answers are judged.

    Raises:
        UnknownExerciseError: the course has none of a name.
        ExerciseError: an exercise cannot be loaded.
    """
    exercises = {name: find_exercise(name) for name in identifiers}
    problems = [said for exercise in exercises.values() for said in shortcomings(exercise)]
    rounds = [trial for exercise in exercises.values() for trial in trials(exercise)] * times
    random.Random(seed).shuffle(rounds)
    with busy_machine() if busy else _quiet():
        for trial in tqdm(rounds, desc="answers", unit="answer"):
            problem = trial.problem(exercises[trial.exercise])
            if problem and problem not in problems:
                problems.append(problem)
    return problems


@contextmanager
def busy_machine() -> Iterator[None]:
    """Keep two cores and this process busy while the block runs; for a quarter of an hour at most."""
    processes = [subprocess.Popen([sys.executable, "-c", _BUSY], stdin=subprocess.DEVNULL) for _ in range(2)]
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            sum(range(1000))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        for process in processes:
            process.kill()
            process.wait()


@contextmanager
def _quiet() -> Iterator[None]:
    yield


def _trial(exercise: Exercise, path: Path, state: State | None) -> Trial:
    """Read an answer from a file, whose first lines say what it is: ``# task: e02.1``, ``# diagnosis: they-queue``."""
    source = path.read_text(encoding="utf-8")
    said = dict(re.findall(r"^# (task|diagnosis|state): (.+)$", source, flags=re.MULTILINE))
    task = said.get("task") or (exercise.tasks[0].id if len(exercise.tasks) == 1 else "")
    if task not in {task.id for task in exercise.tasks}:
        raise ExerciseError(f"{path} does not say which task it answers: let it begin with `# task: {exercise.id}.1`.")
    if state is None and not said.keys() & {"diagnosis", "state"}:
        raise ExerciseError(f"{path} does not say what it must be told: let it begin with `# diagnosis: its-name`.")
    wanted = State(said["state"]) if "state" in said else state
    return Trial(exercise.id, task, f"{path.parent.name}/{path.stem}", source, wanted, said.get("diagnosis", ""))
