# task: e02.1
# diagnosis: only-some-of-them-together
# state: partly done
import asyncio

from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty


async def lunch():
    bun, patty = await asyncio.gather(bake_bun(), grill_patty())
    fries = await fry_potatoes()
    return [bun, patty, fries]
