"""Chapter 9: orders outlive the server. New: ``POST /orders`` and ``GET /orders/{number}`` keep them in SQLite.

To place an order goes through aiosqlite, which is awaited: ``async def``. To find one goes through the standard
library's driver, which blocks: plain ``def``, in a worker thread. Either is right; the driver decides.

New, too: ``GET /cards/{card}`` asks the bank, which is slow. It has worker threads of its own, so that however many
stand there, the others find theirs free.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from pydantic import BaseModel

from fwlab import APIRouter, App, HTTPException
from fwlab.course.bank import accepts
from fwlab.course.orders_db import Order, OrdersFile
from fwlab.course.passing_folder import passing_folder
from fwlab.course.steps import step08
from fwlab.course.steps.step01 import MENU


class Wish(BaseModel):
    """What a customer orders: the burger's number on the menu."""

    customer: str
    burger: int


class Placed(BaseModel):
    """The number to ask with later."""

    number: int


class Card(BaseModel):
    """What the bank says of a card."""

    good: bool


BANK = CapacityLimiter(20)
"""How many may stand at the bank at the same time; the 40 threads of the others are not counted here."""


@cache
def orders() -> OrdersFile:
    """The shop's file: where ``SHOP_ORDERS`` says; else one that ends with the program, for this is a lesson."""
    path = os.environ.get("SHOP_ORDERS")
    return OrdersFile(Path(path) if path else passing_folder("burger-shop") / "orders.db")


shop = APIRouter()
shop.include_router(step08.shop)


@shop.post("/orders", status_code=201)
async def place_order(wish: Wish) -> Placed:
    """Place an order; the driver is awaited."""
    if wish.burger not in MENU:
        raise HTTPException(404, f"The menu ends with number {max(MENU)}.")
    return Placed(number=await orders().place(wish.customer, wish.burger))


@shop.get("/orders/{number}")
def find_order(number: int) -> Order:
    """Find an order; the driver blocks."""
    found = orders().find_blocking(number)
    if found is None:
        raise HTTPException(404, f"There is no order {number}.")
    return found


@shop.get("/cards/{card}")
async def check_card(card: str) -> Card:
    """Ask the bank whether a card is good; its library blocks, so it is sent to a thread by hand."""
    return Card(good=await to_thread.run_sync(accepts, card, limiter=BANK))


app = App(title="The burger shop")
app.include_router(shop)
