"""The couriers: each takes its own time, three clients say the same, and the awaited one runs on asyncio and trio."""

from __future__ import annotations

import time

import anyio
import pytest

from fwlab.course.activities import watched
from fwlab.course.couriers import (
    RECEIPT,
    SECONDS,
    CourierError,
    ask_courier,
    ask_courier_blocking,
    ask_courier_then,
    send_receipt,
)
from fwlab.lab import virtual

WORKING = sorted(set(SECONDS) - {"drone"})


@pytest.mark.parametrize("courier", WORKING)
def test_both_clients_say_the_same_and_take_the_same_time(courier: str):
    async def awaited() -> tuple[int, float]:
        return await ask_courier(courier), time.perf_counter()

    async def blocking() -> tuple[int, float]:
        return ask_courier_blocking(courier), time.perf_counter()

    assert virtual(awaited) == virtual(blocking)
    assert virtual(awaited)[1] == pytest.approx(SECONDS[courier])


def test_the_drone_is_out_of_order():
    async def ask() -> None:
        await ask_courier("drone")

    with pytest.raises(CourierError, match="the drone is out of order"):
        virtual(ask)
    with pytest.raises(CourierError):
        ask_courier_blocking("drone")


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_it_runs_on_both_libraries(backend: str):
    assert anyio.run(ask_courier, "bike", backend=backend) == 5


def test_a_receipt_takes_its_time_and_needs_an_address():
    async def send() -> float:
        await send_receipt("ada")
        with pytest.raises(CourierError, match="no address"):
            await send_receipt("nobody")
        return time.perf_counter()

    assert virtual(send) == pytest.approx(2 * RECEIPT)


def test_the_third_client_returns_at_once_and_calls_back_at_the_same_moment_as_the_others_answer():
    said: list[tuple[float, object]] = []

    def note(what: object) -> None:
        said.append((time.perf_counter(), what))

    async def ask() -> float:
        for courier in SECONDS:
            ask_courier_then(courier, note, note)
        begun = time.perf_counter()
        await anyio.sleep(1)
        return begun

    with watched() as seen:
        assert virtual(ask) == 0
    assert [moment for moment, _ in said] == pytest.approx(sorted(SECONDS.values()))
    assert [str(what) for _, what in said] == ["5", "the drone is out of order", "4", "3"]
    ends = {one.name: (one.end, one.outcome) for one in seen}
    assert ends["ask van"] == (pytest.approx(SECONDS["van"]), "done")
    assert ends["ask drone"] == (pytest.approx(SECONDS["drone"]), "failed")


def test_a_question_that_is_called_off_is_not_answered_and_one_that_was_answered_stays_so():
    said: list[object] = []

    async def ask() -> None:
        call_off_the_bike = ask_courier_then("bike", said.append, said.append)
        call_off_the_van = ask_courier_then("van", said.append, said.append)
        await anyio.sleep(0.5)
        call_off_the_bike()
        call_off_the_van()
        await anyio.sleep(1)

    with watched() as seen:
        virtual(ask)
    assert said == [5]
    assert [(one.name, one.outcome) for one in seen] == [("ask bike", "done"), ("ask van", "cancelled")]
    assert seen[1].end == pytest.approx(0.5)
