"""``fwlab grade``: a class from the terminal, and what its exit status says."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from fwlab.grading.build import learners_notebook
from fwlab.grading.exercise import find_exercise

Here = Callable[..., subprocess.CompletedProcess[str]]


def fwlab(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fwlab", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=180,
    )


def test_a_class_is_graded_and_told_in_a_few_lines(tmp_path: Path) -> None:
    submissions, out = tmp_path / "submissions", tmp_path / "out"
    submissions.mkdir()
    (submissions / "ada.ipynb").write_text(learners_notebook(find_exercise("e00").path))
    said = fwlab("grade", str(submissions), "--out", str(out), "-j", "1", "-e", "e01")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("1 submission graded\n")
    assert f"See {out / 'index.html'}" in said.stdout
    assert list(json.loads((out / "results.json").read_text())["exercises"]) == ["e00", "e01"]
    again = fwlab("grade", str(submissions), "--out", str(out), "-j", "1")
    assert again.stdout.startswith("0 submissions graded, 1 known before\n")


def test_what_was_asked_wrongly_gives_status_2_and_one_line(tmp_path: Path, fwlab_here: Here) -> None:
    said = fwlab_here("grade", str(tmp_path), "--out", str(tmp_path / "out"), "-e", "e99")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("fwlab: There is no exercise 'e99'")
    assert len(said.stderr.splitlines()) == 1
    assert fwlab_here("grade", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")).returncode == 2


def test_an_exercise_is_exported_for_another_grader(tmp_path: Path, fwlab_here: Here) -> None:
    said = fwlab_here("exercises", "export", "nbgrader", "e00", "--out", str(tmp_path))
    assert (said.returncode, said.stdout) == (0, f"{tmp_path / 'source' / 'e00' / 'e00.ipynb'}\n")
    said = fwlab_here("exercises", "export", "gradebook", "--out", str(tmp_path))
    assert (said.returncode, said.stderr) == (2, "fwlab: There is no form 'gradebook': say nbgrader or otter.\n")
