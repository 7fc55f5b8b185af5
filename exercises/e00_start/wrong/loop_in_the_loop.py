# task: e00.1
# diagnosis: loop-inside-the-loop
import asyncio
import time


async def wait_for_the_grill():
    asyncio.run(asyncio.sleep(1))
    return "grilled"
