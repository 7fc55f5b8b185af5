# task: e08.3
import asyncio

from anyio import to_process

from fwlab import App
from fwlab.course.pictures import classify, picture

shop = App()


@shop.get("/many")
async def many():
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(to_process.run_sync(classify, picture(n))) for n in [3, 7, 12]]
    return [task.result().digit for task in tasks]
