"""`fwlab grade` from end to end: folders, zips and notebooks in, a folder of results out."""

from __future__ import annotations

import json
import os
import zipfile

import pytest

from fwlab.grading.classroom.grade import grade
from fwlab.grading.errors import GradingError
from fwlab.grading.jail.limits import Limits

from .course import SOLUTIONS, STARTERS, WRONG, notebook

LIMITS = Limits(seconds=2)
EXERCISES = ("e91", "e92", "e93")


def hand_in(folder, learner, **answers):
    """Hand in a notebook for each exercise; answers go by its name."""
    (folder / learner).mkdir(parents=True)
    for name in EXERCISES:
        (folder / learner / f"{name}_burgers.ipynb").write_bytes(notebook(name, answers.get(name)))


def read(out):
    return json.loads((out / "results.json").read_text())


@pytest.fixture
def submissions(tmp_path, course):
    folder = tmp_path / "submissions"
    folder.mkdir()
    return folder


def test_a_class_is_graded(submissions, tmp_path):
    hand_in(submissions, "ada")
    hand_in(submissions, "ben", e92=WRONG, e93=STARTERS)
    with zipfile.ZipFile(submissions / "cleo.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cleo/homework/e91_burgers.ipynb", notebook("e91"))
        archive.writestr("__MACOSX/e92_burgers.ipynb", notebook("e92"))
        archive.writestr("cleo/.ipynb_checkpoints/e92_burgers.ipynb", notebook("e92"))
    (submissions / "dan.ipynb").write_bytes(notebook("e93", {3: WRONG[3]}))
    (submissions / "notes.txt").write_text("not a submission")
    out = tmp_path / "results"
    done = grade(submissions, out, jobs=2, limits=LIMITS)
    assert (done.graded, done.kept) == (4, 0)
    found = {one["learner"]: one for one in read(out)["learners"]}
    assert {name: one["points"] for name, one in found.items()} == {"ada": 12, "ben": 4, "cleo": 4, "dan": 3}
    assert read(out)["out_of"] == 12
    assert sorted(found["cleo"]["exercises"]) == ["e91"]
    assert "too-cheap" in str(done)
    grades = (out / "grades.csv").read_text().splitlines()
    assert grades[:3] == ["learner,e91,e92,e93,points,out of,notes", "ada,4,4,4,12,12,", "ben,4,0,0,4,12,"]


def test_it_goes_on_where_it_stopped_and_gives_the_same_json_twice(submissions, tmp_path):
    for learner in ("ada", "ben", "cleo"):
        hand_in(submissions, learner, e91=WRONG if learner == "ben" else None)
    once, twice = tmp_path / "once", tmp_path / "twice"
    grade(submissions, once, jobs=1, limits=LIMITS)
    grade(submissions, twice, jobs=2, limits=LIMITS)
    names = sorted(path.relative_to(once) for path in once.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(twice) for path in twice.rglob("*") if path.is_file())
    assert all((once / name).read_bytes() == (twice / name).read_bytes() for name in names if name.name != "x")
    before = (once / "results.json").read_bytes()
    (once / "submissions" / "cleo.json").write_text("{half of it")
    (submissions / "ben" / "e91_burgers.ipynb").write_bytes(notebook("e91"))
    done = grade(submissions, once, jobs=1, limits=LIMITS)
    assert (done.graded, done.kept) == (2, 1)
    assert (once / "results.json").read_bytes() != before
    assert [one["points"] for one in read(once)["learners"]] == [12, 12, 12]


def test_an_interruption_keeps_what_was_graded(submissions, tmp_path, monkeypatch):
    from fwlab.grading.classroom import grade as module

    for learner in ("ada", "ben", "cleo"):
        hand_in(submissions, learner)
    keep, kept = module.Results.keep, []

    def interrupted(self, graded, feedback):
        keep(self, graded, feedback)
        kept.append(graded.learner)
        raise KeyboardInterrupt

    monkeypatch.setattr(module.Results, "keep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        grade(submissions, tmp_path / "out", jobs=2, limits=LIMITS)
    monkeypatch.setattr(module.Results, "keep", keep)
    done = grade(submissions, tmp_path / "out", jobs=2, limits=LIMITS)
    assert (done.graded, done.kept) == (2, 1)


def test_the_others_marks_do_not_change_whatever_one_does(submissions, tmp_path):
    cheats = {
        "exits": "import os\nos._exit(0)",
        "prints": "print('x' * 10_000_000)",
        "writes": "open('../ada/e91_burgers.ipynb', 'w')\nopen('/tmp/x', 'w')",
        "replaces": "import builtins, json\nbuiltins.open = json.dumps = None",
    }
    for learner in ("ada", "zoe"):
        hand_in(submissions, learner)
    for name, source in cheats.items():
        (submissions / name).mkdir()
        (submissions / name / "e91_burgers.ipynb").write_bytes(notebook("e91", before=(source,)))
    grade(submissions, tmp_path / "out", jobs=2, limits=LIMITS)
    found = {one["learner"]: one for one in read(tmp_path / "out")["learners"]}
    assert found["ada"]["points"] == found["zoe"]["points"] == 12
    assert found["ada"]["exercises"]["e91"]["notes"] == []
    assert {name: found[name]["points"] for name in cheats} == dict.fromkeys(cheats, 4)


REFUSED = {
    "large.ipynb": (lambda: b'{"cells": [' + b" " * 6_000_000, "6 MB; more than 5 MB is not read"),
    "e91_no_cells.ipynb": (lambda: notebook("e91", cells=[]), "no cell's metadata names one"),
    "e91_other_format.ipynb": (lambda: notebook("e91", nbformat=3), "format 3"),
    "e91_no_json.ipynb": (lambda: b"\xff\xfe not JSON", "not JSON"),
    "e91_deep.ipynb": (lambda: b"[" * 200_000, "not JSON"),
    "zeros.zip": (lambda: b"PK\x03\x04" + bytes(100), "cannot be opened"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_gets_no_points_and_says_why(submissions, tmp_path, name):
    content, told = REFUSED[name]
    (submissions / name).write_bytes(content())
    hand_in(submissions, "zoe")
    grade(submissions, tmp_path / "out", jobs=1, limits=LIMITS)
    one, zoe = read(tmp_path / "out")["learners"]
    assert one["points"] == 0
    assert told in json.dumps(one, ensure_ascii=False)
    assert zoe["points"] == 12
    if name.startswith("e91"):
        assert one["exercises"]["e91"]["tasks"][0]["state"] == "error"


def test_a_notebook_of_200_megabytes_is_not_even_read(submissions, tmp_path):
    with open(submissions / "e91_large.ipynb", "wb") as file:
        file.truncate(200_000_000)  # a file with a hole: it takes no room on the disk
    grade(submissions, tmp_path / "out", jobs=1, limits=LIMITS)
    [one] = read(tmp_path / "out")["learners"]
    assert "200 MB" in one["exercises"]["e91"]["tasks"][0]["seen"]


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked(submissions, tmp_path):
    with zipfile.ZipFile(submissions / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("e91_burgers.ipynb", b"[" + b" " * 20_000_000)
    grade(submissions, tmp_path / "out", jobs=1, limits=LIMITS)
    [one] = read(tmp_path / "out")["learners"]
    assert "20 MB; more than 5 MB" in one["exercises"]["e91"]["tasks"][0]["seen"]


def test_links_and_pipes_are_not_followed(submissions, tmp_path):
    hand_in(submissions, "ada")
    (submissions / "ben").mkdir()
    (submissions / "ben" / "e91_burgers.ipynb").symlink_to(submissions / "ada" / "e91_burgers.ipynb")
    os.mkfifo(submissions / "ben" / "e92_burgers.ipynb")
    (submissions / "cleo").symlink_to(submissions / "ada")
    grade(submissions, tmp_path / "out", jobs=1, limits=LIMITS)
    ada, ben, cleo = read(tmp_path / "out")["learners"]
    assert (ada["points"], ben["points"], cleo["points"]) == (12, 0, 0)
    assert "link" in ben["exercises"]["e91"]["tasks"][0]["seen"]
    assert "not a file" in ben["exercises"]["e92"]["tasks"][0]["seen"]
    assert "link" in cleo["notes"][0]


def test_points_in_the_metadata_and_changed_check_cells_change_nothing(submissions, tmp_path):
    mine = json.loads(notebook("e91", {2: WRONG[2]}))
    for cell in mine["cells"]:
        cell["metadata"]["fwlab"] |= {"points": 1000, "title": "mine"}
    mine["metadata"]["fwlab"] = {"points": 1000}
    mine["cells"] = [cell for cell in mine["cells"] if cell["metadata"]["fwlab"]["role"] != "check"]
    (submissions / "ada.ipynb").write_text(json.dumps(mine))
    changed = json.loads(notebook("e91", {2: WRONG[2]}))
    changed["cells"][-1]["source"] = "import os\nos._exit(0)"
    (submissions / "ben.ipynb").write_text(json.dumps(changed))
    grade(submissions, tmp_path / "out", jobs=1, limits=LIMITS)
    assert [one["points"] for one in read(tmp_path / "out")["learners"]] == [3, 3]


def test_two_notebooks_of_one_exercise_are_told(submissions, tmp_path):
    (submissions / "ada").mkdir()
    (submissions / "ada" / "e91_burgers.ipynb").write_bytes(notebook("e91"))
    (submissions / "ada" / "e91_burgers_copy.ipynb").write_bytes(notebook("e91", WRONG))
    grade(submissions, tmp_path / "out", jobs=1, limits=LIMITS)
    [ada] = read(tmp_path / "out")["learners"]
    assert ada["points"] == 4
    assert ada["notes"] == ["e91_burgers_copy.ipynb was not graded: another notebook of e91 comes before it."]


def test_an_exercise_that_nobody_handed_in_counts_where_it_was_asked_for(submissions, tmp_path):
    (submissions / "ada.ipynb").write_bytes(notebook("e91"))
    assert grade(submissions, tmp_path / "out", jobs=1, limits=LIMITS).overview.out_of == 4
    assert grade(submissions, tmp_path / "out", jobs=1, limits=LIMITS, exercises=EXERCISES).overview.out_of == 12


def test_a_class_of_nobody(submissions, tmp_path):
    done = grade(submissions, tmp_path / "out", jobs=1, limits=LIMITS)
    assert done.graded == 0
    assert read(tmp_path / "out")["learners"] == []


def test_folders_that_are_not_there_are_named(submissions, tmp_path):
    with pytest.raises(GradingError, match="nowhere cannot be read: No such file"):
        grade(tmp_path / "nowhere", tmp_path / "out")
    (tmp_path / "file").write_text("")
    with pytest.raises(GradingError, match="cannot hold the results"):
        grade(submissions, tmp_path / "file")
    assert SOLUTIONS
