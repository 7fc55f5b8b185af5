# task: e04.2
# diagnosis: never-awaited
import asyncio

from fwlab.course.kitchen import price_of


async def bill(items: list[str]):
    return sum(price_of(item) for item in items)
