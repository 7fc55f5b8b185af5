# task: e04.2
import asyncio

from fwlab.course.kitchen import price_of


async def bill(items: list[str]):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(price_of(item)) for item in items]
    return sum(task.result() for task in tasks)
