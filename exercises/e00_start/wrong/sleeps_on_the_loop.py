# task: e00.2
# diagnosis: blocking-inside-async-def
import asyncio
import time

ticks = []


async def clock():
    while True:
        await asyncio.sleep(0.1)
        ticks.append("tick")


async def open_kitchen():
    running = asyncio.create_task(clock())
    await asyncio.sleep(0.25)
    time.sleep(0.75)
    running.cancel()
    return len(ticks)
