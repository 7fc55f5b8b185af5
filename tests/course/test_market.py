"""The market: four lines for all who ask, on every event loop anew."""

from __future__ import annotations

import anyio
import pytest

from fwlab.course.market import LINES, ROUND_TRIP, ask_market
from fwlab.lab import virtual


async def seconds_for(customers: int) -> float:
    async with anyio.create_task_group() as group:
        for _ in range(customers):
            group.start_soon(ask_market, "beef")
    return anyio.current_time()


@pytest.mark.parametrize(("customers", "rounds"), [(1, 1), (LINES, 1), (LINES + 1, 2), (20, 5)])
def test_so_many_are_answered_at_a_time_as_there_are_lines(customers: int, rounds: int):
    assert virtual(lambda: seconds_for(customers)) == pytest.approx(rounds * ROUND_TRIP)


def test_it_says_what_things_cost_and_has_not_everything():
    assert [anyio.run(ask_market, item) for item in ("beef", "buns", "cheese")] == [9, 1, 4]
    with pytest.raises(KeyError, match="diamonds"):
        virtual(lambda: ask_market("diamonds"))
