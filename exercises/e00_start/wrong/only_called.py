# task: e00.2
# diagnosis: never-awaited
import asyncio

ticks = []


async def clock():
    while True:
        await asyncio.sleep(0.1)
        ticks.append("tick")


async def open_kitchen():
    clock()
    await asyncio.sleep(1)
    return len(ticks)
