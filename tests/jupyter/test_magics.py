"""The magics of the exercises: what the functions do, and one line where something is asked wrongly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from traitlets.config import Config

from fwlab.grading import State
from fwlab.grading.exercise import find_exercise
from fwlab.grading.learner.progress_file import PROGRESS_VARIABLE


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell with the magics, and a progress file of its own."""
    monkeypatch.setenv(PROGRESS_VARIABLE, str(tmp_path / "mine.json"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    config = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell(config=config)
    shell.run_line_magic("load_ext", "fwlab.jupyter")
    yield shell
    shell.restore_sys_module_state()


def test_check_judges_the_names_of_the_shell(shell: InteractiveShell) -> None:
    shell.run_cell(find_exercise("e01").tasks[0].solution)
    assert shell.run_line_magic("check", "e01").tasks[0].state is State.RIGHT
    assert shell.run_line_magic("check", "e01.1").state is State.RIGHT
    shell.user_ns.clear()
    assert shell.run_line_magic("check", "'e01'").state is State.UNATTEMPTED


def test_the_others_are_the_functions_of_the_same_names(shell: InteractiveShell) -> None:
    assert "hint 1 of" in str(shell.run_line_magic("hint", "e01"))
    assert "hint 2 of" in str(shell.run_line_magic("hint", "e01.1"))
    assert "not right yet" in str(shell.run_line_magic("solution", "e01"))
    assert "ask_supplier" in str(shell.run_line_magic("solution", "e01 --insist"))
    assert [row.hints for row in shell.run_line_magic("progress", "").rows if row.name == "e01"] == [2]
    assert shell.run_line_magic("quiz", "q01").name == "q01"


def test_an_answer_is_begun_anew(shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    practice = find_exercise("e01").path.parents[1] / "practice" / "e01_in_a_hurry.ipynb"
    notebook = json.loads(practice.read_text(encoding="utf-8"))
    starter = next(cell for cell in notebook["cells"] if cell["metadata"]["fwlab"]["role"] == "starter")
    starter["source"] = "my answer"
    mine = tmp_path / "e01.ipynb"
    mine.write_text(json.dumps(notebook))
    monkeypatch.setenv("JPY_SESSION_NAME", str(mine))
    assert "begun anew" in str(shell.run_line_magic("reset_answer", "e01"))
    assert json.loads(mine.read_text(encoding="utf-8")) == json.loads(practice.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("magic", "line", "message"),
    [
        ("check", "e99", "There is no exercise 'e99'"),
        ("check", "", "%check e05: judge"),
        ("check", "e01 e02", "%check e05: judge"),
        ("hint", "e01 --insist", "%hint e05: the next hint"),
        ("hint", "e01.9", "There is no task 'e01.9'"),
        ("solution", "e01 --plain", r"%solution e05 \[--insist\]"),
        ("reset_answer", "", "%reset_answer e05"),
        ("quiz", "q99", "There is no quiz 'q99'"),
        ("progress", "e01", "%progress: how you stand"),
    ],
)
def test_what_is_asked_wrongly_is_answered_in_one_line(
    shell: InteractiveShell, magic: str, line: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_cell(f"%{magic} {line}")
    said = capsys.readouterr().err
    assert said.startswith("UsageError: ")
    assert len(said.strip().splitlines()) == 1
    assert re.search(message, said)


def test_ipythons_own_reset_is_left_alone(shell: InteractiveShell) -> None:
    assert "fwlab" not in shell.find_line_magic("reset").__module__


def outputs_of(*cells: str) -> list[Any]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    config = Config({"KernelManager": {"transport_encryption": "auto"}})
    NotebookClient(notebook, timeout=120, kernel_name="python3", config=config, allow_errors=True).execute()
    return [cell.outputs for cell in notebook.cells]


def test_in_a_kernel_the_answers_are_displayed_and_a_mistake_is_one_line() -> None:
    _, [verdict], [hint], [mistake] = outputs_of(
        "%load_ext fwlab.jupyter", "%check e01", "%hint e01", "from fwlab.grading import hint\nhint('e99')"
    )
    assert "unattempted" in verdict["data"]["text/plain"]
    assert "<section" in hint["data"]["text/html"]
    assert mistake["traceback"] == [f"UnknownExerciseError: {mistake['evalue']}"]
