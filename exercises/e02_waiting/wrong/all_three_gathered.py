# task: e02.2
# diagnosis: toasted-before-it-was-baked
import asyncio

from fwlab.course.kitchen import bake_bun, grill_patty, toast


async def burger():
    _, toasted, patty = await asyncio.gather(bake_bun(), toast("bun"), grill_patty())
    return [toasted, patty]
