"""Chapter 10: what several handlers need is a dependency. New: ``GET /account``, who asks, their points, their orders.

Who asks is known from a header; two others depend on that, and it is read once. The points are awaited. The connection
to the orders is taken on the loop, where waiting for it costs no thread, and used in a thread: its driver blocks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cache
from typing import Annotated

from pydantic import BaseModel

from fwlab import APIRouter, App, Depends, Header
from fwlab.course.connections import Connection, ConnectionPool
from fwlab.course.loyalty import points_of
from fwlab.course.orders_db import Order
from fwlab.course.steps import step09
from fwlab.course.steps.step09 import orders

CONNECTIONS = 10


class Account(BaseModel):
    """What the shop knows of a customer."""

    customer: str
    points: int
    orders: list[Order]


@cache
def pool() -> ConnectionPool:
    """The shop's connections to its orders."""
    return ConnectionPool(orders(), CONNECTIONS)


async def who_asks(customer: Annotated[str, Header()]) -> str:
    """The customer, as the header ``customer`` has it."""
    return customer.lower()


async def their_points(customer: Annotated[str, Depends(who_asks)]) -> int:
    """What the loyalty API says of the customer."""
    return await points_of(customer)


async def a_connection() -> AsyncIterator[Connection]:
    """A connection, for as long as the request has use for one."""
    connection = await pool().take()
    try:
        yield connection
    finally:
        pool().give_back(connection)


shop = APIRouter()
shop.include_router(step09.shop)


@shop.get("/account")
def account(
    customer: Annotated[str, Depends(who_asks)],
    points: Annotated[int, Depends(their_points)],
    connection: Annotated[Connection, Depends(a_connection, scope="function")],
) -> Account:
    """All that the shop knows of whoever asks."""
    return Account(customer=customer, points=points, orders=connection.orders_of(customer))


app = App(title="The burger shop")
app.include_router(shop)
