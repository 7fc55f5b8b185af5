# task: e12.2
# diagnosis: in-turn
# state: partly done
import asyncio

from fwlab.course.couriers import CourierError, ask_courier


async def cheaper(one, other):
    offers = {}
    for courier in (one, other):
        try:
            offers[courier] = await ask_courier(courier)
        except CourierError:
            pass
    if not offers:
        raise CourierError("nobody delivers")
    best = min(offers, key=offers.get)
    return {best: await ask_courier(best)}
