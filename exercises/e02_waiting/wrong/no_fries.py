# task: e02.1
# diagnosis: something-is-missing
import asyncio

from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty


async def lunch():
    bun, patty = await asyncio.gather(bake_bun(), grill_patty())
    return [bun, patty, "fries"]
