# task: e00.1
import asyncio
import time


async def wait_for_the_grill():
    await asyncio.to_thread(time.sleep, 1)
    return "grilled"
