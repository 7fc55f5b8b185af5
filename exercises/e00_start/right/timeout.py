# task: e00.2
import asyncio

ticks = []


async def clock():
    while True:
        await asyncio.sleep(0.1)
        ticks.append("tick")


async def open_kitchen():
    try:
        await asyncio.wait_for(clock(), 1)
    except TimeoutError:
        pass
    return len(ticks)
