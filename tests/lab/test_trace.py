"""The timeline: what it writes down about requests, and whom it names when the loop is held."""

from __future__ import annotations

import asyncio
import importlib
import itertools
import json
import linecache
import re
import threading

import anyio
import pytest

from fwlab.lab.clock.run import virtual
from fwlab.lab.errors import LabError
from fwlab.lab.timeline.records import Other
from fwlab.lab.trace import trace, traced

# The package may export the function `trace` under the same name, so `import … as` could give that.
monitor = importlib.import_module("fwlab.lab.timeline.monitor")

both_loops = pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])


async def no_body():
    return {"type": "http.request", "body": b"", "more_body": False}


async def ask(app, path="/", method="GET"):
    sent = []

    async def send(message):
        sent.append(message)

    await traced(app)({"type": "http", "method": method, "path": path}, no_body, send)
    return sent


async def answer(send, status=200):
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


async def three_steps(scope, receive, send):
    await anyio.sleep(0)
    await anyio.sleep(0)
    await answer(send)


@pytest.fixture
def looks(monkeypatch):
    """Count the looks of the monitor, so that a test can hold the loop until it has been seen."""
    look = monitor.frame_of
    seen = threading.Event()
    count = 0

    def counted(thread):
        nonlocal count
        count += 1
        if count == 3:  # the two before have been written down
            seen.set()
        return look(thread)

    monkeypatch.setattr(monitor, "frame_of", counted)
    return seen


@pytest.mark.anyio
@both_loops
async def test_without_a_timeline_an_app_does_the_same():
    assert [message["type"] for message in await ask(three_steps)] == ["http.response.start", "http.response.body"]


@pytest.mark.anyio
@both_loops
async def test_a_request_is_written_down_with_its_steps():
    with trace(three_steps) as timeline:
        sent = await ask(three_steps, "/burgers", "POST")
    [request] = timeline.requests
    assert (request.number, request.method, request.path, request.status) == (1, "POST", "/burgers", 200)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert len(request.steps) >= 3
    assert request.start <= request.steps[0].start
    assert request.steps[-1].end <= request.end


@pytest.mark.anyio
@both_loops
async def test_requests_that_wait_for_each_other_are_all_in_flight():
    arrived, everyone = 0, anyio.Event()

    async def meet(scope, receive, send):
        nonlocal arrived
        arrived += 1
        if arrived == 5:
            everyone.set()
        await everyone.wait()
        await answer(send)

    with trace(meet) as timeline:
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(ask, meet)
    assert timeline.max_in_flight() == 5
    assert sorted(request.number for request in timeline.requests) == [1, 2, 3, 4, 5]


@pytest.mark.anyio
@both_loops
async def test_requests_one_after_the_other_are_never_in_flight_together():
    with trace(three_steps) as timeline:
        for _ in range(3):
            await ask(three_steps)
    assert timeline.max_in_flight() == 1
    assert len(timeline.requests) == 3


@pytest.mark.anyio
@both_loops
async def test_the_line_that_held_the_loop_is_the_users_not_the_librarys(looks):
    async def app(scope, receive, send):
        await anyio.sleep(0)
        looks.wait()  # the culprit
        await answer(send)

    with trace(app) as timeline:
        await ask(app, "/slow")
    [hold] = timeline.blocked(seconds=0.0)[-1:]
    assert hold.text == "looks.wait()  # the culprit"
    assert (hold.filename, hold.function) == (__file__, "app")
    assert linecache.getline(hold.filename, hold.line).strip() == hold.text
    assert str(hold.request) == "request 1 (GET /slow)"
    assert hold.request.start <= hold.start <= hold.end <= hold.request.end
    assert "at line" in str(hold)
    assert "looks.wait()" in str(hold)


@pytest.mark.anyio
async def test_a_line_of_a_notebooks_cell_is_the_users_too(looks):
    cell = "def wait(event):\n    event.wait()\n"
    linecache.cache["<cell 7>"] = (len(cell), None, cell.splitlines(keepends=True), "<cell 7>")
    namespace = {}
    exec(compile(cell, "<cell 7>", "exec"), namespace)

    async def app(scope, receive, send):
        namespace["wait"](looks)
        await answer(send)

    with trace(app) as timeline:
        await ask(app)
    [hold] = timeline.blocked(seconds=monitor.LONG_STEP)
    assert (hold.filename, hold.line, hold.text, hold.function) == ("<cell 7>", 2, "event.wait()", "wait")


@pytest.mark.anyio
async def test_the_line_is_never_one_outside_of_the_step(looks):
    # A library holds the loop by itself: this test called it all and is the user's code, but did not hold it.
    namespace = {}
    exec(compile("async def app(scope, receive, send):\n    seen.wait()\n", json.__file__, "exec"), namespace)
    namespace["seen"] = looks
    with trace(namespace["app"]) as timeline:
        await ask(namespace["app"])
    [hold] = timeline.blocked(seconds=monitor.LONG_STEP)
    assert hold.place is None


@pytest.mark.anyio
async def test_a_hold_that_nobody_saw_is_reported_without_a_line(monkeypatch):
    monkeypatch.setattr(monitor, "frame_of", lambda thread: None)
    with trace(three_steps) as timeline:
        await ask(three_steps)
    holds = timeline.blocked(seconds=0.0)
    assert holds
    assert all((hold.place, hold.line, hold.text) == (None, None, None) for hold in holds)
    assert str(holds[0]).startswith("request 1 (GET /) held the loop for 0.0")


@pytest.mark.anyio
@both_loops
async def test_what_holds_the_loop_and_is_no_request_is_named_too(monkeypatch):
    seen = threading.Event()
    weigh = monitor.weigh

    def noted(stretch, place, seconds):
        weigh(stretch, place, seconds)
        if isinstance(stretch, Other):
            seen.set()

    monkeypatch.setattr(monitor, "weigh", noted)
    with trace(three_steps) as timeline:
        await ask(three_steps)
        await anyio.sleep(0)
        seen.wait()  # a cell may
    held = [hold for hold in timeline.blocked(seconds=monitor.LONG_STEP) if hold.text == "seen.wait()  # a cell may"]
    assert [(hold.request, hold.filename) for hold in held] == [(None, __file__)]
    assert held[0].owner.startswith(f"`{held[0].function}` line {held[0].line}")


@pytest.mark.anyio
async def test_in_virtual_time_there_is_no_monitor(monkeypatch):
    async def look():
        with trace(three_steps) as timeline:
            await ask(three_steps)
            return timeline, "fwlab-trace" in [thread.name for thread in threading.enumerate()]

    timeline, watched = virtual(look)
    assert len(timeline.requests) == 1
    assert not watched


@pytest.mark.anyio
async def test_where_no_thread_can_be_started_nobody_looks(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with trace(three_steps) as timeline:
        await ask(three_steps)
    assert len(timeline.requests) == 1


@pytest.mark.anyio
async def test_a_view_that_fails_does_not_end_the_looking(caplog, looks):
    def fails(*, last=False):
        raise ValueError

    async def app(scope, receive, send):
        looks.wait()
        await answer(send)

    with trace(app) as timeline:
        timeline._monitor.add_view(fails)
        await ask(app)
    assert timeline.blocked(seconds=monitor.LONG_STEP)[0].text == "looks.wait()"
    assert "cannot go on" in caplog.text


@pytest.mark.anyio
async def test_short_steps_are_not_reported():
    with trace(three_steps) as timeline:
        await ask(three_steps)
    assert timeline.blocked(seconds=60) == []


@pytest.mark.anyio
@both_loops
async def test_an_error_of_the_app_comes_through_and_ends_the_request():
    async def app(scope, receive, send):
        await anyio.sleep(0)
        raise ZeroDivisionError

    with trace(app) as timeline, pytest.raises(ZeroDivisionError):
        await ask(app)
    [request] = timeline.requests
    assert request.status is None
    assert request.end is not None


@pytest.mark.anyio
@both_loops
async def test_a_cancelled_app_sees_it_and_cleans_up():
    cleaned = []

    async def app(scope, receive, send):
        try:
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            cleaned.append(True)
            raise

    with trace(app) as timeline:
        with anyio.move_on_after(0):
            await ask(app)
    assert cleaned == [True]
    assert timeline.requests[0].end is not None


@pytest.mark.anyio
async def test_an_exception_thrown_into_the_app_arrives_there():
    async def app(scope, receive, send):
        for _ in range(100):
            await asyncio.sleep(0)  # not a future: asyncio cancels it by throwing into the coroutine

    with trace(app) as timeline:
        task = asyncio.create_task(ask(app))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(timeline.requests[0].steps) < 100


def test_a_request_inside_a_step_of_another_interrupts_it():
    async def inner(scope, receive, send):
        await answer(send)

    async def outer(scope, receive, send):
        with pytest.raises(StopIteration):  # what an eager task does: the first step at once, inside the caller's
            ask(inner).send(None)
        await answer(send)

    with trace(outer) as around, trace(inner) as within, pytest.raises(StopIteration):
        ask(outer).send(None)
    assert len(around.requests) == len(within.requests) == 1


def test_at_most_one_request_is_on_the_loop():
    async def app(scope, receive, send):
        if scope["path"] != "/0":
            with pytest.raises(StopIteration):
                ask(app, f"/{int(scope['path'][1:]) - 1}").send(None)
        await answer(send)

    with trace(app) as timeline, pytest.raises(StopIteration):
        ask(app, "/3").send(None)
    assert timeline.max_in_flight() == 4
    steps = sorted((step for request in timeline.requests for step in request.steps), key=lambda step: step.start)
    assert [step.request.path for step in steps] == ["/3", "/2", "/1", "/0", "/1", "/2", "/3"]
    assert all(before.end <= after.start for before, after in itertools.pairwise(steps))


@pytest.mark.anyio
async def test_several_timelines_may_be_open_also_for_one_app():
    async def other(scope, receive, send):
        await answer(send, 204)

    with trace(three_steps) as first, trace(other) as second:
        with trace(three_steps) as third:
            await ask(three_steps)
        await ask(three_steps)
        await ask(other)
    await ask(three_steps)
    assert [len(timeline.requests) for timeline in (first, second, third)] == [2, 1, 1]
    assert second.requests[0].status == 204


@pytest.mark.anyio
async def test_only_requests_are_followed():
    scopes = []

    async def app(scope, receive, send):
        scopes.append(scope)

    lifespan = {"type": "lifespan"}
    with trace(app) as timeline:
        await traced(app)(lifespan, no_body, no_body)
    assert scopes == [lifespan]
    assert timeline.requests == []


@pytest.mark.anyio
async def test_a_timeline_prints_as_a_table():
    with trace(three_steps) as timeline:
        await ask(three_steps, "/a")
        await ask(three_steps, "/b")
    heading, _, first, second, *_ = str(timeline).splitlines()
    assert heading.startswith("2 requests, at most 1 in flight; the loop was ")
    assert first.endswith("GET /a")
    assert second.endswith("GET /b")
    assert " 200 " in first


@pytest.mark.anyio
async def test_an_unfinished_request_prints_too():
    async def app(scope, receive, send):
        print_of.append(str(timeline))

    print_of = []
    with trace(app) as timeline:
        await ask(app)
    assert re.search(r"…\s.*no answer", print_of[0])


def test_what_is_no_application_is_refused():
    with pytest.raises(LabError, match="pass the app itself"), trace("app"):
        pass


def test_no_monitor_is_left_behind():
    with trace(three_steps):
        assert [thread.name for thread in threading.enumerate()].count("fwlab-trace") == 1
    assert "fwlab-trace" not in [thread.name for thread in threading.enumerate()]
