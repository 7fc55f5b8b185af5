"""What a check leaves in the progress file."""

from __future__ import annotations

import json

from fwlab.grading import check, check_notebook
from fwlab.grading.learner.progress_file import NAME

from .conftest import run_cell
from .small_course import RIGHT, STARTERS


def judge(*cells):
    names = {}
    for source in cells:
        run_cell(source, names)
    return check("e50", namespace=names)


def test_a_check_is_remembered_task_by_task(home, remembered):
    judge(RIGHT["e50.1"], STARTERS["e50.2"])
    judge(RIGHT["e50.1"], "def half(n):\n    return 0")
    tasks = remembered()["exercises"]["e50"]
    assert tasks["e50.1"]["checks"] == 2
    assert tasks["e50.1"]["best"].items() >= {"state": "right", "points": 2, "out_of": 2}.items()
    assert tasks["e50.2"]["checks"] == 1
    assert tasks["e50.2"]["last"].items() >= {"state": "wrong", "points": 0, "diagnosis": "it-halves"}.items()


def test_the_best_stays_when_a_later_answer_is_worse(home, remembered):
    judge(RIGHT["e50.1"])
    judge("def double(n):\n    return 0")
    task = remembered()["exercises"]["e50"]["e50.1"]
    assert (task["best"]["state"], task["last"]["state"]) == ("right", "wrong")


def test_what_was_not_attempted_leaves_no_trace(home):
    judge(*STARTERS.values())
    assert not (home / NAME).exists()


def test_a_file_that_cannot_be_written_takes_nothing_from_the_verdict(home):
    (home / NAME).mkdir()
    verdict = judge(*RIGHT.values())
    assert verdict.right
    assert "Your progress: " in verdict.notes[-1]
    assert "cannot be" in str(verdict)


def test_a_notebook_that_is_judged_apart_cannot_write_into_it(home, tmp_path):
    notebook = json.loads((home / "practice" / "e50_numbers.ipynb").read_text())
    for cell in notebook["cells"]:
        if (task := cell["metadata"]["fwlab"].get("task")) in RIGHT:
            cell["source"] = f"{RIGHT[task]}\nfrom fwlab.grading import hint\nhint('e50')\n"
    (home / "practice" / "mine.ipynb").write_text(json.dumps(notebook))
    assert check_notebook(home / "practice" / "mine.ipynb").verdict.right
    assert not (home / NAME).exists()
