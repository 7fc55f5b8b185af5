"""The examples in the laboratory's docstrings run."""

from __future__ import annotations

import asyncio
import doctest
import importlib
import pkgutil

import pytest

import fwlab.lab
from fwlab.lab import stop_all

MODULES = [name for _, name, _ in pkgutil.walk_packages(fwlab.lab.__path__, "fwlab.lab.")]


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_run(module):
    asyncio.run(stop_all())
    results = doctest.testmod(importlib.import_module(module))
    assert results.failed == 0
