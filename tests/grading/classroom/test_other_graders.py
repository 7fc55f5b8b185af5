"""Our exercises as assignments of nbgrader and of otter-grader, graded by the real tools: the points are ours.

The tools do not fit our own environment, so each has one of its own, made once with uv in ~/.cache/fwlab. Where that
cannot be made, the test says which tool is missing.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

import fwlab
from fwlab.grading import points
from fwlab.grading.answer import answer_of
from fwlab.grading.classroom.assignments import nbgrader, otter
from fwlab.grading.exercise import find_exercise

TOOLS = {"nbgrader": ["nbgrader==0.9.6"], "otter": ["otter-grader==7.0.0", "ipykernel>=7.4"]}
OURS = ["anyio", "cloudpickle", "filelock", "h11", "httpx", "matplotlib", "pydantic", "tqdm", "typer", "uvicorn"]
EXERCISE = "e00"


def environment(tool):
    """The folder of a tool's commands; skips the test where it cannot be had."""
    folder = Path.home() / ".cache" / "fwlab" / f"{tool}-{sys.version_info[0]}.{sys.version_info[1]}"
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        pytest.skip(f"needs {tool}, and uv to install it")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        done = folder / "fwlab-done"
        wanted = " ".join(TOOLS[tool] + OURS)
        if not done.exists() or done.read_text() != wanted:
            python = folder / "bin" / "python"
            commands = [
                [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
                [uv, "pip", "install", "--quiet", "--python", str(python), *TOOLS[tool], *OURS],
            ]
            for command in commands:
                made = subprocess.run(command, capture_output=True, text=True, timeout=600)
                if made.returncode:
                    pytest.skip(f"needs {TOOLS[tool][0]}, which could not be installed: {made.stderr[-300:]}")
            done.write_text(wanted)
    return folder / "bin"


@pytest.fixture
def tool(tmp_path):
    """Run a tool's command in a folder; its standard output."""

    def run(name, *command):
        commands = environment(name)
        variables = os.environ | {
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(Path(fwlab.__file__).resolve().parents[1]),
            "HOME": str(tmp_path),
            "JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter"),
            "JUPYTER_PATH": str(commands.parent / "share" / "jupyter"),
        }
        variables.pop("VIRTUAL_ENV", None)
        done = subprocess.run(
            [str(commands / command[0]), *command[1:]],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def answers():
    """Two learners' answers, and the points of each: all right; and one right, one partly done, one as it was."""
    exercise = find_exercise(EXERCISE)
    solutions = {task.checks.id: task.solution for task in exercise.tasks}
    half = (exercise.folder / "wrong" / "not_ended.py").read_text(encoding="utf-8")
    mixed = dict(list(solutions.items())[:1]) | {"e00.2": half}
    return {"ada": (solutions, sum(task.checks.points for task in exercise.tasks)), "ben": (mixed, 3)}


def hand_in(source: Path, target: Path, given: dict[str, str]) -> None:
    notebook = json.loads(source.read_text())
    for cell in notebook["cells"]:
        ours = cell["metadata"].get("fwlab", {})
        if ours.get("role") == "starter" and ours["task"] in given:
            cell["source"] = f"import warnings\nwarnings.warn('right, and loud')\n{given[ours['task']]}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(notebook))


def has_no_solution(notebook: Path) -> bool:
    text = notebook.read_text()
    return not any(json.dumps(task.solution)[1:-1] in text for task in find_exercise(EXERCISE).tasks)


def test_nbgrader_gives_our_points(tool, tmp_path):
    assert has_no_solution(nbgrader(find_exercise(EXERCISE), tmp_path))
    tool("nbgrader", "nbgrader", "generate_assignment", EXERCISE)
    for learner, (given, _) in answers().items():
        name = f"{EXERCISE}.ipynb"
        hand_in(tmp_path / "release" / EXERCISE / name, tmp_path / "submitted" / learner / EXERCISE / name, given)
    tool("nbgrader", "nbgrader", "autograde", EXERCISE)
    tool("nbgrader", "nbgrader", "export")
    with (tmp_path / "grades.csv").open(newline="") as file:
        found = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert found == {learner: expected for learner, (_, expected) in answers().items()}
    graded = (tmp_path / "autograded" / "ben" / EXERCISE / f"{EXERCISE}.ipynb").read_text()
    assert "e00.2 Start the clock, and end it: partly done, 1 of 2 points" in graded, "it says why"


def test_otter_gives_our_points(tool, tmp_path):
    assert has_no_solution(otter(find_exercise(EXERCISE), tmp_path))
    tool("otter", "otter", "assign", f"{EXERCISE}.ipynb", "dist")
    released = tmp_path / "dist" / "student" / f"{EXERCISE}.ipynb"
    assert has_no_solution(released)
    [autograder] = (tmp_path / "dist" / "autograder").glob("*.zip")
    given, expected = answers()["ben"]
    hand_in(released, tmp_path / "ben" / f"{EXERCISE}.ipynb", given)
    tool("otter", "otter", "run", "-a", str(autograder), "-o", str(tmp_path), f"ben/{EXERCISE}.ipynb")
    tests = json.loads((tmp_path / "results.json").read_text())["tests"]
    assert sum(test.get("score") or 0 for test in tests) == expected
    assert any('check("e00.2") from fwlab.grading says what was seen' in test["output"] for test in tests)


def test_points_are_said_quietly(capfd):
    task = find_exercise(EXERCISE).tasks[0]
    loud = f"import sys, warnings\nprint('loud', file=sys.stderr)\n{task.solution}"
    answer = answer_of(loud, task.checks.id)
    capfd.readouterr()
    assert points(task.checks.id, namespace=answer.namespace) == task.checks.points
    assert capfd.readouterr() == ("", "")
    assert points(task.checks.id, namespace=answer.namespace, show=True) == task.checks.points
    assert capfd.readouterr() == (f"✓ {task.checks.id} {task.checks.title}: right, 2 of 2 points\n", "")
