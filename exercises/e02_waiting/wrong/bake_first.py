# task: e02.2
# diagnosis: the-patty-waits-for-the-bun
import asyncio

from fwlab.course.kitchen import bake_bun, grill_patty, toast


async def burger():
    bun = await bake_bun()
    return await asyncio.gather(toast(bun), grill_patty())
