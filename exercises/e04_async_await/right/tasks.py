# task: e04.2
import asyncio

from fwlab.course.kitchen import price_of


async def bill(items: list[str]):
    tasks = [asyncio.create_task(price_of(item)) for item in items]
    return sum([await task for task in tasks])
