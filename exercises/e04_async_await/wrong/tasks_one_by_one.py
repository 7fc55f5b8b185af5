# task: e04.2
# diagnosis: one-after-the-other
import asyncio

from fwlab.course.kitchen import price_of


async def bill(items: list[str]):
    total = 0
    for item in items:
        total += await asyncio.create_task(price_of(item))
    return total
