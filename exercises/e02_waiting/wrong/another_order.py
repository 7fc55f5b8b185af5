# task: e02.1
# diagnosis: the-tray-is-right
import asyncio

from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty


async def lunch():
    return await asyncio.gather(grill_patty(), fry_potatoes(), bake_bun())
