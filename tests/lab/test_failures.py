"""Each kind of failure that a load has is said in words."""

from __future__ import annotations

import doctest

import pytest

from fwlab.lab.runs import failures
from fwlab.lab.runs.failures import meaning


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("timeout", "within the timeout"),
        ("interrupted", "was stopped"),
        ("ConnectError", "nobody took the connection"),
        ("ReadError", "before the answer was whole"),
        ("RemoteProtocolError", "no HTTP"),
        ("HTTP 404", "Not Found"),
        ("HTTP 799", "does not know"),
        ("ZeroDivisionError", "raised by the application"),
    ],
)
def test_in_words(kind, words):
    assert words in meaning(kind)


def test_the_examples_run():
    assert doctest.testmod(failures).failed == 0
