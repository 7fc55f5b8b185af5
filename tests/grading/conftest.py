"""What the grading tests share: the first exercise's files, and the two ways to hand in an answer."""

from __future__ import annotations

import gc
import itertools
import json
import linecache
import warnings
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

import pytest

from fwlab.course import COURSE_VARIABLE, course_folder
from fwlab.grading import check, check_notebook
from fwlab.grading.build import build
from fwlab.grading.exercise import find_exercise
from fwlab.grading.learner.progress_file import NAME, PROGRESS_VARIABLE

from .small_course import CHECKS, cells_of_e50, write_notebook

E01 = course_folder() / "exercises" / "e01_in_a_hurry"
NOTEBOOK = json.loads((course_folder() / "practice" / "e01_in_a_hurry.ipynb").read_text())
STARTER = find_exercise("e01").task("e01.1").starter
SOLUTION = find_exercise("e01").task("e01.1").solution
WRONG = [path for path in sorted((E01 / "wrong").glob("*.py")) if "# task: e01.1" in path.read_text()]

_numbers = itertools.count()


@pytest.fixture(scope="module", autouse=True)
def _what_answers_leave_open_is_theirs() -> Iterator[None]:
    """An answer whose time is up may leave a loop open that it has made; no test of another file is to find it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def thinned(cases: Iterable[object], kept: Container[object]) -> list[object]:
    """The cases of a test, of which those that are not kept wait for `make verify`."""
    return [case if case in kept else pytest.param(case, marks=pytest.mark.exhaustive) for case in cases]


def diagnosis_of(wrong: Path) -> str:
    """The name of the mistake, which the second line of a wrong answer gives."""
    return wrong.read_text().splitlines()[1].removeprefix("# diagnosis: ")


def run_cell(source: str, namespace: dict | None = None) -> dict:
    """Run one cell as a kernel does: with its text where `linecache` finds it."""
    filename = f"<cell run by test {next(_numbers)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace = {} if namespace is None else namespace
    exec(compile(source, filename, "exec", dont_inherit=True), namespace)
    return namespace


def judge_cell(source: str, **options):
    """The verdict on the first task, for an answer to it in this process."""
    [task] = check("e01.1", namespace=run_cell(source), **options).tasks
    return task


def handler(body: str, kind: str = "async def") -> str:
    """An answer to e01 whose handler has this body."""
    head = STARTER.split("@app")[0]
    lines = [f"    {line}" for line in body.splitlines()]
    start = f'import asyncio\nimport time\nimport anyio\n{head}@app.get("/stock/{{item}}")\n{kind} stock(item: str):'
    return "\n".join([start, *lines, ""])


@pytest.fixture
def hand_in(tmp_path):
    """Write the exercise's notebook with an answer to its first task, the solutions of the others, and more code cells
    before it; return its path."""

    def write(answer=STARTER, *, before=(), notebook=NOTEBOOK, name="e01.ipynb"):
        notebook = json.loads(json.dumps(notebook))
        for cell in notebook["cells"]:
            if cell["metadata"]["fwlab"]["role"] == "starter":
                task = cell["metadata"]["fwlab"]["task"]
                source = answer if task == "e01.1" else find_exercise("e01").task(task).solution
                cell["source"] = source.splitlines(keepends=True)
        code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        extra = [code | {"id": f"extra-{number}", "source": source} for number, source in enumerate(before)]
        notebook["cells"][:0] = extra
        path = tmp_path / name
        path.write_text(json.dumps(notebook))
        return path

    return write


@pytest.fixture
def judge_notebook(hand_in):
    """The verdict on the first task, for an answer to it that is handed in as a notebook."""

    def judge(answer=STARTER, *, before=(), **options):
        return check_notebook(hand_in(answer, before=before), **options).verdict.tasks[0]

    return judge


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with one exercise of two tasks; its files may be changed."""
    exercises = tmp_path / "course" / "exercises"
    (exercises / "e50_numbers").mkdir(parents=True)
    (tmp_path / "course" / "notebooks").mkdir()
    (exercises / "e50_numbers" / "checks.py").write_text(CHECKS)
    write_notebook(exercises / "e50_numbers.ipynb", cells_of_e50())
    monkeypatch.setenv(COURSE_VARIABLE, str(tmp_path / "course"))
    return exercises


@pytest.fixture
def home(course, tmp_path, monkeypatch):
    """The learner's copy of the small course of e50; its folder is the current one."""
    home = tmp_path / "home"
    (home / "notebooks").mkdir(parents=True)
    build(home / "practice")
    monkeypatch.delenv(PROGRESS_VARIABLE)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def remembered(home):
    """What the learner's file remembers now."""
    return lambda: json.loads((home / NAME).read_text(encoding="utf-8"))
