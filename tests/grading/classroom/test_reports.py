"""What is written about a class: for spreadsheets, grade books, CI, Gradescope, people, and back to the learners."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import nbformat
import pytest

from fwlab.grading.classroom.grade import grade, write_reports
from fwlab.grading.classroom.graded import Graded
from fwlab.grading.classroom.results import Results
from fwlab.grading.classroom.submissions import HandedIn
from fwlab.grading.classroom.tables import row
from fwlab.grading.jail.limits import Limits
from fwlab.grading.verdict import State, TaskVerdict, Verdict

from .course import WRONG, notebook
from .memory import traced_peak

HOSTILE = "<script>alert(1)</script> & \x00 ```\n]]> \ud800"


@pytest.fixture(scope="module")
def results(tmp_path_factory, course_of_burgers):
    """A class of three: one all right, one with a mistake that prints hostile text, one with nothing of use."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FWLAB_COURSE", str(course_of_burgers))
        folder = tmp_path_factory.mktemp("class")
        submissions = folder / "submissions"
        submissions.mkdir()
        (submissions / "ada.ipynb").write_bytes(notebook("e91"))
        raising = f"def price(n):\n    raise ValueError({HOSTILE!r})\n"
        (submissions / "=ben<b>.ipynb").write_bytes(notebook("e91", {1: WRONG[1], 2: raising}))
        (submissions / "cleo.ipynb").write_bytes(b"{}")
        grade(submissions, folder / "out", jobs=1, limits=Limits(seconds=2), exercises=["e91", "e92"])
        yield folder / "out"


def table(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_grades_and_tasks(results):
    header, ben, ada, _ = table(results / "grades.csv")
    assert header == ["learner", "e91", "e92", "points", "out of", "notes"]
    assert ben[:5] == ["'=ben<b>", "1", "0", "1", "8"]
    assert ada[:5] == ["ada", "4", "0", "4", "8"]
    tasks = table(results / "tasks.csv")
    assert len(tasks) == 1 + 3 * 6
    assert ["ada", "e92", "e92.1", "Serve burgers", "unattempted", "0", "2", ""] in tasks


def test_canvas(results):
    header, worth, *learners = table(results / "canvas.csv")
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "e91 Burgers e91", "e92 Burgers e92"]
    assert worth == ["    Points Possible", "", "", "", "", "4", "4"]
    assert ["ada", "", "", "ada", "", "4", "0"] in learners


def test_moodle(results):
    header, *learners = table(results / "moodle.csv")
    assert header[:3] == ["Username", "e91 Burgers e91 (Real)", "e91 Burgers e91 (Feedback)"]
    assert ["ada", "4", "e91.1 right, e91.2 right, e91.3 right"] in [one[:3] for one in learners]


def test_junit(results):
    suites = ElementTree.parse(results / "junit.xml").getroot()
    ben, ada, cleo = suites
    assert (ada.get("name"), ada.get("tests"), ada.get("failures"), ada.get("skipped")) == ("ada", "6", "0", "3")
    assert (ben.get("failures"), ben.get("errors")) == ("1", "1")
    assert next(case.get("name") for case in ben.iter("testcase")) == "e91.1 Serve burgers"
    assert "<script>" in next(ben.iter("error")).text
    assert cleo.get("skipped") == "6"


def test_gradescope(results):
    report = json.loads((results / "gradescope" / "=ben<b>" / "results.json").read_text())
    assert report["score"] == 1
    assert sum(test["score"] for test in report["tests"]) == report["score"]
    assert sum(test["max_score"] for test in report["tests"]) == 8
    assert {test["status"] for test in report["tests"]} == {"passed", "failed"}
    known = {"name", "number", "score", "max_score", "status", "output", "output_format", "visibility", "tags"}
    assert all(set(test) == known for test in report["tests"])
    assert all(test["output_format"] == "text" for test in report["tests"])


class Page(HTMLParser):
    """What a page has: its elements, links, and texts."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.links, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data):
        self.texts.append(data)


def test_the_page_shows_the_class_and_runs_nothing(results):
    page = Page((results / "index.html").read_text(encoding="utf-8"))
    assert "script" not in page.elements
    assert "b" not in page.elements
    assert {"title", "desc", "caption", "main"} <= set(page.elements)
    assert "=ben<b>" in page.texts
    assert "every-answer-is-right" in page.texts
    assert page.links == ["feedback/%3Dben%3Cb%3E/e91.ipynb", "feedback/ada/e91.ipynb"]
    assert (results / "feedback" / "ada" / "e91.ipynb").exists()


def test_feedback_is_the_learners_notebook_with_what_was_seen(results):
    path = results / "feedback" / "=ben<b>" / "e91.ipynb"
    found = nbformat.read(path, as_version=4)
    nbformat.validate(found)
    kinds = [cell.metadata.get("fwlab", {}).get("role", "mine") for cell in found.cells]
    assert kinds == ["verdict", "mine", "verdict", "mine", "verdict", "mine", "verdict", "mine"]
    assert "The answers differ." in found.cells[2].source
    assert "ValueError" in found.cells[4].source
    fences = [line for line in found.cells[4].source.splitlines() if line.startswith("```")]
    assert fences[0] == "````text"  # longer than the fence that the learner's own text has


def test_formulas_stay_texts():
    assert row(["@SUM(A1)", -3, "fine"]) == "'@SUM(A1),-3,fine\r\n"


STORY = "s" * 500


def report_on_class(folder, learners):
    verdict = Verdict(
        "e91", "Burgers", tuple(TaskVerdict(f"e91.{n}", "t", State.WRONG, 0, 1, "known", STORY) for n in (1, 2, 3))
    )
    results = Results(folder)
    handed_in = [HandedIn(f"learner-{number:05}", folder) for number in range(learners)]
    for one in handed_in:
        results.keep(Graded(one.learner, "f", {"e91": verdict}), {})
    write_reports(results, handed_in)


def test_a_large_class_takes_no_more_memory_than_a_small_one(tmp_path, course):
    """Reports are made submission by submission: what they hold at a time does not grow with the class."""
    few, many = 20, 400
    (_, small), (_, large) = (traced_peak(report_on_class, tmp_path, size=size) for size in (few, many))
    assert large - small < (many - few) * 3 * len(STORY), "names are held, and no verdicts"
