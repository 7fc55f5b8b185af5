# task: e11.2
# diagnosis: waits-for-the-last
# state: partly done
import anyio

from fwlab.course.couriers import ask_courier


async def quickest(couriers):
    first = []

    async def ask(courier):
        await ask_courier(courier)
        first.append(courier)

    async with anyio.create_task_group() as group:
        for courier in couriers:
            group.start_soon(ask, courier)
    group.cancel_scope.cancel()
    return first[0]
