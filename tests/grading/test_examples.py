"""The examples in the descriptions of the grader, the course and the timeline do what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import fwlab.course
import fwlab.grading

MODULES = [
    "fwlab.places",
    "fwlab.lab.trace",
    *(found.name for found in pkgutil.iter_modules(fwlab.course.__path__, "fwlab.course.")),
    *(found.name for found in pkgutil.iter_modules(fwlab.grading.__path__, "fwlab.grading.")),
    "fwlab.course",
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of(name):
    failures, _ = doctest.testmod(importlib.import_module(name))
    assert failures == 0
