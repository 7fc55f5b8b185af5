# task: e11.1
# diagnosis: asked-to-the-end
import asyncio

from fwlab.course.couriers import ask_courier


async def offers_in_time(couriers, seconds):
    prices = await asyncio.gather(*(ask_courier(courier) for courier in couriers))
    offers = dict(zip(couriers, prices, strict=True))
    return {courier: offers[courier] for courier in couriers if offers[courier] > 3}
