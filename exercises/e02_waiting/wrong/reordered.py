# task: e02.1
# diagnosis: one-after-the-other
import asyncio

from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty


async def lunch():
    patty = await grill_patty()
    fries = await fry_potatoes()
    bun = await bake_bun()
    return [bun, patty, fries]
