# task: e00.1
# diagnosis: blocking-inside-async-def
import asyncio
import time


async def pause():
    time.sleep(1)


async def wait_for_the_grill():
    await pause()
    return "grilled"
