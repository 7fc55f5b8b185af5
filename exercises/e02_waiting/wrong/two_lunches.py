# task: e02.1
# diagnosis: each-machine-is-used-once
import asyncio

from fwlab.course.kitchen import bake_bun, fry_potatoes, grill_patty


async def lunch():
    tray, _ = await asyncio.gather(
        asyncio.gather(bake_bun(), grill_patty(), fry_potatoes()),
        asyncio.gather(bake_bun(), grill_patty(), fry_potatoes()),
    )
    return tray
