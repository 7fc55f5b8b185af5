# task: e00.2
# diagnosis: it-waits-for-the-clock
import asyncio

ticks = []


async def clock():
    while True:
        await asyncio.sleep(0.1)
        ticks.append("tick")


async def open_kitchen():
    running = asyncio.create_task(clock())
    await asyncio.sleep(1)
    await running
    return len(ticks)
