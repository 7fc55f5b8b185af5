# task: e02.1
# diagnosis: one-after-the-other
import asyncio

from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty


async def lunch():
    [bun] = await asyncio.gather(bake_bun())
    [patty] = await asyncio.gather(grill_patty())
    [fries] = await asyncio.gather(fry_potatoes())
    return [bun, patty, fries]
