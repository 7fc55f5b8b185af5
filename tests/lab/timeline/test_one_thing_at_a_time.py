"""At any moment at most one thing is on a loop, and a request is in one state, whatever the application does."""

from __future__ import annotations

import sys

import anyio
import pytest
from hypothesis import given, settings

from fwlab.lab import load, serve, trace, traced, virtual

from .apps import app_of, fwlab_app, holds_together, plans

on_uvloop = pytest.mark.skipif(sys.platform == "win32", reason="uvloop is not made for Windows")
loops = pytest.mark.parametrize("loop", ["asyncio", "trio", pytest.param("uvloop", marks=on_uvloop)])


def run_on(loop, main):
    """Run an async function on an event loop of that kind."""
    if loop == "trio":
        return anyio.run(main, backend="trio")
    return anyio.run(main, backend_options={"use_uvloop": loop == "uvloop"})


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
@loops
def test_in_real_time(loop, plan):
    async def run():
        return await ask_all(app_of(plan), plan)

    timeline = run_on(loop, run)
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


@loops
def test_a_hold_is_seen_on_every_loop(loop):
    async def run():
        return await ask_all(app_of([[("block", 300), ("thread", 20), ("sleep", 5)]] * 3), [[]] * 3)

    timeline = run_on(loop, run)
    holds_together(timeline)
    holds = timeline.blocked(0.2)  # on a busy machine, what should take no time can take some
    assert sorted(hold.request.number for hold in holds) == [1, 2, 3]
    assert {hold.text for hold in holds} == {"time.sleep(seconds)"}
