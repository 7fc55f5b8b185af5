"""(a) In process: the CPU time of a request, the apps called directly, with no server and no network.

The frameworks take turns, a block of requests each, so that what disturbs the machine disturbs all; the smallest block
of each counts, for disturbance only adds.
"""

from __future__ import annotations

import gc
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from benchmarks.calling import check, cpu_time, started
from benchmarks.cases import turns
from benchmarks.ratios import Table, keep_smallest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.cases import Case
    from fwlab.types import ASGIApp

_FIRST = 50  # requests that fill caches and start threads, and say how many a block takes
_LEAST = 1e-6  # seconds; no request is answered in less


async def measure(
    apps: Mapping[str, ASGIApp],
    cases: Mapping[str, Sequence[Case]],
    *,
    rounds: int,
    seconds: float,
    step: Callable[[str], None],
) -> Table:
    """Return the seconds of CPU that each request takes, by framework and case.

    Args:
        apps: by framework.
        cases: those that each has.
        rounds: how often each is measured.
        seconds: CPU time of one measurement, about.
        step: called before each measurement.

    Raises:
        WrongAnswerError: an app does not answer as it should.
    """
    smallest: Table = {}
    async with AsyncExitStack() as stack:
        for app in apps.values():
            await stack.enter_async_context(started(app))
        sizes: dict[tuple[str, str], int] = {}
        for name, case in turns(cases):
            await check(apps[name], case, name)
            await cpu_time(apps[name], case, _FIRST)
            each = await cpu_time(apps[name], case, _FIRST)  # 0 where the system counts in larger steps
            sizes[name, case.name] = max(_FIRST, int(seconds / max(each, _LEAST)))
        gc.collect()
        gc.freeze()  # the garbage collector need not look at one framework's modules during another's turn
        try:
            for _ in range(rounds):
                for name, case in turns(cases):
                    step(f"{name}: {case.name}")
                    seconds_each = await cpu_time(apps[name], case, sizes[name, case.name])
                    keep_smallest(smallest, name, case.name, seconds_each)
        finally:
            gc.unfreeze()
    return smallest
