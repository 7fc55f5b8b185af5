# task: e00.1
# diagnosis: never-awaited
import asyncio
import time


async def wait_for_the_grill():
    asyncio.sleep(1)
    return "grilled"
