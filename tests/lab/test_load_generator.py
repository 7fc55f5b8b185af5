"""What a load's client used: told apart from the server's share, wherever the two are."""

from __future__ import annotations

import asyncio
import time

import pytest

from fwlab.lab import load, serve, virtual

from .conftest import answer

pytestmark = [pytest.mark.anyio]


async def busy(scope, receive, send):
    """A server that uses far more of the processor than a client does."""
    assert scope["type"] == "http"
    until = time.thread_time() + 0.005
    while time.thread_time() < until:
        pass
    await answer(send)


@pytest.mark.usefixtures("leaves_no_task")
@pytest.mark.parametrize("engine", ["httpx", "raw"])
@pytest.mark.parametrize("place", ["loop", "thread"])
async def test_the_work_of_a_server_in_this_process_is_not_the_client_s(engine, place):
    async with serve(busy, where=place) as server:
        run = await load(server, users=2, requests=40, engine=engine)
    assert (run.generator.engine, run.generator.where) == (engine, "loop")
    assert 0 < run.generator.cpu < 40 * 0.005


@pytest.mark.usefixtures("leaves_no_task")
async def test_in_memory_too():
    run = await load(busy, users=2, requests=40)
    assert 0 < run.generator.cpu < 40 * 0.005


def test_in_virtual_time_nobody_can_tell(hello):
    async def slow(scope, receive, send):
        assert scope["type"] == "http"
        await asyncio.sleep(1)
        await answer(send)

    assert virtual(lambda: load(slow, users=2, requests=4)).generator.cpu is None
