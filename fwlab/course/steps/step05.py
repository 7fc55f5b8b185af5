"""Chapter 5: one cashier, a grill, and numbers. New: orders have numbers at once, and ``GET /kitchen`` lists them.

Ringing up is work, 0.02 seconds of it, and the cashier, the event loop, does that for one customer at a time. Grilling
is waiting, 0.4 seconds, which all customers can do together.
"""

from __future__ import annotations

import asyncio
from itertools import count

from fwlab import APIRouter, App, HTTPException
from fwlab.course.kitchen import grill_patty, price_of, ring_up
from fwlab.course.loyalty import points_of
from fwlab.course.steps import step01, step04
from fwlab.course.steps.step03 import Order, Wanted

numbers = count(1)
"""The roll of tickets at the till."""
on_the_grill: list[int] = []
"""The numbers that wait for their patty, in the order in which they came."""
served: dict[int, Order] = {}
"""What was handed over, by number."""

shop = APIRouter()
shop.include_router(step04.shop)


@shop.post("/orders", status_code=201)
async def place_order(wanted: Wanted) -> Order:
    """Ring up, give the customer a number, and wait for everything at once."""
    burger = await step01.burger(wanted.burger)
    ring_up()
    number = next(numbers)
    on_the_grill.append(number)
    try:
        async with asyncio.TaskGroup() as group:
            price = group.create_task(price_of(burger.name))
            points = group.create_task(points_of(wanted.customer))
            group.create_task(grill_patty())
    finally:
        on_the_grill.remove(number)
    return hand_over(number, wanted, price.result(), points.result())


def hand_over(number: int, wanted: Wanted, price: int, points: int) -> Order:
    """Keep an order that is done under the number that it was given, and return it."""
    served[number] = Order(number=number, customer=wanted.customer, burger=wanted.burger, price=price, points=points)
    return served[number]


@shop.get("/orders/{number}")
async def find_order(number: int) -> Order:
    """One order that was handed over, by its number."""
    if number not in served:
        raise HTTPException(404, f"No order has the number {number}.")
    return served[number]


@shop.get("/kitchen")
async def kitchen() -> list[int]:
    """The numbers whose patties are on the grill."""
    return list(on_the_grill)


app = App(title="The burger shop")
app.include_router(shop)
