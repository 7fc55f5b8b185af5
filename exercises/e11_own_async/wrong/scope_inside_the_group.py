# task: e11.1
# diagnosis: asked-to-the-end
import anyio

from fwlab.course.couriers import ask_courier


async def offers_in_time(couriers, seconds):
    offers = {}

    async def ask(courier):
        offers[courier] = await ask_courier(courier)

    async with anyio.create_task_group() as group:
        with anyio.move_on_after(seconds):
            for courier in couriers:
                group.start_soon(ask, courier)
    return offers
