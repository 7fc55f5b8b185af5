"""How long a class takes to grade, and how much memory: ``python -m benchmarks.grading 100 --exercises 3 --jobs 2``.

The submissions are of the course's own exercises: right answers, starters and wrong ones in turn, and every twentieth
one ends its process. It runs in fwlab's own environment, on this machine alone. With ``--twice`` the class is graded
again into another folder, and the JSON of both is compared.

``10000 --exercises 1 --tiny`` is about memory: nine of ten hand in a notebook without answers, which takes no process.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from pathlib import Path

from fwlab.grading.build import learners_notebook
from fwlab.grading.classroom.grade import grade
from fwlab.grading.exercise import exercise_notebooks, find_exercise
from fwlab.grading.verify import trials

NOTHING = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []})


def hand_in(folder: Path, learners: int, exercises: list[str], *, tiny: bool = False) -> None:
    """Write so many submissions; `tiny`: nine of ten have no cells."""
    blank = {name: json.loads(learners_notebook(find_exercise(name).path)) for name in exercises}
    answers: dict[str, dict[str, list[str]]] = {}
    for name in exercises:
        by_task: dict[str, list[str]] = {task.checks.id: [task.solution] * 3 for task in find_exercise(name).tasks}
        for trial in trials(find_exercise(name)):
            by_task[trial.task].append(trial.source)
        answers[name] = by_task
    for learner in range(learners):
        own = folder / f"learner-{learner:05}"
        own.mkdir()
        if tiny and learner % 10:
            (own / "notebook.ipynb").write_text(NOTHING)
            continue
        for place, name in enumerate(exercises):
            notebook = json.loads(json.dumps(blank[name]))
            for cell in notebook["cells"]:
                ours = cell["metadata"].get("fwlab", {})
                if ours.get("role") == "starter":
                    choice = answers[name][ours["task"]]
                    cell["source"] = choice[(learner + place) % len(choice)]
            if learner % 20 == 7 and place == 0:
                leave = {"cell_type": "code", "metadata": {}, "source": "import os\nos._exit(0)"}
                notebook["cells"].insert(0, leave | {"id": "leave", "outputs": [], "execution_count": None})
            (own / f"{name}.ipynb").write_text(json.dumps(notebook))


class Memory:
    """The resident memory of this process and of those below it, looked at each second, in megabytes."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, float]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(1):
            self.seen.append((resident([os.getpid()]), resident(below(os.getpid()))))

    def __str__(self) -> str:
        both = ((name, [one[place] for one in self.seen if one[place] > 0]) for place, name in enumerate(_WHOSE))
        return " · ".join(f"{name}: {_early_and_late(seen)}" for name, seen in both)


_WHOSE = ("this process", "workers and wardens")


def _early_and_late(seen: list[float]) -> str:
    tenth = max(1, len(seen) // 10)
    early, late = max(seen[tenth : 2 * tenth], default=0), max(seen[-2 * tenth : -tenth], default=0)
    return f"{early:.0f} MB in the second tenth of its time, {late:.0f} MB in the last but one"


def below(process: int) -> list[int]:
    """The children of a process, and theirs, down to the wardens; inmates come and go."""
    found, todo = [], [(process, 0)]
    while todo:
        one, depth = todo.pop()
        for task in Path(f"/proc/{one}/task").glob("*/children") if depth < 2 else ():
            try:
                children = [int(child) for child in task.read_text().split()]
            except OSError:
                continue
            found += children
            todo += [(child, depth + 1) for child in children]
    return found


def resident(processes: list[int]) -> float:
    """What these processes have in memory that they share with nobody, in megabytes."""
    total = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Private"))
    return total / 1000


def main() -> None:
    """Hand in, grade, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("learners", type=int, nargs="?", default=100)
    parser.add_argument("--exercises", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--twice", action="store_true")
    parser.add_argument("--tiny", action="store_true")
    options = parser.parse_args()
    exercises = list(exercise_notebooks())[: options.exercises]
    with tempfile.TemporaryDirectory(prefix="fwlab-class-") as name:
        folder = Path(name)
        (folder / "submissions").mkdir()
        hand_in(folder / "submissions", options.learners, exercises, tiny=options.tiny)
        outs = [folder / "once", *([folder / "twice"] if options.twice else [])]
        for out in outs:
            began, before = time.perf_counter(), os.times()
            with Memory() as memory:
                done = grade(folder / "submissions", out, jobs=options.jobs)
            took, now = time.perf_counter() - began, os.times()
            cpu = sum(now[:4]) - sum(before[:4])
            print(
                f"{options.learners} × {exercises}, {options.jobs} processors: {took:.1f} s, {cpu:.1f} s of processor, "
                f"load {os.getloadavg()[0]:.1f}"
            )
            print(memory)
        print(done)
        if options.twice:
            same = len({(out / "results.json").read_bytes() for out in outs}) == 1
            print("the same JSON twice" if same else "the JSON differs")


if __name__ == "__main__":
    main()
