"""What a quiz's file must have, and that its author is told where it has not."""

from __future__ import annotations

import pytest

from fwlab.grading import ExerciseError
from fwlab.grading.questions.quiz_file import read_quiz

GOOD = """
title = "Sums"
[[question]]
id = "one"
text = "1 + 1?"
option = [{text = "2", right = true, reason = "So it is."}, {text = "3", reason = "One less."}]
"""


@pytest.fixture
def quiz_of(tmp_path):
    def read(content):
        path = tmp_path / "q50_sums.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_quiz(path)

    return read


def test_a_quiz_is_read(quiz_of):
    quiz = quiz_of(GOOD)
    assert (quiz.title, quiz.question[0].option[0].right, quiz.question[0].option[1].right) == ("Sums", True, False)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff", "is not TOML"),
        ("title =", "is not TOML"),
        ("", "at title: "),
        ('title = "Sums"', "at question: "),
        (GOOD.replace(", right = true", ""), r"at question\.1: .*some options are right and some are not"),
        (GOOD.replace(', reason = "One less."', ""), r"at question\.1\.option\.2\.reason: "),
        (GOOD.replace('"One less."', '"  "'), r"at question\.1\.option\.2\.reason: "),
        (GOOD.replace("reason = ", "reasons = "), r"at question\.1\.option\.1\.reason"),
        (GOOD.replace('"3"', '"2"'), "two options have the same text"),
        (GOOD.replace(', {text = "3", reason = "One less."}', ""), r"at question\.1\.option: "),
        (GOOD.replace('id = "one"', 'id = "Number One"'), r"at question\.1\.id: "),
        (GOOD + GOOD.split("\n", 2)[2], "two questions have the same id"),
    ],
)
def test_what_is_missing_is_named_with_its_place(quiz_of, content, message):
    with pytest.raises(ExerciseError, match=message) as error:
        quiz_of(content)
    assert "q50_sums.toml" in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ExerciseError, match="cannot be read"):
        read_quiz(tmp_path / "q51.toml")
