# task: e00.1
# diagnosis: helper-on-the-loop
import asyncio
import time


def pause():
    time.sleep(1)


async def wait_for_the_grill():
    pause()
    return "grilled"
