# task: e00.2
# diagnosis: the-clock-still-ticks
# state: wrong
import asyncio

ticks = []


async def clock():
    while True:
        await asyncio.sleep(0.1)
        ticks.append("tick")


async def open_kitchen():
    running = asyncio.create_task(clock())
    return len(ticks)
