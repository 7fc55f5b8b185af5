# task: e11.1
# diagnosis: each-has-a-deadline-of-its-own
import asyncio

import anyio

from fwlab.course.couriers import ask_courier


async def offers_in_time(couriers, seconds):
    offers = {}
    for courier in couriers:
        try:
            offers[courier] = await asyncio.wait_for(ask_courier(courier), seconds)
        except TimeoutError:
            pass
    return offers
