# task: e02.1
import asyncio

from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty


async def lunch():
    tasks = [asyncio.create_task(make()) for make in (bake_bun, grill_patty, fry_potatoes)]
    return [await task for task in tasks]
