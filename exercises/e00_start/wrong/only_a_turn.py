# task: e00.1
# diagnosis: it-does-not-wait
import asyncio
import time


async def wait_for_the_grill():
    await asyncio.sleep(0)
    return "grilled"
