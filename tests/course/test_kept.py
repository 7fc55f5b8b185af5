"""What is kept: one question for all who come, another when the answer is old, and no error is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
import pytest

from fwlab.course.kept import Kept
from fwlab.lab import virtual

ASKING = 0.1
GOOD_FOR = 1.0


class Market:
    """Counts the questions, and refuses those whose numbers it is given."""

    def __init__(self, refuses: tuple[int, ...] = ()) -> None:
        self.asked, self._refuses = 0, refuses

    async def price(self) -> int:
        self.asked += 1
        number = self.asked
        await anyio.sleep(ASKING)
        if number in self._refuses:
            raise ConnectionError
        return number


def told_to(customers: int, market: Market, **more: Callable[[Kept[int]], Awaitable[None]]) -> list[object]:
    """What customers who come at the same time are told, in the order in which they are."""
    told: list[object] = []

    async def come() -> None:
        kept = Kept(market.price, GOOD_FOR)

        async def customer() -> None:
            try:
                told.append(await kept.get())
            except ConnectionError:
                told.append("no answer")

        async with anyio.create_task_group() as group:
            for _ in range(customers):
                group.start_soon(customer)
        for then in more.values():
            await then(kept)

    virtual(come)
    return told


def test_of_all_who_come_at_once_one_asks():
    market = Market()
    assert told_to(20, market) == [1] * 20
    assert market.asked == 1


def test_an_answer_is_kept_until_it_is_old():
    market = Market()
    seen: list[int] = []

    async def later(kept: Kept[int]) -> None:
        await anyio.sleep(GOOD_FOR - 0.01)
        seen.append(await kept.get())
        await anyio.sleep(0.02)
        seen.append(await kept.get())

    told_to(1, market, later=later)
    assert seen == [1, 2]


def test_an_error_goes_to_the_one_who_asked_and_the_next_asks_again():
    market = Market(refuses=(1,))
    assert told_to(3, market) == ["no answer", 2, 2]
    assert market.asked == 2


def test_whoever_leaves_while_asking_takes_nobody_along():
    market = Market()

    async def come() -> int:
        kept = Kept(market.price, GOOD_FOR)
        with anyio.move_on_after(ASKING / 2):
            await kept.get()
        return await kept.get()

    assert virtual(come) == 2


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_it_runs_on_both_libraries(backend: str):
    market = Market()

    async def once() -> int:
        return await Kept(market.price, GOOD_FOR).get()

    assert anyio.run(once, backend=backend) == 1
