# task: e11.2
# diagnosis: waits-for-the-last
import asyncio

import anyio

from fwlab.course.couriers import ask_courier


async def quickest(couriers):
    await asyncio.gather(*(ask_courier(courier) for courier in couriers))
    return couriers[0]
