# task: e02.1
# diagnosis: lost-task
import asyncio

from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty


async def lunch():
    return [asyncio.create_task(make()) for make in (bake_bun, grill_patty, fry_potatoes)]
