# task: e00.2
import asyncio

ticks = []


async def clock():
    while True:
        await asyncio.sleep(0.1)
        ticks.append("tick")


async def open_kitchen():
    async with asyncio.TaskGroup() as group:
        running = group.create_task(clock())
        await asyncio.sleep(1)
        running.cancel()
    return len(ticks)
