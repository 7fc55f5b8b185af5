"""``fwlab grade``: a folder of submissions in, a folder of results out."""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fwlab.grading.classroom import tables
from fwlab.grading.classroom.graded import Graded
from fwlab.grading.classroom.gradescope import gradescope
from fwlab.grading.classroom.junit import junit
from fwlab.grading.classroom.overview import Overview
from fwlab.grading.classroom.page import page
from fwlab.grading.classroom.results import Results
from fwlab.grading.classroom.submissions import HandedIn, passed_over, submissions_in
from fwlab.grading.classroom.workers import Request, grade_here
from fwlab.grading.errors import GradingError
from fwlab.grading.exercise import find_exercise
from fwlab.grading.jail.limits import Limits
from fwlab.lab.progress import ProgressBar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class GradedClass:
    """What came of grading.

    Attributes:
        folder: of the results.
        overview: of the class.
        graded: how many submissions were graded now.
        kept: how many had been graded before.
        missing: what this system does not wall off, in words.
        passed_over: the names in the folder that are no submission.
    """

    folder: Path
    overview: Overview
    graded: int
    kept: int
    missing: tuple[str, ...]
    passed_over: tuple[str, ...] = ()

    def __str__(self) -> str:
        overview = self.overview
        known = f", {self.kept} known before" if self.kept else ""
        lines = [f"{self.graded} submission{'' if self.graded == 1 else 's'} graded{known}"]
        if overview.learners:
            lines.append(f"mean {overview.mean:.1f}, median {overview.median():g} of {overview.out_of} points")
        for exercise in overview.exercises.values():
            for task in exercise.tasks:
                counts = overview.states[task.checks.id]
                said = ", ".join(f"{count} {state.value}" for state, count in sorted(counts.items()) if count)
                lines.append(f"  {task.checks.id} {task.checks.title}: {said or 'nobody'}")
        common = sorted(overview.diagnoses.items(), key=lambda item: (-item[1], item[0]))[:10]
        lines += [f"  {count:>4} × {name} ({task})" for (task, name), count in common]
        if self.passed_over:
            more = f" and {len(self.passed_over) - 5} more" if len(self.passed_over) > 5 else ""
            lines.append(f"Passed over, for it is no folder, zip or notebook: {', '.join(self.passed_over[:5])}{more}")
        lines += [f"Not walled off: {missing}" for missing in self.missing]
        return "\n".join([*lines, f"See {self.folder / 'index.html'}"])


def grade(
    submissions: Path,
    out: Path,
    *,
    jobs: int = 2,
    limits: Limits | None = None,
    exercises: Sequence[str] = (),
    scheduler: str | None = None,
) -> GradedClass:
    """Grade a folder of submissions.

    What has been graded before, and is the same, is not graded again: after an interruption, the same call goes on.

    Args:
        submissions: a folder, with a folder, a zip or a notebook for each learner.
        out: where the results go.
        jobs: how many processors to keep busy.
        limits: what a learner's code may take.
        exercises: those that count whether or not anybody handed them in. Default: those that somebody did.
        scheduler: the address of a Dask scheduler, to grade on its workers instead of here.

    Raises:
        GradingError: a folder cannot be read or written, or the processes do not work.
        UnknownExerciseError: the course has no exercise of a name in `exercises`.
    """
    if jobs < 1:
        raise GradingError(f"At least one processor has to work, and not {jobs}.")
    for name in exercises:
        find_exercise(name)
    limits = limits or Limits()
    handed_in = [one for one in submissions_in(submissions) if not _is_same(one.path, out)]
    results = Results(out)
    requests = (Request(one.learner, one.path.absolute(), limits, results.known(one.learner)) for one in handed_in)
    graded = kept = 0
    missing: set[str] = set()
    with ProgressBar(len(handed_in), " submissions") as bar, closing(_answers(requests, jobs, scheduler)) as answers:
        for request, answer in answers:
            missing.update(answer["missing"])
            if answer.get("kept"):
                kept += 1
            else:
                graded += 1
                results.keep(Graded.from_dict(answer["graded"]), answer["feedback"])
            bar.set_postfix_str(request.learner[:20], refresh=False)
            bar.update(1)
    overview = write_reports(results, handed_in, exercises)
    return GradedClass(out, overview, graded, kept, tuple(sorted(missing)), tuple(passed_over(submissions)))


def _answers(
    requests: Iterable[Request], jobs: int, scheduler: str | None
) -> Any:  # a generator, which closing() closes
    if scheduler is None:
        return grade_here(requests, jobs=jobs)
    from fwlab.grading.classroom.cluster import grade_on_cluster

    return grade_on_cluster(requests, scheduler)


def write_reports(results: Results, handed_in: Sequence[HandedIn], wanted: Sequence[str] = ()) -> Overview:
    """Write everything that is about the class as a whole; return its counts.

    Submissions are read one after the other, once for each file: a class of any size takes little memory.
    """
    learners = [one.learner for one in handed_in]
    overview = Overview.of(results.all(learners), wanted)
    files = {
        "results.json": _as_json(overview, results.all(learners)),
        "grades.csv": tables.grades(overview, results.all(learners)),
        "tasks.csv": tables.tasks(overview, results.all(learners)),
        "canvas.csv": tables.canvas(overview, results.all(learners)),
        "moodle.csv": tables.moodle(overview, results.all(learners)),
        "junit.xml": junit(overview, results.all(learners)),
        "index.html": page(overview, results.all(learners), results),
    }
    try:
        for name, pieces in files.items():
            _write(results.folder / name, pieces)
        for one in results.all(learners):
            path = results.gradescope_path(one.learner)
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, [gradescope(overview, one)])
    except OSError as error:
        raise GradingError(f"{error.filename or results.folder} cannot be written: {error.strerror}.") from None
    return overview


def _as_json(overview: Overview, graded: Iterable[Graded]) -> Iterator[str]:
    worth = {name: overview.worth(name) for name in overview.exercises}
    yield f'{{"exercises": {json.dumps(worth)}, "out_of": {overview.out_of}, "learners": [\n'
    between = ""
    for one in graded:
        yield between + json.dumps(one.to_dict())
        between = ",\n"
    yield "\n]}\n"


def _write(path: Path, pieces: Iterable[str]) -> None:
    """Write a file whole or not at all, piece by piece."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8", errors="replace", newline="") as file:
        file.writelines(pieces)
    os.replace(partial, path)


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
