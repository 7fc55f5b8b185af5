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

Batch = tuple[Step, ...]


def batches(steps: Sequence[Step]) -> tuple[Batch, ...]:
    """Group steps so that each batch needs only results of earlier ones; those of a batch may run side by side.

    A generator is entered in a batch of its own, since the order of clean-up is the order of entering.
    """
    levels: dict[str, int] = {}
    grouped: dict[int, list[Step]] = {}
    floor = 0
    for step in steps:
        level = max([floor, *(levels[slot] + 1 for _, slot in step.needs)])
        if step.cleans_up is not None:
            level = max([level, *(known + 1 for known in grouped)])
            floor = level + 1
        levels[step.slot] = level
        grouped.setdefault(level, []).append(step)
    return tuple(tuple(grouped[level]) for level in sorted(grouped))


async def run_batches(grouped: Sequence[Batch], values: dict[str, Any], stacks: ExitStacks | None) -> None:
    """Run the steps, those of each batch side by side, and keep their results in ``values``."""
    for batch in grouped:
        if len(batch) == 1:
            values[batch[0].slot] = await batch[0].run(values, stacks)
        else:
            await _run_together(batch, values, stacks)


async def _run_together(batch: Batch, values: dict[str, Any], stacks: ExitStacks | None) -> None:
    failed: list[Exception] = []

    async def run(step: Step) -> None:
        try:
            values[step.slot] = await step.run(values, stacks)
        except Exception as error:
            failed.append(error)
            group.cancel_scope.cancel()  # nobody needs the others any more

    async with anyio.create_task_group() as group:
        for step in batch:
            group.start_soon(run, step)
    if failed:
        raise failed[0]


async def run_unless_disconnected(work: Awaitable[Any], receive: Receive) -> Any:
    """Wait for work to end, or until the client has left.

    Raises:
        ClientDisconnect: the client left, and the work was cancelled.
    """
    result: Any = None
    failed: Exception | None = None
    done = False

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        try:
            result = await work
            done = True
        except Exception as error:
            failed = error  # raised below, for the task group would wrap it
        group.cancel_scope.cancel()
    if failed is not None:
        raise failed
    if not done:
        raise ClientDisconnect
    return result
