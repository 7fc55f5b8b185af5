# task: e04.2
# diagnosis: not-unpacked
import asyncio

from fwlab.course.kitchen import price_of


async def bill(items: list[str]):
    prices = await asyncio.gather([price_of(item) for item in items])
    return sum(prices)
