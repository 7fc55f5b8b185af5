# task: e02.2
# diagnosis: never-awaited
import asyncio

from fwlab.course.kitchen import bake_bun, grill_patty, toast


async def burger():
    bun, patty = await asyncio.gather(bake_bun(), grill_patty())
    toast(bun)
    return ["toasted bun", patty]
