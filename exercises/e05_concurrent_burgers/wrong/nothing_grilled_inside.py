# task: e05.3
# diagnosis: too-many-on-the-grill
import asyncio

from fwlab.course.kitchen import grill_patty


async def serve_all(customers: int):
    places = asyncio.Semaphore(3)

    async def serve():
        async with places:
            pass
        return await grill_patty()

    return await asyncio.gather(*(serve() for _ in range(customers)))
