# task: e11.2
# diagnosis: the-first-of-the-list
import anyio

from fwlab.course.couriers import ask_courier


async def quickest(couriers):
    first = []

    async def ask(courier):
        await ask_courier(courier)
        first.append(courier)
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for courier in couriers:
            group.start_soon(ask, courier)
    return couriers[0]
