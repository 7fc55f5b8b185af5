# task: e05.3
import asyncio

import anyio

from fwlab.course.kitchen import grill_patty


async def serve_all(customers: int):
    places = anyio.CapacityLimiter(3)

    async def serve():
        async with places:
            return await grill_patty()

    return await asyncio.gather(*(serve() for _ in range(customers)))
