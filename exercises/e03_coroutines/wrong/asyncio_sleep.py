# task: e03.2
# diagnosis: asyncio-is-not-here
import asyncio


async def sleep(seconds):
    await asyncio.sleep(seconds)
