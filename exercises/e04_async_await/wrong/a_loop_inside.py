# task: e04.2
# diagnosis: loop-inside-the-loop
import asyncio

from fwlab.course.kitchen import price_of


async def bill(items: list[str]):
    return sum(asyncio.run(price_of(item)) for item in items)
