"""Where a learner works: in the checkout, or in a copy in which nothing of theirs is written over."""

from pathlib import Path

import pytest

import fwlab.jupyter.workspace
from fwlab.exceptions import FwlabError
from fwlab.jupyter.workspace import workspace

LESSONS = ("notebooks/00_start.ipynb", "notebooks/quick/00_start.ipynb", "notebooks/figures/loop.svg")
PRACTICE = ("practice/e01.ipynb", "practice/es/e01.ipynb")


@pytest.fixture
def installed_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course that lies inside an installed package."""
    package = tmp_path / "site-packages" / "fwlab"
    course = package / "course" / "content"
    for name in (*LESSONS, *PRACTICE, "exercises/e01.ipynb", "exercises/e01/checks.py"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text(f"the course's {name}")
    monkeypatch.setattr(fwlab.jupyter.workspace, "__file__", str(package / "jupyter" / "workspace.py"))
    return course


def test_a_checkout_is_opened_as_it_is(tmp_path: Path) -> None:
    assert workspace(tmp_path / "checkout", here=tmp_path) == tmp_path / "checkout"
    assert list(tmp_path.iterdir()) == []


def test_an_installed_course_is_copied_but_for_its_solutions(installed_course: Path, tmp_path: Path) -> None:
    copy = workspace(installed_course, here=tmp_path)
    assert copy == tmp_path / "fwlab-course"
    assert set(_files(copy)) == {*LESSONS, *PRACTICE}
    assert _files(copy).items() <= _files(installed_course).items()


def test_what_a_learner_wrote_stays_and_what_is_missing_comes_back(installed_course: Path, tmp_path: Path) -> None:
    copy = workspace(installed_course, here=tmp_path)
    (copy / "practice/e01.ipynb").write_text("my answer")
    (copy / "notes.txt").write_text("mine")
    (copy / "notebooks/00_start.ipynb").unlink()
    workspace(installed_course, here=tmp_path)
    assert (copy / "practice/e01.ipynb").read_text() == "my answer"
    assert (copy / "notes.txt").read_text() == "mine"
    assert (copy / "notebooks/00_start.ipynb").read_text() == "the course's notebooks/00_start.ipynb"


def test_started_inside_a_copy_it_is_that_copy(installed_course: Path, tmp_path: Path) -> None:
    copy = workspace(installed_course, here=tmp_path)
    assert workspace(installed_course, here=copy) == copy
    assert not (copy / "fwlab-course").exists()


def test_a_place_that_cannot_be_written_is_named(installed_course: Path, tmp_path: Path) -> None:
    (tmp_path / "fwlab-course").write_text("a file is in the way")
    with pytest.raises(FwlabError, match=r"cannot be copied to .*fwlab-course.* where you may write"):
        workspace(installed_course, here=tmp_path)


def _files(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
