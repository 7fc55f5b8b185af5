# task: e02.2
# diagnosis: one-after-the-other
import asyncio

from fwlab.course.kitchen import bake_bun, grill_patty, toast


async def burger():
    bun = await bake_bun()
    toasted = await toast(bun)
    patty = await grill_patty()
    return [toasted, patty]
