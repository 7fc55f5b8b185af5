# task: e11.1
import anyio
import asyncer

from fwlab.course.couriers import ask_courier


async def offers_in_time(couriers, seconds):
    soon = {}
    with anyio.move_on_after(seconds):
        async with asyncer.create_task_group() as group:
            for courier in couriers:
                soon[courier] = group.soonify(ask_courier)(courier)
    return {courier: offer.value for courier, offer in soon.items() if offer.ready}
