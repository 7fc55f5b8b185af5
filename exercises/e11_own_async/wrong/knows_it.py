# task: e11.2
# diagnosis: knows-before-it-asks
import asyncio

import anyio

from fwlab.course.couriers import ask_courier


async def quickest(couriers):
    await ask_courier("bike")
    return "bike"
