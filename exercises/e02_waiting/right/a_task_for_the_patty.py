# task: e02.2
import asyncio

from fwlab.course.kitchen import bake_bun, grill_patty, toast


async def burger():
    grilling = asyncio.create_task(grill_patty())
    toasted = await toast(await bake_bun())
    return [toasted, await grilling]
