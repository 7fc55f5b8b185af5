"""Chapter 3: the shop takes orders. New: ``POST /orders`` and ``GET /orders/{number}``.

An order pauses three times: for the price, for the customer's points, for the grill. It does so one after the other,
which takes 0.8 seconds. While one order pauses, the loop goes on with others.
"""

from __future__ import annotations

from pydantic import BaseModel

from fwlab import APIRouter, App, HTTPException
from fwlab.course.kitchen import grill_patty, price_of
from fwlab.course.loyalty import points_of
from fwlab.course.steps import step01, step02


class Wanted(BaseModel):
    """What a customer asks for: the number of a burger."""

    customer: str
    burger: int


class Order(BaseModel):
    """An order that has been cooked; the price is in dollars."""

    number: int
    customer: str
    burger: int
    price: int
    points: int


orders: list[Order] = []
"""All orders, the first one first: number 1."""

shop = APIRouter()
shop.include_router(step02.shop)


def take_down(wanted: Wanted, price: int, points: int) -> Order:
    """Give an order the next number, and keep it. It never pauses, so no two orders get the same number."""
    order = Order(number=len(orders) + 1, customer=wanted.customer, burger=wanted.burger, price=price, points=points)
    orders.append(order)
    return order


@shop.post("/orders", status_code=201)
async def place_order(wanted: Wanted) -> Order:
    """Ask for the price, then for the points, then grill."""
    burger = await step01.burger(wanted.burger)
    price = await price_of(burger.name)
    points = await points_of(wanted.customer)
    await grill_patty()
    return take_down(wanted, price, points)


@shop.get("/orders/{number}")
async def find_order(number: int) -> Order:
    """One order, by its number."""
    if not 1 <= number <= len(orders):
        raise HTTPException(404, f"No order has the number {number}.")
    return orders[number - 1]


app = App(title="The burger shop")
app.include_router(shop)
