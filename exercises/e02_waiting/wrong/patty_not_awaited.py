# task: e02.2
# diagnosis: lost-task
import asyncio

from fwlab.course.kitchen import bake_bun, grill_patty, toast


async def burger():
    grilling = asyncio.create_task(grill_patty())
    bun = await bake_bun()
    return [await toast(bun), grilling]
