"""Chapter 14: what was asked once is kept. New: ``GET /market``, what things cost at the market today.

The market has four lines. Each price is kept for ten seconds, and of all who come while it is asked for, one asks.
"""

from __future__ import annotations

from functools import partial

from anyio.lowlevel import RunVar

from fwlab import APIRouter, App
from fwlab.course.kept import Kept
from fwlab.course.market import ask_market
from fwlab.course.steps import step13

GOOD_FOR = 10.0
"""Seconds for which a price is kept."""

shop = APIRouter()
shop.include_router(step13.shop)

_prices: RunVar[dict[str, Kept[int]]] = RunVar("prices of the market")


def prices() -> dict[str, Kept[int]]:
    """What is kept, by item. Each event loop has its own: what a clock says means nothing on another loop."""
    try:
        return _prices.get()
    except LookupError:
        items = ("beef", "buns", "cheese")
        _prices.set(kept := {item: Kept(partial(ask_market, item), GOOD_FOR) for item in items})
        return kept


@shop.get("/market")
async def market() -> dict[str, int]:
    """What things cost at the market today, in dollars."""
    return {item: await kept.get() for item, kept in prices().items()}


app = App(title="The burger shop")
app.include_router(shop)
