# task: e02.2
# diagnosis: the-toaster-waits-for-the-patty
import asyncio

from fwlab.course.kitchen import bake_bun, grill_patty, toast


async def burger():
    baking = asyncio.create_task(bake_bun())
    patty = await grill_patty()
    toasted = await toast(await baking)
    return [toasted, patty]
