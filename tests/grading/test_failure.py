"""What a learner is told of an exception: their own lines, each once, and nothing that differs from run to run."""

from __future__ import annotations

from fwlab.grading.answer import answer_of
from fwlab.grading.failure import failure_of


def failure_in(source):
    answer = answer_of(source, "e50.1")
    try:
        answer.require("main")()
    except Exception as error:
        return failure_of(error)
    raise AssertionError("nothing was raised")


def told(failure):
    """The lines that are told, without those of the call in this file: it is not of fwlab, either."""
    return failure.text.splitlines()[2:]


def test_their_lines_are_quoted_from_the_outside_in():
    failure = failure_in("import json\n\ndef read(text):\n    return json.loads(text)\n\ndef main():\n    read('no')")
    assert failure.error == "JSONDecodeError"
    assert told(failure)[:4] == [
        "line 7, in main",
        "    read('no')",
        "line 4, in read",
        "    return json.loads(text)",
    ]
    assert "json/decoder.py" not in failure.text


def test_a_comprehension_is_no_line_of_its_own():
    failure = failure_in("def main():\n    return [1 / number for number in (1, 0)]")
    assert told(failure) == [
        "line 2, in main",
        "    return [1 / number for number in (1, 0)]",
        "ZeroDivisionError: division by zero",
    ]


def test_a_comprehension_over_several_lines_shows_the_line_that_failed():
    failure = failure_in("def main():\n    return [\n        1 / number\n        for number in (1, 0)\n    ]")
    assert "    1 / number" in told(failure)


def test_where_things_are_in_memory_is_left_out():
    failure = failure_in("def main():\n    raise ValueError(object())")
    assert failure.message == "<object object>"
    assert " at 0x" not in failure.text
