# task: e00.1
# diagnosis: blocking-inside-async-def
import asyncio
import time


async def wait_for_the_grill():
    for _ in range(100):
        time.sleep(0.01)
    return "grilled"
