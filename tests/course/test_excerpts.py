"""Excerpts of the source: what they show, and that chapter 16 tells of lines that are there."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest

import fwlab
from fwlab import concurrency, dependencies, endpoint, exception_handlers, routing
from fwlab.course import course_folder
from fwlab.course.excerpts import LONGEST, excerpt
from fwlab.endpoint import Plan
from fwlab.exceptions import FwlabError


class Till:
    """A function to take excerpts of."""

    def add(self, price: int) -> int:
        """Add a price."""
        total = price
        if total < 0:
            total = 0
        return total


def test_it_is_the_function_without_its_docstring():
    shown = excerpt(Till.add)
    assert shown.text.splitlines() == [
        "def add(self, price: int) -> int:",
        "    total = price",
        "    if total < 0:",
        "        total = 0",
        "    return total",
    ]
    assert shown.source.endswith("test_excerpts.py, Till.add")


def test_it_can_be_a_part_which_begins_at_the_left():
    assert excerpt(Till.add, first="if", last="= 0").text == "if total < 0:\n    total = 0"
    assert excerpt(Till.add, last="= price").text == "def add(self, price: int) -> int:\n    total = price"


def test_in_a_notebook_it_is_shown_as_python():
    assert excerpt(Till.add, first="return")._repr_markdown_() == (
        f"```python\n# {excerpt(Till.add).source}\nreturn total\n```"
    )


@pytest.mark.parametrize(
    "options", [{"first": "while"}, {"last": "while"}, {"first": "return", "last": "total = price"}]
)
def test_a_line_that_is_gone_is_named(options: dict[str, str]):
    with pytest.raises(
        FwlabError, match=r"Till.add holds '(while|total = price)' from line \d on: its source has changed"
    ):
        excerpt(Till.add, **options)


def test_what_has_grown_too_long_is_refused():
    with pytest.raises(FwlabError, match=rf"has \d\d lines, and {LONGEST} at most are read: cut it"):
        excerpt(Plan._values)


# --- the walk of chapter 16 ----------------------------------------------------------------------------------------


def _last_line(cell: dict[str, Any]) -> str:
    return "".join(cell["source"]).rpartition("\n")[2]


def _stops() -> list[tuple[str, dict[str, Any]]]:
    """The excerpts of the chapter: the prose before each, and its cell."""
    chapter = (course_folder() / "notebooks" / "16_build_your_own.ipynb").read_text(encoding="utf-8")
    pairs = itertools.pairwise(json.loads(chapter)["cells"])
    return [("".join(before["source"]), cell) for before, cell in pairs if _last_line(cell).startswith("excerpt(")]


STOPS = _stops()
OURS = {"App.__call__", "find", "result_of", "values_for", "solve", "call", "fwlab"}
"""What the learner has written, and the prose compares with."""


PLACES = {module.__name__.rpartition(".")[2]: module for module in (concurrency, dependencies, endpoint)}
PLACES |= {"exception_handlers": exception_handlers, "routing": routing, "fwlab": fwlab, "excerpt": excerpt}


def test_the_walk_has_its_stops():
    assert len(STOPS) == 8


@pytest.mark.parametrize(("prose", "cell"), STOPS, ids=[cell["id"] for _, cell in STOPS])
def test_what_the_walk_tells_of_stands_in_the_lines_that_it_shows(prose: str, cell: dict[str, Any]):
    """As they are now, and not as they were when the notebook was executed."""
    shown = eval(_last_line(cell), PLACES)
    (output,) = cell["outputs"]
    assert "".join(output["data"]["text/plain"]) == str(shown), "the notebook shows other lines: execute it again"
    about = prose.rpartition("\n**")[2]  # the paragraph that introduces it
    told = set(re.findall(r"`([^`]+)`", about)) - OURS
    assert [name for name in told if name.rstrip("()").rpartition(".")[2] not in shown.text] == []
