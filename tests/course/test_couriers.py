"""The couriers: each takes its own time, both clients say the same, and the awaited one runs on asyncio and on trio."""

from __future__ import annotations

import time

import anyio
import pytest

from fwlab.course.couriers import RECEIPT, SECONDS, CourierError, ask_courier, ask_courier_blocking, send_receipt
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
