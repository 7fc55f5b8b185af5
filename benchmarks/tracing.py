"""What a request costs while a timeline is open, beside the same request without: in process, answered in JSON."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from benchmarks.calling import cpu_time, started
from benchmarks.cases import BY_NAME
from fwlab.lab.trace import trace, traced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fwlab.types import ASGIApp

_BLOCK = 200  # requests; short, so that some block of each kind meets a quiet moment
TRACED = ("fwlab", "fastapi", "starlette")


async def measure(
    apps: Mapping[str, ASGIApp], *, rounds: int, step: Callable[[str], None]
) -> dict[str, dict[str, float]]:
    """Return the seconds of CPU, of all threads, of a request: bare, with tracing off, and on; by framework."""
    case = BY_NAME["json"]
    smallest: dict[str, dict[str, float]] = {}
    async with AsyncExitStack() as stack:
        for app in apps.values():
            await stack.enter_async_context(started(app))
        for _ in range(rounds):
            for name, app in apps.items():
                step(f"{name}, traced")
                followed = traced(app)
                seconds = {"bare": await cpu_time(app, case, _BLOCK), "off": await cpu_time(followed, case, _BLOCK)}
                with trace(app):
                    seconds["on"] = await cpu_time(followed, case, _BLOCK)
                before = smallest.get(name, seconds)
                smallest[name] = {kind: min(before[kind], value) for kind, value in seconds.items()}
    return smallest
