# task: e00.1
import asyncio


async def wait_for_the_grill():
    for _ in range(10):
        await asyncio.sleep(0.1)
    return "grilled"
