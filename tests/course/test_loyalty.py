"""The loyalty API: one answer, two clients; one pauses, the other blocks."""

from __future__ import annotations

import asyncio
import time

from hypothesis import given
from hypothesis import strategies as st

from fwlab.course.activities import watched
from fwlab.course.loyalty import ROUND_TRIP, points_of, points_of_blocking
from fwlab.lab import virtual


@given(st.text())
def test_both_clients_get_the_same_points(customer):
    async def both():
        return await points_of(customer), points_of_blocking(customer)

    awaited, blocking = virtual(both)
    assert awaited == blocking
    assert 0 <= awaited < 100


def test_who_awaits_it_shares_the_wait():
    async def three():
        await asyncio.gather(*(points_of(name) for name in ("ada", "ben", "cleo")))
        return time.perf_counter()

    assert virtual(three) == ROUND_TRIP


def test_who_blocks_does_not():
    async def three():
        for name in ("ada", "ben", "cleo"):
            points_of_blocking(name)
        return time.perf_counter()

    assert round(virtual(three), 9) == round(3 * ROUND_TRIP, 9)


def test_those_who_watch_see_both():
    async def both():
        with watched() as seen:
            await points_of("ada")
            points_of_blocking("ben")
        return [(one.name, one.outcome) for one in seen]

    assert virtual(both) == [("points of ada", "done"), ("points of ben", "done")]
