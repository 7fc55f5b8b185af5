# task: e12.2
# diagnosis: the-dearer-one
# state: partly done
import asyncio

from fwlab.course.couriers import CourierError, ask_courier


async def cheaper(one, other):
    offers = {}

    async def ask(courier):
        try:
            offers[courier] = await ask_courier(courier)
        except CourierError:
            pass

    async with asyncio.TaskGroup() as group:
        group.create_task(ask(one))
        group.create_task(ask(other))
    if not offers:
        raise CourierError("nobody delivers")
    best = min(offers)
    return {best: await ask_courier(best)}
