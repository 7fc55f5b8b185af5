# task: e05.3
# diagnosis: places-left-free
# state: partly done
import asyncio

from fwlab.course.kitchen import grill_patty


async def serve_all(customers: int):
    places = asyncio.Semaphore(2)

    async def serve():
        async with places:
            return await grill_patty()

    return await asyncio.gather(*(serve() for _ in range(customers)))
