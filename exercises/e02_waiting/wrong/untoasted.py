# task: e02.2
# diagnosis: the-burger-is-right
import asyncio

from fwlab.course.kitchen import bake_bun, grill_patty, toast


async def burger():
    return await asyncio.gather(bake_bun(), grill_patty())
