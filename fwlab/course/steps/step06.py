"""Chapter 6: the synchronous shop beside it. New: ``POST /counter/orders`` and ``GET /counter/kitchen``, both ``def``.

At the counter each cashier cooks, and stands beside the patty until it is done: a worker thread for each customer. How
many there are, :func:`employ` says; without it there are 40.
"""

from __future__ import annotations

import anyio

from fwlab import APIRouter, App, HTTPException
from fwlab.course.kitchen import grill_patty_blocking, ring_up
from fwlab.course.steps import step05
from fwlab.course.steps.step01 import MENU
from fwlab.course.steps.step03 import Order, Wanted
from fwlab.course.steps.step05 import hand_over, numbers, on_the_grill

shop = APIRouter()
shop.include_router(step05.shop)


def employ(cooks: int) -> None:
    """Let so many cashiers who cook work at the counter: worker threads of the running event loop.

    Args:
        cooks: one at least.
    """
    anyio.to_thread.current_default_thread_limiter().total_tokens = cooks


@shop.post("/counter/orders", status_code=201)
def order_at_the_counter(wanted: Wanted) -> Order:
    """Ring up, stand at the grill until the patty is done, hand over the burger; the price hangs on the wall."""
    burger = MENU.get(wanted.burger)
    if burger is None:
        raise HTTPException(404, f"The menu ends with number {max(MENU)}.")
    ring_up()
    number = next(numbers)
    on_the_grill.append(number)
    try:
        grill_patty_blocking()
    finally:
        on_the_grill.remove(number)
    return hand_over(number, wanted, burger.price, points=0)


@shop.get("/counter/kitchen")
def counter_kitchen() -> list[int]:
    """The numbers whose patties are on the grill, if a cashier has time to look."""
    return list(on_the_grill)


app = App(title="The burger shop")
app.include_router(shop)
