# task: e05.3
# diagnosis: lock-of-its-own
import asyncio

from fwlab.course.kitchen import grill_patty


async def serve():
    async with asyncio.Semaphore(3):
        return await grill_patty()


async def serve_all(customers: int):
    return await asyncio.gather(*(serve() for _ in range(customers)))
