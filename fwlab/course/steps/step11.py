"""Chapter 11: several things at once, none of which is lost. New: ``GET /delivery``, the offers that come in time.

The couriers are asked in a task group, so each question ends before the handler does: answered, or cancelled at the
deadline. Should the customer leave before that, the handler is cancelled, and the questions with it.
"""

from __future__ import annotations

from contextlib import suppress

import anyio

from fwlab import APIRouter, App
from fwlab.course.couriers import CourierError, ask_courier
from fwlab.course.steps import step10

COURIERS = ["bike", "scooter", "van", "drone"]
DEADLINE = 0.5
"""Seconds that a customer is made to wait for offers."""

shop = APIRouter()
shop.include_router(step10.shop)


async def offers_in_time(couriers: list[str], deadline: float) -> dict[str, int]:
    """Ask all couriers at once, and return the offers that have come when the time is over."""
    offers: dict[str, int] = {}

    async def ask(courier: str) -> None:
        with suppress(CourierError):  # one that is out of order has nothing to offer
            offers[courier] = await ask_courier(courier)

    with anyio.move_on_after(deadline):
        async with anyio.create_task_group() as group:
            for courier in couriers:
                group.start_soon(ask, courier)
    return offers


@shop.get("/delivery", cancel_on_disconnect=True)
async def delivery() -> dict[str, int]:
    """What a delivery costs, by courier."""
    return await offers_in_time(COURIERS, DEADLINE)


app = App(title="The burger shop")
app.include_router(shop)
