"""`fwlab grade` from end to end: folders, zips and notebooks in, a folder of results out."""

from __future__ import annotations

import json
import zipfile

import pytest

from fwlab.grading.classroom.grade import grade
from fwlab.grading.errors import GradingError
from fwlab.grading.jail.limits import Limits

from .course import STARTERS, WRONG, notebook

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
    assert "Passed over, for it is no folder, zip or notebook: notes.txt" in str(done)
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
