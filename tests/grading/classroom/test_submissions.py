"""What of a submission is read: never more than so much, whatever it says of itself."""

from __future__ import annotations

import zipfile
from dataclasses import asdict

from fwlab.grading.classroom.submissions import LARGEST, LARGEST_IN_ALL, HandedIn, notebooks_of, passed_over
from fwlab.grading.classroom.worker import answer_to
from fwlab.grading.jail.jail import Jail
from fwlab.grading.jail.limits import Limits


def test_many_large_notebooks_are_read_up_to_a_limit(tmp_path):
    for number in range(20):
        with (tmp_path / f"e{number:02}.ipynb").open("wb") as file:
            file.truncate(LARGEST)  # with a hole: it takes no room on the disk
    files = notebooks_of(HandedIn("ada", tmp_path))
    assert sum(len(file.content) for file in files) == LARGEST_IN_ALL
    assert [file.refused[:39] for file in files[10:]] == ["This submission has more than 50 MB, an"] * 10


def test_a_large_zip_is_not_opened(tmp_path):
    path = tmp_path / "ada.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("e01.ipynb", b"{}")
    assert notebooks_of(HandedIn("ada", path))[0].content == b"{}"
    with path.open("r+b") as file:
        file.truncate(LARGEST_IN_ALL + 1)
    [file] = notebooks_of(HandedIn("ada", path))
    assert "more than 50 MB" in file.refused


def test_of_many_notebooks_the_first_are_read_and_the_others_counted(tmp_path):
    with zipfile.ZipFile(tmp_path / "ben.zip", "w") as archive:
        for number in range(60):
            (tmp_path / f"n{number:02}.ipynb").write_text("{}")
            archive.writestr(f"n{number:02}.ipynb", b"{}")
    for path in (tmp_path, tmp_path / "ben.zip"):
        *files, last = notebooks_of(HandedIn("ada", path))
        assert [file.name for file in files] == [f"n{number:02}.ipynb" for number in range(50)]
        assert (last.name, last.refused) == ("10 more", "More than 50 notebooks are not read.")


def test_names_that_are_no_submission_are_told(tmp_path):
    for name in ("dan.py", "ada.ipynb", ".hidden", "ben.ZIP"):
        (tmp_path / name).touch()
    (tmp_path / "cleo").mkdir()
    assert passed_over(tmp_path) == ["dan.py"]


def test_a_submission_that_nobody_survives_is_not_read_again(tmp_path):
    request = {"learner": "ada", "path": str(tmp_path / "gone"), "limits": asdict(Limits()), "known": ""}
    answer = answer_to(request | {"give_up": "It fell over."}, Jail())
    assert answer["graded"]["notes"] == ["It fell over."]
