# task: e11.1
# diagnosis: the-offers-are-lost
# state: partly done
import asyncio

import anyio

from fwlab.course.couriers import ask_courier


async def offers_in_time(couriers, seconds):
    prices = []
    with anyio.move_on_after(seconds):
        prices = await asyncio.gather(*(ask_courier(courier) for courier in couriers))
    return dict(zip(couriers, prices, strict=False))
