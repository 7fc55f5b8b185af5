# task: e05.3
# diagnosis: one-after-the-other
import asyncio

from fwlab.course.kitchen import grill_patty


async def serve_all(customers: int):
    return [await grill_patty() for _ in range(customers)]
