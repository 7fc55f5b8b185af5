"""Cheats get no marks, and no one else is hurt. The list, and where each of them is a test:

- an endless loop, a fork bomb, 100 GB of memory, ``os._exit``, ``sys.exit``, ``kill -9`` of the parent, 1 GB of output:
  ``CHEATS`` and below it in ``test_jailed.py``, in a cell and while an answer is tried out;
- replacing ``asyncio.gather``, ``time``, the checker's functions or builtins: ``REPLACED`` there, and the guard itself:
  ``GUARDS`` (each way of replacing: ``jail/test_integrity.py``);
- forged results on stdout and on every open descriptor, reading the hidden checks or the solutions from disk or in
  memory, writing outside the folder: there, too;
- changing or deleting the check cells, points in the metadata, a notebook of 200 MB, of no cells, of another format,
  not JSON, and what else cannot be read: here, in one class with honest learners, graded once; submissions that are too
  much to read: ``test_submissions.py``.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile

import pytest

from fwlab.course import COURSE_VARIABLE
from fwlab.grading.classroom.grade import grade
from fwlab.grading.jail.limits import Limits

from .course import SOLUTIONS, WRONG, notebook

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: the walls are made of its calls")

HONEST = ("ada", "mia", "zoe")


def changed(change, **answers):
    """A notebook whose answer 2 is wrong, after a change."""
    mine = json.loads(notebook("e91", answers or {2: WRONG[2]}))
    change(mine)
    return json.dumps(mine).encode()


def give_points(mine):
    for cell in mine["cells"]:
        cell["metadata"]["fwlab"] |= {"points": 1000, "title": "mine"}
    mine["metadata"] = {"fwlab": {"exercise": "e91", "points": 1000, "out_of": 1}, "points": 1000}


def change_check_cells(mine):
    mine["cells"][-1]["source"] = "import os\nos._exit(0)"


def delete_check_cells(mine):
    mine["cells"] = [cell for cell in mine["cells"] if cell["metadata"]["fwlab"]["role"] != "check"]


def bring_checks(mine):
    """A check, a hidden check and a solution of the learner's own."""
    for role in ("check", "hidden check", "solution"):
        cell = json.loads(json.dumps(mine["cells"][1]))
        cell["metadata"]["fwlab"]["role"] = role
        cell["source"] = (
            "from fwlab.grading import task\npricing = task('e91.2', title='mine', points=99)(lambda answer: 1)"
        )
        mine["cells"].append(cell | {"id": f"mine-{role[0]}"})


def call_all_cells_checks(mine):
    """Then no cell is an answer."""
    for cell in mine["cells"]:
        cell["metadata"]["fwlab"]["role"] = "check"


OLD_FORMAT = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": []}]}

MARKS = {
    "points.ipynb": (lambda: changed(give_points), 3),
    "changed-checks.ipynb": (lambda: changed(change_check_cells), 3),
    "deleted-checks.ipynb": (lambda: changed(delete_check_cells), 3),
    "own-checks.ipynb": (lambda: changed(bring_checks), 3),
    "only-checks.ipynb": (lambda: changed(call_all_cells_checks), 0),
    "exits.ipynb": (lambda: notebook("e91", before=("import os\nos._exit(0)",)), 4),
    "writes.ipynb": (lambda: notebook("e91", before=("open('../ada/e91_burgers.ipynb', 'w')",)), 4),
    "replaces.ipynb": (
        lambda: notebook("e91", before=("import builtins, json\nbuiltins.open = json.dumps = None",)),
        4,
    ),
    "never-ends.ipynb": (lambda: notebook("e91", {2: SOLUTIONS[2] + "while True: pass\n"}), 3),
}
"""Submissions, and the points of their honest part: all but the second task, where that is wrong."""

TOLD = {
    "large.ipynb": (lambda: b'{"cells": [' + b" " * 6_000_000, "6 MB; more than 5 MB is not read"),
    "e91_no_cells.ipynb": (lambda: notebook("e91", cells=[]), "no cell's metadata names one"),
    "e91_format_3.ipynb": (lambda: json.dumps(OLD_FORMAT).encode(), "format 3"),
    "e91_no_json.ipynb": (lambda: b"\xff\xfe not JSON", "not JSON"),
    "e91_python.ipynb": (lambda: b"print('a script under a notebook\\'s name')", "not JSON"),
    "e91_list.ipynb": (lambda: b"[1, 2, 3]", "not a notebook"),
    "e91_deep.ipynb": (lambda: b"[" * 200_000, "not JSON"),
    "zeros.zip": (lambda: b"PK\x03\x04" + bytes(100), "cannot be opened"),
    "empty.ipynb": (lambda: b"", "not JSON"),
}
"""Submissions that nothing can be made of, and what is said of them."""


@pytest.fixture(scope="module")
def marks(tmp_path_factory, course_of_burgers):
    """What each of a class got, by name, graded once."""
    folder = tmp_path_factory.mktemp("class") / "submissions"
    folder.mkdir()
    for name in HONEST:
        (folder / name).mkdir()
        (folder / name / "e91_burgers.ipynb").write_bytes(notebook("e91"))
    for name, (content, _) in {**MARKS, **TOLD}.items():
        (folder / name).write_bytes(content())
    with (folder / "e91_200_megabytes.ipynb").open("wb") as file:
        file.truncate(200_000_000)  # a file with a hole: it takes no room on the disk
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("e91_burgers.ipynb", b"[" + b" " * 20_000_000)
    (folder / "script").mkdir()
    (folder / "script" / "e91_burgers.py").write_text("print('hello')")
    (folder / "links").mkdir()
    (folder / "links" / "e91_burgers.ipynb").symlink_to(folder / "ada" / "e91_burgers.ipynb")
    os.mkfifo(folder / "links" / "e92_burgers.ipynb")
    (folder / "link").symlink_to(folder / "ada")
    (folder / "twice").mkdir()
    (folder / "twice" / "e91_burgers.ipynb").write_bytes(notebook("e91"))
    (folder / "twice" / "e91_burgers_copy.ipynb").write_bytes(notebook("e91", WRONG))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(COURSE_VARIABLE, str(course_of_burgers))
        grade(folder, folder.parent / "out", jobs=2, limits=Limits(seconds=2))
    found = json.loads((folder.parent / "out" / "results.json").read_text())
    return {one["learner"]: one for one in found["learners"]}


@pytest.mark.parametrize("name", HONEST)
def test_the_others_marks_do_not_change(marks, name):
    assert marks[name]["points"] == 4
    assert marks[name]["notes"] == marks[name]["exercises"]["e91"]["notes"] == []


@pytest.mark.parametrize("name", MARKS)
def test_the_honest_part_gets_its_points_and_no_more(marks, name):
    one = marks[name.removesuffix(".ipynb")]
    assert one["points"] == MARKS[name][1], json.dumps(one, indent=1)
    assert one["exercises"]["e91"]["out_of"] == 4


@pytest.mark.parametrize("name", TOLD)
def test_what_cannot_be_read_gets_no_points_and_says_why(marks, name):
    one = marks[name.rpartition(".")[0]]
    assert one["points"] == 0
    assert TOLD[name][1] in json.dumps(one, ensure_ascii=False)
    if name.startswith("e91"):
        assert one["exercises"]["e91"]["tasks"][0]["state"] == "error"


def seen(one, exercise="e91"):
    return one["exercises"][exercise]["tasks"][0]["seen"]


def test_a_notebook_of_200_megabytes_is_not_even_read(marks):
    assert "200 MB; more than 5 MB" in seen(marks["e91_200_megabytes"])


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked(marks):
    assert "20 MB; more than 5 MB" in seen(marks["bomb"])


def test_a_script_is_no_notebook(marks):
    assert marks["script"]["points"] == 0
    assert "There is no notebook in this folder." in marks["script"]["notes"][0]


def test_links_and_pipes_are_not_followed(marks):
    assert (marks["links"]["points"], marks["link"]["points"]) == (0, 0)
    assert "link" in seen(marks["links"])
    assert "not a file" in seen(marks["links"], "e92")
    assert "link" in marks["link"]["notes"][0]


def test_two_notebooks_of_one_exercise_are_told(marks):
    assert marks["twice"]["points"] == 4
    assert marks["twice"]["notes"] == [
        "e91_burgers_copy.ipynb was not graded: another notebook of e91 comes before it."
    ]
