"""At any moment at most one thing is on a loop, and a request is in one state, whatever the application does."""

from __future__ import annotations

import anyio
import pytest
from hypothesis import given, settings

from fwlab.lab import load, serve, trace, traced, virtual

from .apps import app_of, fwlab_app, holds_together, plans

both_loops = pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])


async def ask(app, path):
    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        await anyio.sleep(0)

    await traced(app)({"type": "http", "method": "GET", "path": path}, receive, send)


async def ask_all(app, plan):
    with trace(app) as timeline:
        async with anyio.create_task_group() as tasks:
            for number in range(len(plan)):
                tasks.start_soon(ask, app, f"/{number}")
        holds_together(timeline)  # while it is open, too
    return timeline


@given(plans)
@settings(deadline=None, max_examples=60)
def test_in_virtual_time(plan):
    timeline = virtual(lambda: ask_all(app_of(plan), plan))
    assert len(timeline.requests) == len(plan)
    holds_together(timeline)
    # Of a request, no time on the loop is lost: what its own moves hold it for is in its steps.
    for request, moves in zip(sorted(timeline.requests, key=lambda request: request.path), plan, strict=True):
        held = sum(milliseconds for move, milliseconds in moves if move == "block")
        assert request.on_loop >= held / 1000 - 1e-9


@given(plans)
@settings(deadline=None, max_examples=20)
def test_in_virtual_time_each_time_the_same(plan):
    def story():
        return virtual(lambda: ask_all(app_of(plan), plan)).narrate()

    assert story() == story()


@given(plans)
@settings(deadline=None, max_examples=8)
@both_loops
def test_in_real_time(anyio_backend, plan):
    async def run():
        return await ask_all(app_of(plan), plan)

    timeline = anyio.run(run, backend=anyio_backend)
    assert len(timeline.requests) == len(plan)
    holds_together(timeline)


@pytest.mark.anyio
@pytest.mark.parametrize("engine", ["httpx", "raw"])
async def test_on_a_server_in_this_loop(engine):
    app = fwlab_app()
    async with await serve(app) as server:
        with trace(app) as timeline:
            await load(server, {"/loop": 1, "/wait": 3, "/thread": 3, "/burn": 3}, users=8, requests=30, engine=engine)
    assert len(timeline.requests) == 38
    holds_together(timeline)


@pytest.mark.anyio
async def test_on_two_loops_at_once():
    app = fwlab_app()
    server = await serve(app, where="thread")
    try:
        with trace(app) as timeline:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(lambda: load(server, "/burn", users=3, requests=9, warmup=0))
                tasks.start_soon(lambda: load(app, "/thread", users=3, requests=9, warmup=0))
    finally:
        await server.stop()
    assert len({stretch.loop for stretch in timeline.loop() if stretch.request}) == 2
    holds_together(timeline)


@pytest.mark.anyio
async def test_a_loop_of_uvloop():
    uvloop = pytest.importorskip("uvloop", reason="uvloop is not installed")

    async def run():
        return await ask_all(app_of([[("block", 20), ("thread", 20), ("sleep", 5)]] * 3), [[]] * 3)

    def main():
        with __import__("asyncio").Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(run())

    timeline = await anyio.to_thread.run_sync(main)
    holds_together(timeline)
