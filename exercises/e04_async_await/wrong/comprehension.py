# task: e04.2
# diagnosis: one-after-the-other
import asyncio

from fwlab.course.kitchen import price_of


async def bill(items: list[str]):
    return sum([await price_of(item) for item in items])
