# task: e00.2
# diagnosis: it-waits-for-the-clock
import asyncio

ticks = []


async def clock():
    while True:
        await asyncio.sleep(0.1)
        ticks.append("tick")


async def open_kitchen():
    await asyncio.gather(clock(), asyncio.sleep(1))
    return len(ticks)
