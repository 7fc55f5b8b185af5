# task: e12.2
# diagnosis: an-error-spoils-both
import asyncio

from fwlab.course.couriers import CourierError, ask_courier


async def cheaper(one, other):
    offers = dict(zip((one, other), await asyncio.gather(ask_courier(one), ask_courier(other)), strict=True))
    best = min(offers, key=offers.get)
    return {best: await ask_courier(best)}
