"""Applications made of moves, and what their timelines must hold whatever they do."""

from __future__ import annotations

import asyncio
import itertools
import time

import anyio
from hypothesis import strategies as st

from fwlab import App
from fwlab.lab import burn

MOVES = ("sleep", "block", "burn", "thread", "thread burns", "yield", "task", "stream")
moves = st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 40)), max_size=5)
plans = st.lists(moves, min_size=1, max_size=6)


async def make(move, milliseconds, send):
    """Do one thing that a handler may do."""
    seconds = milliseconds / 1000
    if move == "sleep":
        await anyio.sleep(seconds)
    elif move == "block":
        time.sleep(seconds)
    elif move == "burn":
        burn(seconds)
    elif move == "thread":
        await anyio.to_thread.run_sync(time.sleep, seconds)
    elif move == "thread burns":
        await anyio.to_thread.run_sync(burn, seconds)
    elif move == "yield":
        await anyio.sleep(0)
    elif move == "task":
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(make, "block", milliseconds, send)
            tasks.start_soon(make, "sleep", milliseconds, send)
    elif move == "stream":
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await anyio.sleep(seconds)


def app_of(plan):
    """An application whose request ``/n`` makes the n-th list of moves."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for move, milliseconds in plan[int(scope["path"][1:])]:
            await make(move, milliseconds, send)
        await send({"type": "http.response.body", "body": b"done"})

    return app


def fwlab_app():
    """An app with a path operation for each lane."""
    app = App()

    @app.get("/loop")
    async def loop():
        time.sleep(0.2)

    @app.get("/wait")
    async def wait():
        await asyncio.sleep(0.05)

    @app.get("/thread")
    def thread():
        time.sleep(0.05)

    @app.get("/burn")
    def burns():
        burn(0.02)

    @app.get("/process", run_in="process")
    def process():
        burn(0.05)

    return app


def holds_together(timeline):
    """Check what is true of every timeline."""
    by_loop = {}
    for stretch in timeline.loop():
        by_loop.setdefault(stretch.loop, []).append(stretch)
        assert stretch.start <= stretch.end
    for stretches in by_loop.values():
        for before, after in itertools.pairwise(stretches):
            assert before.end <= after.start, "two things are on the loop at once"
    on_loop = []
    for request in timeline.requests:
        states = timeline.states(request)
        for before, after in itertools.pairwise(states):
            assert before.end == after.start, f"{request} has a gap, or is in two states"
        if states:
            assert states[0].start == request.begin
            assert states[-1].end == (timeline.now if request.end is None else request.end)
        on_loop += [(state.start, state.end) for state in states if state.kind == "loop"]
    if len(by_loop) == 1:
        on_loop.sort()
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(on_loop)), "two requests on the loop at once"
