"""A coroutine run step by step is run exactly as by `await`."""

from __future__ import annotations

import anyio
import pytest

from fwlab.concurrency import in_steps


@pytest.mark.anyio
async def test_each_step_is_seen_and_the_result_comes_back():
    seen = []

    async def work():
        seen.append("first")
        await anyio.sleep(0)
        seen.append("second")
        return "done"

    result = await in_steps(work(), lambda: seen.append("enter"), lambda _: seen.append("leave"))
    assert result == "done"
    assert seen[0:3] == ["enter", "first", "leave"]
    assert seen[-3:] == ["enter", "second", "leave"]


@pytest.mark.anyio
async def test_exceptions_go_both_ways():
    left = []

    async def work():
        with pytest.raises(TimeoutError):
            with anyio.fail_after(0.01):
                await anyio.sleep(20)
        raise LookupError("later")

    with pytest.raises(LookupError, match="later"):
        await in_steps(work(), lambda: 7, left.append)
    assert set(left) == {7}
    assert len(left) > 1


def test_a_coroutine_that_is_dropped_is_closed():
    closed = []

    async def work():
        try:
            await anyio.sleep(20)
        finally:
            closed.append(True)

    class Pause:
        def __await__(self):
            yield

    async def waits():
        try:
            await Pause()
        finally:
            closed.append(True)

    running = in_steps(waits(), lambda: None, lambda _: None)
    next(running)
    running.close()
    assert closed == [True]
