# task: e05.3
# diagnosis: somebody-got-nothing
import asyncio

from fwlab.course.kitchen import grill_patty


async def serve_all(customers: int):
    return await asyncio.gather(*(grill_patty() for _ in range(3)))
