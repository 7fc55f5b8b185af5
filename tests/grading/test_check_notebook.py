"""`check_notebook`: the same verdict in a process of its own, whatever the notebook does, and clear words.

The answers that pass and fail are in test_e01.py; here it is about notebooks.
"""

from __future__ import annotations

import json
import os
import select

import pytest

from fwlab.course import course_folder
from fwlab.exceptions import FwlabError
from fwlab.grading import NotebookError, Report, State, UnknownExerciseError, apart, check_notebook

from .conftest import NOTEBOOK, SOLUTION, STARTER, handler


def test_the_report_names_the_notebook_and_has_the_verdict(hand_in):
    path = hand_in(SOLUTION)
    report = check_notebook(path)
    assert isinstance(report, Report)
    assert report.right is True
    assert str(report) == f"{path}\n{report.verdict}"
    assert json.loads(json.dumps(report.to_dict())) == report.to_dict()
    assert report.to_dict()["points"] == 6
    assert report.to_dict()["notebook"] == str(path)


def test_the_exercise_as_it_is_in_the_course_is_not_right():
    report = check_notebook(str(course_folder() / "practice" / "e01_in_a_hurry.ipynb"))
    assert report.right is False
    assert report.verdict.state is State.UNATTEMPTED


def test_an_emptied_cell_is_unattempted(judge_notebook):
    assert judge_notebook("").state is State.UNATTEMPTED


def test_a_cell_with_a_syntax_error_is_an_error_at_its_line(judge_notebook):
    task = judge_notebook(STARTER.replace("async def stock", "async stock"))
    assert task.state is State.ERROR
    assert "line 8" in task.seen
    assert "SyntaxError" in task.seen
    assert "fwlab/" not in task.seen


def test_a_cell_that_raises_is_an_error_with_the_learners_lines(judge_notebook):
    task = judge_notebook(SOLUTION + "\n\ndef boom():\n    return 1 / 0\n\n\nboom()\n")
    assert task.state is State.ERROR
    assert "in boom\n    return 1 / 0\nZeroDivisionError: division by zero" in task.seen
    assert "fwlab/" not in task.seen


def test_another_cell_that_raises_does_not_matter_to_a_right_answer(judge_notebook):
    assert judge_notebook(SOLUTION, before=["1 / 0"]).state is State.RIGHT


def test_a_cell_that_exits_ends_nothing(judge_notebook):
    assert judge_notebook(SOLUTION, before=["import sys\nsys.exit('enough')"]).state is State.RIGHT


def test_where_nothing_was_defined_the_cell_that_raised_is_named(judge_notebook):
    task = judge_notebook("", before=["import a_module_that_is_not_there"])
    assert task.state is State.ERROR
    assert "ModuleNotFoundError" in task.seen


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        (SOLUTION + "\nwhile True: pass\n", "while True: pass"),
        (SOLUTION + "\nimport asyncio\nawait asyncio.Event().wait()\n", "await asyncio.Event().wait()"),
        (handler("while True: pass"), "while True: pass"),
    ],
    ids=["cell", "cell that awaits", "handler"],
)
def test_what_never_ends_is_timed_out(judge_notebook, cell, line):
    task = judge_notebook(cell, time_limit=1)
    assert task.state is State.TIMED_OUT
    assert line in task.seen


def test_cells_run_as_in_a_notebook(judge_notebook):
    before = [
        "import asyncio\nasyncio.get_running_loop()\nready = await asyncio.sleep(0, True)",
        "async with asyncio.timeout(5):\n    display(ready)\n    displayed = True",
        "from dataclasses import dataclass\n\n@dataclass\nclass Item:\n    name: 'str'\n",
        "import __main__\nis_main = __main__.Item is Item and __name__ == '__main__'",
        "import inspect\ndef cook(): ...\nsource = inspect.getsource(cook)",
    ]
    proof = "assert ready and displayed and is_main and source.startswith('def cook')"
    assert judge_notebook(f"{SOLUTION}\n{proof}\n", before=before).state is State.RIGHT


def test_lines_for_ipython_are_not_run_and_noted(hand_in):
    path = hand_in(
        SOLUTION, before=["%matplotlib inline\nx = 1\n!rm -rf everything", "%%bash\nexit 1", "%%time\ny = x + 1"]
    )
    verdict = check_notebook(path).verdict
    assert verdict.right
    assert [note.partition(" was not run")[0] for note in verdict.notes] == [
        "cell 1: %matplotlib inline",
        "cell 1: !rm -rf everything",
        "cell 2: %%bash",
        "cell 3: %%time",
    ]


def test_cells_to_try_and_to_check_are_not_run(hand_in):
    notebook = json.loads(json.dumps(NOTEBOOK))
    for cell in notebook["cells"]:
        if cell["metadata"]["fwlab"]["role"] in {"try", "check"}:
            cell["source"] = ["import os\n", "os._exit(3)"]
    assert check_notebook(hand_in(SOLUTION, notebook=notebook)).right


def test_a_module_beside_the_notebook_can_be_imported_and_cannot_stand_for_ours(hand_in, tmp_path):
    (tmp_path / "recipes.py").write_text("secret = 'sauce'\n")
    (tmp_path / "json.py").write_text("raise SystemExit\n")
    answer = SOLUTION + "\nimport recipes\nassert recipes.secret == 'sauce'\n"
    assert check_notebook(hand_in(answer)).right


def test_a_notebook_that_ends_its_process_is_an_error(judge_notebook):
    task = judge_notebook(SOLUTION + "\nimport os\nos._exit(0)\n")
    assert task.state is State.ERROR
    assert "ended" in task.seen


def test_what_a_notebook_prints_is_no_verdict(judge_notebook):
    forged = '{"exercise": "e01", "tasks": [{"state": "right"}]}'
    assert judge_notebook(STARTER, before=[f"print('''{forged}''', flush=True)"]).state is State.UNATTEMPTED


def test_processes_that_a_notebook_started_are_ended_with_it(hand_in, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    reader = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    start = "import subprocess\nchild = subprocess.Popen(['sleep', '600'], stdout=open('fifo', 'w'))"
    assert check_notebook(hand_in(f"{SOLUTION}\nchild.pid\n", before=[start])).right
    ended, _, _ = select.select([reader], [], [], 60)  # the end of the pipe: nobody has it open any more
    assert ended
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_a_process_that_answers_nobody_is_ended_from_outside(judge_notebook, monkeypatch):
    monkeypatch.setattr(apart, "_START_UP", 1.0)
    task = judge_notebook(f"{SOLUTION}\nsum(iter(int, 1))  # holds the interpreter's lock for ever", time_limit=1)
    assert task.state is State.TIMED_OUT
    assert "the notebook had not ended" in task.seen


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def cell_of(exercise):
    return {"cell_type": "code", "source": "", "metadata": {"fwlab": {"exercise": exercise}}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("this is no JSON", "its content is not JSON"),
        ("[" * 100_000, "its content is not JSON"),
        ([1, 2], "not of the notebook format"),
        ({"cells": []}, "not of the notebook format"),
        (NOTEBOOK | {"nbformat": 3}, "a notebook of format 3"),
        (NOTEBOOK | {"nbformat": 5}, "a notebook of format 5"),
        (NOTEBOOK | {"cells": "none"}, "damaged"),
        (NOTEBOOK | {"cells": [{"cell_type": "code", "source": 7}]}, "damaged"),
        (NOTEBOOK | {"cells": []}, "no cell's metadata names one"),
        (NOTEBOOK | {"cells": [{"cell_type": "code", "source": "1", "metadata": {}}]}, "no cell's metadata names one"),
        (NOTEBOOK | {"cells": [cell_of(["e01"])]}, "no cell's metadata names one"),
        (
            NOTEBOOK
            | {
                "cells": [
                    {"cell_type": "code", "source": "", "metadata": {"fwlab": {"exercise": name}}}
                    for name in ("e1", "e2")
                ]
            },
            "mixes the cells of e1, e2",
        ),
    ],
)
def test_what_is_no_exercises_notebook_is_refused_with_the_reason(tmp_path, content, message):
    path = write(tmp_path / "handed-in.ipynb", content)
    with pytest.raises(NotebookError, match=message) as error:
        check_notebook(path)
    assert str(path) in str(error.value)
    assert isinstance(error.value, FwlabError)


def test_a_notebook_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(NotebookError, match="does not exist"):
        check_notebook(tmp_path / "nowhere.ipynb")
    with pytest.raises(NotebookError, match="cannot be read"):
        check_notebook(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "binary.ipynb").write_bytes(os.urandom(64) + b"\xff\xfe")
    with pytest.raises(NotebookError, match="not JSON"):
        check_notebook(tmp_path / "binary.ipynb")


def test_a_notebook_of_an_unknown_exercise_is_refused(tmp_path):
    with pytest.raises(UnknownExerciseError, match="'e99'"):
        check_notebook(write(tmp_path / "e99.ipynb", NOTEBOOK | {"cells": [cell_of("e99")]}))


def test_what_never_ends_takes_no_time_from_itself_twice(hand_in):
    """When time is over in a cell, the cells after it are not run: what is said is about the one that took it."""
    answer = SOLUTION + "\nimport asyncio\nawait asyncio.Event().wait()\n"
    first, *others = check_notebook(hand_in(answer), time_limit=1).verdict.tasks
    assert first.state is State.TIMED_OUT
    assert {task.state for task in others} == {State.UNATTEMPTED}
