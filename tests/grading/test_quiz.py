"""A quiz without a browser: answers, reasons, what is remembered, lines of input, and what can only be read."""

from __future__ import annotations

import sys

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from fwlab.grading import AnswerError, UnknownExerciseError, quiz
from fwlab.grading.learner.progress_file import NAME
from fwlab.grading.questions.asked import ask
from fwlab.grading.questions.quiz_file import quiz_files, read_quiz

SUMS = """
title = "Sums"

[[question]]
id = "one"
text = "What is `1 + 1`?"
option = [{text = "<2>", right = true, reason = "One & one."}, {text = "3", reason = "One more than that."}]

[[question]]
id = "even"
text = "Which are even?"
code = "n % 2 == 0"

    [[question.option]]
    text = "2"
    right = true
    reason = "Twice one."

    [[question.option]]
    text = "3"
    reason = "One is left over."

    [[question.option]]
    text = "4"
    right = true
    reason = "Twice two."
"""


@pytest.fixture
def sums(home, course):
    (course / "q50_sums.toml").write_text(SUMS)
    return quiz("q50", plain=False)


def test_a_wrong_answer_hears_why_it_is_wrong_and_not_what_is_right(sums):
    reply = sums.answer(1, "b")
    assert (reply.right, reply.message) == (False, "Not yet. Try again.")
    assert [(one.letter, one.text, one.right) for one in reply.remarks] == [("b", "One more than that.", False)]
    assert "One & one." not in str(reply)


def test_a_right_answer_hears_a_reason_for_every_option(sums):
    reply = sums.answer(1, "A")
    assert (reply.right, reply.message) == (True, "Right.")
    assert [one.letter for one in reply.remarks] == ["a", "b"]
    assert str(reply) == "✓ Right.\n  a) right: One & one.\n  b) not right: One more than that."


@pytest.mark.parametrize(
    ("letters", "right", "message"),
    [
        ("ac", True, "Right."),
        ("c, a", True, "Right."),
        (["a", "c"], True, "Right."),
        ("a", False, "Right as far as it goes: there is more to choose."),
        ("abc", False, "Not yet. Try again."),
        ("b", False, "Not yet. Try again."),
    ],
)
def test_where_several_are_right_all_of_them_are_wanted(sums, letters, right, message):
    reply = sums.answer(2, letters)
    assert (reply.right, reply.message) == (right, message)


@pytest.mark.parametrize(
    ("question", "letters", "message"),
    [
        (1, "c", r"one of the letters a, b; 'c' is none"),
        (1, "", r"one of the letters a, b"),
        (1, "ab", r"Choose one"),
        (0, "a", r"numbered from 1 to 2; there is no 0"),
        (3, "a", r"there is no 3"),
    ],
)
def test_what_is_no_answer_is_said_and_not_counted(sums, home, question, letters, message):
    with pytest.raises(AnswerError, match=message):
        sums.answer(question, letters)
    assert not (home / NAME).exists()


def test_the_first_try_and_the_last_are_remembered(sums, remembered):
    for letters in ("b", "b", "a"):
        sums.answer(1, letters)
    known = remembered()["quizzes"]["q50"]["one"]
    assert (known["first"]["chosen"], known["last"]["chosen"]) == (["b"], ["a"])
    assert (known["tries"], known["right"]) == (3, True)


def test_a_file_that_cannot_be_written_takes_nothing_from_the_reply(sums, home):
    (home / NAME).mkdir()
    reply = sums.answer(1, "a")
    assert reply.right
    assert "Your progress:" in reply.message


def lines(*answers):
    given = iter(answers)

    def read(prompt):
        for answer in given:
            return answer
        raise EOFError

    return read


def test_at_a_terminal_it_asks_until_it_is_right_or_left_out(sums):
    said = []
    ask(sums, read=lines("b", "what?", "a", ""), write=said.append)
    text = "\n".join(said)
    assert text.index("1. What is `1 + 1`?\n  a) <2>\n  b) 3") < text.index("Not yet. Try again.")
    assert "Answer with one of the letters a, b; 'what?' is none." in text
    assert repr(sums) == "Quiz q50: Sums", "what has been asked is not shown once more"
    assert text.index("✓ Right.") < text.index("2. Which are even? (more than one)\n    n % 2 == 0\n  a) 2")


@pytest.mark.parametrize("error", [EOFError, NotImplementedError])
def test_where_nobody_answers_it_is_there_to_be_read(sums, error):
    said = []

    def nobody(prompt):
        raise error

    ask(sums, read=nobody, write=said.append)
    assert 'quiz("q50").answer(1, "a")' in said[-1]


def test_it_can_be_read_where_nothing_runs(sums):
    html = sums.to_html()
    assert "<p>1. What is <code>1 + 1</code>?</p>" in html
    assert "<li>&lt;2&gt;</li>" in html
    assert html.count("<details>") == 2
    assert "<li>Right: One &amp; one.</li>" in html
    assert "a) <2>" in str(sums)


def test_a_page_that_shows_the_widget_does_not_get_the_answers(sums):
    from fwlab.grading.questions.widget import SheetWidget

    widget = SheetWidget.of(sums)
    state = str(widget.get_state())
    assert "One more than that." not in state
    widget._handle_custom_msg({"item": "one", "chosen": ["b"]}, [])
    assert widget.replies["one"]["remarks"][0]["text"] == "One more than that."
    widget._handle_custom_msg({"item": "one", "chosen": ["b"]}, [])
    assert widget.replies["one"]["tries"] == 2
    widget._handle_custom_msg({"item": "one", "chosen": ["z"]}, [])
    assert "letters a, b" in widget.replies["one"]["message"]
    widget._handle_custom_msg({"item": "nothing", "chosen": []}, [])
    assert "no question 'nothing'" in widget.replies["nothing"]["message"]
    widget.close()


def outputs_of(*cells, answers=()):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    config = Config({"KernelManager": {"transport_encryption": "auto"}})
    NotebookClient(notebook, timeout=120, kernel_name="python3", config=config).execute()
    return [cell.outputs for cell in notebook.cells]


def test_in_a_kernel_it_is_a_widget_that_can_also_be_read():
    [[shown], [reply]] = outputs_of("from fwlab.grading import quiz\nquiz('q01')", "quiz('q01').answer(1, 'a')")
    assert "application/vnd.jupyter.widget-view+json" in shown["data"]
    assert "1. The stock page asks" in shown["data"]["text/plain"]
    assert "<details>" in shown["data"]["text/html"]
    assert reply["data"]["text/plain"].startswith("✓ Right.")


def test_in_a_kernel_without_widgets_it_is_asked_and_where_nobody_answers_it_is_read():
    without = "import sys\nsys.modules['anywidget'] = None"
    [_, [said, shown]] = outputs_of(without, "from fwlab.grading import quiz\nquiz('q01')")
    assert "Quiz q01: In a hurry" in said["text"]
    assert "application/vnd.jupyter.widget-view+json" not in shown["data"]


def test_a_script_is_not_asked(sums, monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: pytest.fail("asked"))
    assert quiz("q50").items[0].id == "one"


def test_an_unknown_quiz_is_named_with_those_there_are(sums):
    with pytest.raises(UnknownExerciseError, match=r"no quiz 'q77'.*has: q50"):
        quiz("q77")


@pytest.mark.parametrize("path", quiz_files().values(), ids=lambda path: path.stem)
def test_each_quiz_of_the_course_has_five_questions_with_a_reason_for_each_option(path):
    text = read_quiz(path)
    assert len(text.question) == 5
    for question in text.question:
        assert len({option.reason for option in question.option}) == len(question.option) >= 3
