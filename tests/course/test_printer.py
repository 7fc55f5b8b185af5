"""The printer: it calls back from a thread of its own, before that thread is done."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from fwlab.course.printer import CUTTING, PRINTING, print_then
from fwlab.lab import virtual


@pytest.mark.parametrize(
    ("text", "told"),
    [("2 burgers", "(None, '* 2 burgers *')"), ("", "(PrinterError('there is nothing to print'), None)")],
)
def test_it_calls_back_in_its_own_thread_when_the_slip_is_printed(text: str, told: str):
    calls: list[tuple[float, bool, str]] = []

    def note(*what: object) -> None:
        calls.append((time.perf_counter(), threading.current_thread() is loop_thread, repr(what)))

    async def prints() -> float:
        print_then(text, note)
        begun = time.perf_counter()
        await asyncio.sleep(1)
        return begun

    loop_thread = threading.current_thread()
    assert virtual(prints) == 0
    assert calls == [(pytest.approx(PRINTING), False, told)]


def test_a_future_that_is_filled_from_its_thread_is_heard_of_late():
    """Which is what exercise 12 is about."""

    async def waits(*, safely: bool) -> float:
        loop = asyncio.get_running_loop()
        slip = loop.create_future()

        def fill(error: Exception | None, text: str | None) -> None:
            if safely:
                loop.call_soon_threadsafe(slip.set_result, text)
            else:
                slip.set_result(text)

        print_then("a burger", fill)
        await slip
        return time.perf_counter()

    assert virtual(lambda: waits(safely=True)) == pytest.approx(PRINTING)
    assert virtual(lambda: waits(safely=False)) == pytest.approx(PRINTING + CUTTING)
