"""A small exercise of two tasks, in a course of its own (the fixture `course`), whose files a test may change."""

from __future__ import annotations

import json

CHECKS = """
from fwlab.grading import task

@task("e50.1", title="Double", points=2)
def double(answer):
    return answer.require("double")

@double.expect(to_try="Count.")
def it_doubles(double, answer):
    assert double(4) == 8, "double(4) is not 8."

@task("e50.2", title="Halve", points=2)
def half(answer):
    return answer.require("half")

@half.expect(to_try="Count.")
def it_halves(half, answer):
    assert half(4) == 2, "half(4) is not 2."
"""
STARTERS = {"e50.1": "def double(n):\n    return n", "e50.2": "def half(n):\n    return n"}


RIGHT = {"e50.1": "def double(n):\n    return 2 * n", "e50.2": "def half(n):\n    return n / 2"}


def cell(role, source, kind="code", **metadata):
    extra = {"outputs": [], "execution_count": None} if kind == "code" else {}
    ours = {"exercise": "e50", "role": role, **metadata}
    name = f"{role} {metadata.get('task', '')} {len(source)}".replace(" ", "-")
    return {"cell_type": kind, "id": name, "source": source, "metadata": {"fwlab": ours}, **extra}


def cells_of_e50():
    made = [cell("text", "# Numbers", kind="markdown")]
    for name, source in STARTERS.items():
        made += [
            cell("starter", source, task=name, points=2),
            cell("solution", RIGHT[name], task=name),
            cell("hint", f"Think of {name}.", kind="markdown", task=name),
            cell("hint", f"Think again of {name}.", kind="markdown", task=name),
        ]
    return [*made, cell("check", "from fwlab.grading import check\n\ncheck('e50')")]


def write_notebook(path, cells, **metadata):
    ours = {"exercise": "e50", "title": "Numbers", **metadata}
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": cells, "metadata": {"fwlab": ours}}))
