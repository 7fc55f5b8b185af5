# task: e04.2
# diagnosis: lost-task
import asyncio

from fwlab.course.kitchen import price_of


async def bill(items: list[str]):
    total = 0
    tasks = [asyncio.create_task(price_of(item)) for item in items]
    for task in tasks:
        if task.done():
            total += task.result()
    return total
