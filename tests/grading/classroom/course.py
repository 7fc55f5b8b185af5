"""A course made for these tests: three exercises of three tasks each, the first about an app, the others plain."""

from __future__ import annotations

import json
from pathlib import Path

SECRET = "the-secret-sauce"
"""Stands in expectations and in hidden checks only: no learner's process may ever see it."""

_APP = """
from fwlab import App

app = App()


@app.get("/burgers/{n}")
async def burgers(n: int):
    ...
"""
STARTERS = {
    1: _APP.lstrip(),
    2: "def price(n):\n    ...\n",
    3: "import asyncio\n\n\nasync def both(one, other):\n    ...\n",
}
SOLUTIONS = {
    1: STARTERS[1].replace("    ...", "    return {'burgers': n}"),
    2: "def price(n):\n    return 5 * n\n",
    3: "import asyncio\n\n\nasync def both(one, other):\n    return await asyncio.gather(one(), other())\n",
}
WRONG = {
    1: STARTERS[1].replace("    ...", "    return {'burgers': 2}"),
    2: "def price(n):\n    return 4 * n\n",
    3: "async def both(one, other):\n    return [await one(), await other()]\n",
}

CHECKS = """
from __future__ import annotations

import asyncio
from dataclasses import dataclass
from graphlib import TopologicalSorter

from fwlab.grading import Answer, Finding, Observation, observe, task

SECRET = "%(secret)s"
PRICES = {1: 5, 3: 15, 10: 50}
NUMBERS = tuple(TopologicalSorter({10: [3], 3: [1]}).static_order())  # 1, 3, 10, by a library that is not loaded before


@task("%(id)s.1", title="Serve burgers", points=2)
def serving(answer: Answer) -> Observation:
    return observe(answer.require("app"), ["/burgers/2", "/burgers/3"])


@serving.expect(to_try="Look at what the handler returns.")
def every_answer_is_right(seen: Observation, answer: Answer) -> None:
    assert SECRET
    assert [reply.json() for reply in seen.replies] == [{"burgers": 2}, {"burgers": 3}], "The answers differ."


@task("%(id)s.2", title="Say the price", points=1)
def pricing(answer: Answer) -> list[object]:
    return [answer.require("price")(number) for number in NUMBERS]


@pricing.expect(to_try="Count again.")
def prices_are_right(prices: list[object], answer: Answer) -> None:
    assert prices == list(PRICES.values()), f"The prices were {prices}."


@pricing.diagnose
def too_cheap(prices: list[object], answer: Answer) -> Finding | None:
    if all(isinstance(price, int) for price in prices) and sum(prices) < sum(PRICES.values()):
        return Finding("The shop loses money.", "Who pays for the bun?")
    return None


@dataclass
class Both:
    result: object
    order: list[str]


@task("%(id)s.3", title="Do both at once", points=1)
def doing_both(answer: Answer) -> Both:
    order: list[str] = []

    async def fry() -> str:
        order.append("fry begins")
        await asyncio.sleep(0)
        order.append("fry ends")
        return "fries"

    async def grill() -> str:
        order.append("grill begins")
        await asyncio.sleep(0)
        order.append("grill ends")
        return "patty"

    return Both(asyncio.run(answer.require("both")(fry, grill)), order)


@doing_both.expect(to_try="Who waits for whom?")
def both_begin_before_either_ends(both: Both, answer: Answer) -> None:
    assert list(both.result) == ["fries", "patty"], f"It returned {both.result}."
    assert both.order[:2] == ["fry begins", "grill begins"], "One waited for the other."
"""


def write_course(folder: Path, exercises: tuple[str, ...] = ("e91", "e92", "e93")) -> Path:
    """Write the course into a folder."""
    (folder / "notebooks").mkdir(parents=True)
    for name in exercises:
        beside = folder / "exercises" / f"{name}_burgers"
        beside.mkdir(parents=True)
        (beside / "checks.py").write_text(CHECKS % {"id": name, "secret": SECRET})
        cells = []
        for number in (1, 2, 3):
            cells.append(_cell(name, STARTERS[number], "starter", number))
            cells.append(_cell(name, SOLUTIONS[number] + f"# {SECRET}\n", "solution", number))
        cells.append(
            _cell(
                name, f"@pricing.expect(to_try='')\ndef hidden(seen, answer):\n    assert '{SECRET}'", "hidden check", 2
            )
        )
        beside.with_suffix(".ipynb").write_text(json.dumps(_notebook(cells, title=f"Burgers {name}")))
    return folder


def notebook(
    exercise: str = "e91", answers: dict[int, str] | None = None, *, before: tuple[str, ...] = (), **changes: object
) -> bytes:
    """A learner's notebook: right answers, but for the tasks that `answers` has others for."""
    given = SOLUTIONS | (answers or {})
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in before]
    cells += [_cell(exercise, given[number], "starter", number) for number in (1, 2, 3)]
    cells.append(_cell(exercise, f"check({exercise!r})", "check", 1))
    return json.dumps(_notebook(cells) | changes).encode()


def _cell(exercise: str, source: str, role: str, number: int) -> dict[str, object]:
    ours = {"exercise": exercise, "role": role, "task": f"{exercise}.{number}"}
    kind = {"outputs": [], "execution_count": None}
    return {
        "cell_type": "code",
        "id": f"{role.replace(' ', '-')}-{number}",
        "source": source,
        "metadata": {"fwlab": ours},
        **kind,
    }


def _notebook(cells: list[dict[str, object]], **ours: object) -> dict[str, object]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"fwlab": ours}, "cells": cells}
