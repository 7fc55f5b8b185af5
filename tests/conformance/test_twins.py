"""Apps of ours, each asked the same on FastAPI and on fwlab: they say the same of themselves and give the same answers.

`make conformance` runs them, in the environment that has FastAPI. What differs on purpose is in docs/fastapi.md, and
not in these apps.
"""

import functools
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
APPS = sorted((HERE / "twins").glob("*.py"))
needs_fastapi = pytest.mark.skipif(
    importlib.util.find_spec("fastapi") is None, reason="FastAPI is not installed here; `make conformance` has it"
)


@functools.cache
def told(framework):
    """What each app says of itself and answers on a framework."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(HERE / "ask.py"), framework, *map(str, APPS)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, env=surroundings)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def differences(theirs, ours, where=""):
    """Each place where two trees of JSON differ, with what both have there."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in theirs.keys() | ours.keys():
            yield from differences(theirs.get(key, "nothing"), ours.get(key, "nothing"), f"{where} / {key}")
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for n, pair in enumerate(zip(theirs, ours, strict=True)):
            yield from differences(*pair, f"{where} [{n}]")
    elif theirs != ours:
        yield f"{where}: FastAPI has {theirs!r}, fwlab {ours!r}"


@needs_fastapi
@pytest.mark.parametrize("app", APPS, ids=lambda app: app.stem)
def test_an_app_is_the_same_on_both(app):
    theirs, ours = told("fastapi")[str(app)], told("fwlab")[str(app)]
    assert ours["answers"]
    assert sorted(differences(theirs, ours)) == []


def test_differences_are_found():
    """Else the test above could not fail."""
    theirs = {"a": [1, {"b": None}], "c": [1]}
    assert list(differences(theirs, theirs)) == []
    assert list(differences(theirs, {"a": [1, {"b": 2}], "c": [1]})) == [" / a [1] / b: FastAPI has None, fwlab 2"]
    assert list(differences(theirs, {"a": [1, {"b": None}], "c": [1, 2]})) == [" / c: FastAPI has [1], fwlab [1, 2]"]
    assert len(list(differences(theirs, {}))) == 2


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.stem)
def test_an_app_is_answered_by_fwlab(app):
    """Here without FastAPI: no answer is missing, and a mistake of the app's is one that the app makes."""
    answers = told("fwlab")[str(app)]["answers"]
    silent = [request for request, answer in answers.items() if answer.keys() == {"raised"}]
    assert silent == []
