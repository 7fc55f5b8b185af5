# task: e02.1
# diagnosis: one-after-the-other
import asyncio

from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty


async def lunch():
    return [await make() for make in (bake_bun, grill_patty, fry_potatoes)]
