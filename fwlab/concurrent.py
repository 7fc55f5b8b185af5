"""What runs side by side within one request, where a path operation or an app asks for it.

Both cost a task group, which is as much as a whole request of the plain kind, so both are paid for only there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

import anyio

from fwlab.dependencies import ExitStacks, Step
from fwlab.requests import ClientDisconnect
from fwlab.types import Receive


def batches(steps: Sequence[Step]) -> list[list[Step]]:
    """Group steps so that each batch needs only results of earlier ones; those of a batch may run side by side.

    A generator is entered in a batch of its own, since the order of clean-up is the order of entering.
    """
    grouped: list[list[Step]] = []
    levels: dict[str, int] = {}
    first = 0  # the batch that a step may join at the earliest
    for step in steps:
        level = max([first, *(levels[slot] + 1 for _, slot in step.needs)])
        if step.cleans_up is not None:
            level = len(grouped)
            first = level + 1
        if level == len(grouped):
            grouped.append([])
        grouped[level].append(step)
        levels[step.slot] = level
    return grouped


async def run_batches(grouped: Sequence[Sequence[Step]], values: dict[str, Any], stacks: ExitStacks | None) -> None:
    """Run the steps, those of each batch side by side, and keep their results in ``values``."""
    failed: list[Exception] = []

    async def run(step: Step) -> None:
        try:
            values[step.slot] = await step.run(values, stacks)
        except Exception as error:
            failed.append(error)
            group.cancel_scope.cancel()  # nobody needs the others any more

    for first, *others in grouped:
        if not others:  # in this task, in which what a generator enters is left again
            values[first.slot] = await first.run(values, stacks)
            continue
        async with anyio.create_task_group() as group:
            for step in (first, *others):
                group.start_soon(run, step)
        if failed:
            raise failed[0]


async def run_unless_disconnected(work: Awaitable[Any], receive: Receive) -> Any:
    """Wait for work to end, or until the client has left.

    Raises:
        ClientDisconnect: the client left, and the work was cancelled.
    """
    result: Any = None
    failed: Exception | None = ClientDisconnect()

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        try:
            result, failed = await work, None
        except Exception as error:
            failed = error  # raised below, for the task group would wrap it
        group.cancel_scope.cancel()
    if failed is not None:
        raise failed
    return result
