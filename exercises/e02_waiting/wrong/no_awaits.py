# task: e02.1
# diagnosis: never-awaited
import asyncio

from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty


async def lunch():
    return [bake_bun(), grill_patty(), fry_potatoes()]
