# task: e11.1
# diagnosis: a-timeout-is-raised
import anyio

from fwlab.course.couriers import ask_courier


async def offers_in_time(couriers, seconds):
    offers = {}

    async def ask(courier):
        offers[courier] = await ask_courier(courier)

    with anyio.fail_after(seconds):
        async with anyio.create_task_group() as group:
            for courier in couriers:
                group.start_soon(ask, courier)
    return offers
