"""The learner's notebooks: nothing secret in them, the same bytes every time, and those that are stored are these."""

from __future__ import annotations

import json

import nbformat
import pytest

from fwlab.course import course_folder
from fwlab.grading import ExerciseError, check_notebook
from fwlab.grading.build import PRACTICE, SECRET_ROLES, build, learners_notebook
from fwlab.grading.exercise import exercise_notebooks

from .small_course import RIGHT, cell, cells_of_e50, write_notebook

every_exercise = pytest.mark.parametrize("path", exercise_notebooks().values(), ids=lambda path: path.stem)


@every_exercise
def test_what_is_stored_is_what_is_built(path):
    stored = course_folder() / PRACTICE / path.name
    assert stored.read_text(encoding="utf-8") == learners_notebook(path), "`fwlab exercises build` makes it anew"


@every_exercise
def test_nothing_secret_is_left(path):
    built = learners_notebook(path)
    for written in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if written["metadata"]["fwlab"]["role"] in SECRET_ROLES:
            assert json.dumps("".join(written["source"]), ensure_ascii=False)[1:-1] not in built
            assert f'"{written["id"]}"' not in built
    nbformat.validate(nbformat.reads(built, as_version=4))


def test_there_is_a_notebook_in_practice_for_each_exercise_and_no_other():
    stored = {path.name for path in (course_folder() / PRACTICE).glob("*.ipynb")}
    assert stored == {path.name for path in exercise_notebooks().values()}


def test_it_is_built_the_same_whatever_the_author_has_run(course, tmp_path):
    [first] = build(tmp_path / "one")
    cells = [
        {**made, "outputs": [{"output_type": "stream", "name": "stdout", "text": "7"}], "execution_count": 3}
        if made["cell_type"] == "code"
        else made
        for made in cells_of_e50()
    ]
    for made in cells:
        made["metadata"] |= {"collapsed": True, "tags": ["mine"]}
        made["source"] = made["source"].splitlines(keepends=True)
    write_notebook(course / "e50_numbers.ipynb", cells)
    [second] = build(tmp_path / "two")
    assert first.name == second.name == "e50_numbers.ipynb"
    assert first.read_bytes() == second.read_bytes()


def test_a_learner_works_in_it(course, tmp_path):
    [path] = build(tmp_path)
    assert check_notebook(path).verdict.state.value == "unattempted"
    notebook = json.loads(path.read_text())
    for made in notebook["cells"]:
        if made["metadata"]["fwlab"]["role"] == "starter":
            made["source"] = RIGHT[made["metadata"]["fwlab"]["task"]]
    path.write_text(json.dumps(notebook))
    assert check_notebook(path).right


def test_what_is_secret_and_said_elsewhere_is_refused(course):
    write_notebook(course / "e50_numbers.ipynb", [*cells_of_e50(), cell("try", RIGHT["e50.1"])])
    with pytest.raises(ExerciseError, match=r"'solution-e50\.1-\d+' is secret"):
        learners_notebook(course / "e50_numbers.ipynb")


def test_a_cell_of_no_role_is_refused(course):
    write_notebook(course / "e50_numbers.ipynb", [*cells_of_e50(), cell("", "1")])
    with pytest.raises(ExerciseError, match="says no role"):
        learners_notebook(course / "e50_numbers.ipynb")
