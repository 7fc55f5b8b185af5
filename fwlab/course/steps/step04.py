"""Chapter 4: an order waits for everything at once. New: ``POST /orders`` begins all three waits before it awaits one.

None of the three needs what another brings. So an order takes as long as the longest of them, 0.4 seconds.
"""

from __future__ import annotations

import asyncio

from fwlab import APIRouter, App
from fwlab.course.kitchen import grill_patty, price_of
from fwlab.course.loyalty import points_of
from fwlab.course.steps import step01, step03
from fwlab.course.steps.step03 import Order, Wanted, take_down

shop = APIRouter()
shop.include_router(step03.shop)


@shop.post("/orders", status_code=201)
async def place_order(wanted: Wanted) -> Order:
    """Ask for the price, ask for the points and grill, all at the same time."""
    burger = await step01.burger(wanted.burger)
    async with asyncio.TaskGroup() as group:
        price = group.create_task(price_of(burger.name))
        points = group.create_task(points_of(wanted.customer))
        group.create_task(grill_patty())
    return take_down(wanted, price.result(), points.result())


app = App(title="The burger shop")
app.include_router(shop)
