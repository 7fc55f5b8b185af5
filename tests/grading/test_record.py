"""Experiments in virtual time: what is written down, exactly, of what an async function or an app does."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import anyio
import pytest

from fwlab import App
from fwlab.course.activities import activity
from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty, stir_sauce
from fwlab.grading import Ask, Finding, observe, record, record_requests
from fwlab.grading.orders import shuffled
from fwlab.grading.recording import Thing
from fwlab.grading.timelimit import OutOfTimeError, within

from .conftest import run_cell


def function_of(source, name="main"):
    """A learner's function: its lines are known, and are nobody's library."""
    return run_cell("import asyncio\nimport time\n" + source)[name]


def test_it_has_the_result_and_exact_times():
    async def lunch():
        await bake_bun()
        return await asyncio.gather(grill_patty(), fry_potatoes())

    seen = record(lunch)
    assert seen.result == ["patty", "fries"]
    assert seen.seconds == 0.6
    assert [(one.name, one.begin, one.end, one.lane, one.outcome) for one in seen.activities] == [
        ("bake bun", 0.0, 0.2, "loop", "done"),
        ("grill patty", 0.2, 0.6, "loop", "done"),
        ("fry potatoes", 0.2, 0.5, "loop", "done"),
    ]
    assert seen.names == ["bake bun", "grill patty", "fry potatoes"]
    assert seen.most_at_once() == 2
    assert (seen.holds, seen.never_awaited, seen.left_over, seen.lost, seen.stuck) == ([], [], [], [], "")


def test_it_has_who_held_the_loop_at_which_line():
    seen = record(function_of("async def main():\n    await asyncio.sleep(1)\n    time.sleep(0.5)"))
    [hold] = seen.holds
    assert (hold.begin, hold.end, hold.seconds) == (1.0, 1.5, 0.5)
    assert (hold.place.line, hold.place.text) == (5, "time.sleep(0.5)")
    assert seen.longest_hold is hold


def test_a_ticker_has_a_turn_whenever_the_loop_is_free():
    async def half_and_half():
        time.sleep(0.5)
        await asyncio.sleep(0.5)

    ticks = record(half_and_half, tick=0.1).ticks
    assert ticks[0] == 0.5
    assert 5 <= len(ticks) <= 6


def test_work_in_threads_is_in_its_lane():
    async def two_cooks():
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.to_thread.run_sync, stir_sauce)
            group.start_soon(anyio.to_thread.run_sync, stir_sauce)

    seen = record(two_cooks)
    assert (seen.seconds, seen.most_in_threads(), len({one.thread for one in seen.activities})) == (0.2, 2, 2)
    assert {one.lane for one in seen.activities} == {"thread"}


def test_it_has_what_was_not_awaited():
    assert record(function_of("async def main():\n    asyncio.sleep(1)")).never_awaited == ["sleep"]
    seen = record(function_of("async def main():\n    return [asyncio.sleep(1)]"))
    assert seen.never_awaited == ["sleep"]
    assert isinstance(seen.result[0], Thing)
    assert repr(seen.result[0]) == "<coroutine object sleep>"


def test_it_has_the_tasks_that_were_left_as_they_were():
    async def forgets():
        asyncio.create_task(bake_bun(), name="baking")  # noqa: RUF006
        await asyncio.sleep(0.1)

    seen = record(forgets)
    assert seen.left_over == ["bake_bun"]
    assert (seen.activities[0].end, seen.activities[0].outcome) == (None, "")
    assert seen.lost == []


def test_a_task_that_was_cancelled_is_not_left():
    async def tidies():
        baking = asyncio.create_task(bake_bun())
        await asyncio.sleep(0.1)
        baking.cancel()

    seen = record(tidies)
    assert seen.left_over == []
    assert [(one.end, one.outcome) for one in seen.activities] == [(0.1, "cancelled")]


def test_it_has_the_exceptions_that_nobody_saw():
    source = (
        "async def boom():\n    1 / 0\n\nasync def main():\n    asyncio.create_task(boom())\n    await asyncio.sleep(1)"
    )
    [lost] = record(function_of(source)).lost
    assert lost.error == "ZeroDivisionError"
    assert "line 4, in boom" in lost.text


def test_what_it_raises_is_written_down():
    seen = record(function_of("async def main():\n    await asyncio.sleep(1)\n    raise TimeoutError('no more buns')"))
    assert (seen.failure.error, seen.failure.message, seen.seconds, seen.stuck) == (
        "TimeoutError",
        "no more buns",
        1.0,
        "",
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("while True: await asyncio.sleep(1)", "After 60 seconds .* at line 4 of main: while True"),
        ("await asyncio.Event().wait()", "After 60 seconds .* at line 4 of main: await asyncio.Event"),
        ("while True: await asyncio.sleep(0)", "spins"),
    ],
    ids=["for ever", "nobody comes", "spins"],
)
def test_what_never_ends_is_stuck(body, said):
    import re

    assert re.search(said, record(function_of(f"async def main():\n    {body}")).stuck)


def test_a_plain_function_is_called_and_said_to_be_none_that_can_be_awaited():
    seen = record(lambda: "grilled")
    assert (seen.awaitable, seen.result) == (False, "grilled")


def test_nothing_is_left_behind():
    before = set(threading.enumerate())

    async def forgets():
        asyncio.create_task(asyncio.sleep(100))  # noqa: RUF006

    record(forgets)
    assert set(threading.enumerate()) == before
    with activity("after it"):  # nobody listens any more
        pass


def test_who_goes_first_can_be_shuffled():
    async def race():
        order = []

        async def run(name):
            await asyncio.sleep(0)
            order.append(name)

        await asyncio.gather(*(run(name) for name in "abcdef"))
        return order

    assert record(race).result == list("abcdef")
    assert record(race, seed=1).result == record(race, seed=1).result != list("abcdef")
    with shuffled(1):
        assert record(race).result == record(race, seed=1).result


def shop():
    app = App()

    @app.get("/bun")
    async def bun():
        return await bake_bun()

    @app.get("/sauce")
    def sauce():
        return stir_sauce()

    @app.get("/broken")
    async def broken():
        raise KeyError("bun")

    @app.post("/order")
    async def order(item: dict):
        return item

    return app


@pytest.mark.parametrize("ask", [record_requests, observe], ids=["in virtual time", "in real time"])
def test_a_status_is_plain_data_whatever_the_app_sends(ask):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": HTTPStatus.NOT_FOUND, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert type(ask(app, ["/"]).replies[0].status) is int


def test_requests_are_activities_and_have_their_replies():
    seen = record_requests(shop(), ["/bun", "/sauce", Ask("/order", method="POST", json={"n": 2}, at=0.5)])
    assert [reply.json() for reply in seen.replies] == ["bun", "sauce", {"n": 2}]
    assert {(one.name, one.begin, one.end, one.request) for one in seen.activities} == {
        ("GET /bun", 0.0, 0.2, 0),
        ("bake bun", 0.0, 0.2, 0),
        ("GET /sauce", 0.0, 0.2, 1),
        ("stir sauce", 0.0, 0.2, 1),
        ("POST /order", 0.5, 0.5, 2),
    }


def test_a_handler_that_raises_is_written_down():
    seen = record_requests(shop(), ["/bun", "/broken"])
    assert [reply.status for reply in seen.replies] == [200, 500]
    assert seen.failure is seen.replies[1].failure
    assert seen.failure.error == "KeyError"


def test_who_leaves_gets_no_answer_and_is_worked_for_to_the_end():
    seen = record_requests(shop(), [Ask("/bun", leaves_at=0.1)])
    assert seen.replies[0].status is None
    ends = {one.name: (one.end, one.outcome) for one in seen.activities}
    assert ends == {"GET /bun": (0.1, "cancelled"), "bake bun": (0.2, "done")}


def test_what_is_no_application_is_a_finding():
    with pytest.raises(Finding, match="`app` is of type int"):
        record_requests(42, ["/bun"])


# The exception that ends a thread may strike in a callback of the garbage collector, which cannot pass it on.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_run_that_is_out_of_time_leaves_no_thread():
    main = function_of("async def main():\n    while True:\n        await asyncio.sleep(1e-9)")
    before = set(threading.enumerate())
    with pytest.raises(OutOfTimeError):
        within(0.5, lambda: record(main))
    assert "fwlab virtual time" not in [thread.name for thread in set(threading.enumerate()) - before]


def test_a_loop_in_a_thread_is_stuck_and_its_thread_ends_in_peace():
    tell = "def tell():\n    return asyncio.run(asyncio.sleep(0.2, 'late'))\n\n"
    main = function_of(f"{tell}async def main():\n    return await asyncio.to_thread(tell)")
    before = set(threading.enumerate())
    assert "the worker that runs tell" in record(main).stuck.lower()
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive()


def test_a_thread_of_ones_own_is_not_on_the_virtual_clock():
    async def in_a_thread_of_its_own():
        with ThreadPoolExecutor() as own:
            own.submit(stir_sauce).result()

    assert record(grill_patty).on_one_clock
    assert not record(in_a_thread_of_its_own).on_one_clock
