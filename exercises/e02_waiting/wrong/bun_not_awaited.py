# task: e02.2
# diagnosis: a-coroutine-in-the-toaster
import asyncio

from fwlab.course.kitchen import bake_bun, grill_patty, toast


async def burger():
    toasted, patty = await asyncio.gather(toast(bake_bun()), grill_patty())
    return [toasted, patty]
