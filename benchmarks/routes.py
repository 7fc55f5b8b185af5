"""Whether a request costs more the more routes an app has: 2 against 200, paths as they stand and templates."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from benchmarks.calling import check, cpu_time
from benchmarks.cases import BY_NAME
from benchmarks.ratios import Table, keep_smallest
from fwlab import App

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTS = (2, 200)
_CASES = {
    "static": dataclasses.replace(BY_NAME["json"], path="/last", answer=b'{"n":1}'),
    "templated": dataclasses.replace(BY_NAME["json"], path="/last/1", answer=b'{"n":1}'),
}


def app_with(routes: int) -> App:
    """Return an app with so many routes, half of them templates; the two that are asked for come last."""
    app = App(openapi_url=None)
    for number in range(routes // 2 - 1):
        app.get(f"/static/{number}")(_nothing)
        app.get(f"/template/{number}/{{n}}")(_nothing)
    app.get("/last")(_one)
    app.get("/last/{n}")(_given)
    return app


async def _nothing() -> None:
    pass


async def _one():
    return {"n": 1}


async def _given(n: int):
    return {"n": n}


async def measure(*, rounds: int, requests: int, step: Callable[[str], None]) -> Table:
    """Return the seconds of CPU of a request, by the number of routes and the kind of path."""
    smallest: Table = {}
    apps = {count: app_with(count) for count in COUNTS}
    for app in apps.values():
        for case in _CASES.values():
            await check(app, case, "the app of many routes")
    for _ in range(rounds):
        for kind, case in _CASES.items():
            for count, app in apps.items():
                step(f"{kind}, {count} routes")
                keep_smallest(smallest, str(count), kind, await cpu_time(app, case, requests))
    return smallest
