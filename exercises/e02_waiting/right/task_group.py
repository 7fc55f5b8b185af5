# task: e02.1
import asyncio

from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty


async def lunch():
    async with asyncio.TaskGroup() as group:
        bun = group.create_task(bake_bun())
        patty = group.create_task(grill_patty())
        fries = group.create_task(fry_potatoes())
    return bun.result(), patty.result(), fries.result()
