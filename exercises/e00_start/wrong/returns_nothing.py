# task: e00.1
# diagnosis: it-says-that-it-is-grilled
import asyncio
import time


async def wait_for_the_grill():
    await asyncio.sleep(1)
