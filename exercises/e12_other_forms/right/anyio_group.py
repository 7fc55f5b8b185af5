# task: e12.2
import anyio

from fwlab.course.couriers import CourierError, ask_courier


async def cheaper(one, other):
    offers = []

    async def ask(courier):
        try:
            offers.append((await ask_courier(courier), courier))
        except CourierError:
            pass

    async with anyio.create_task_group() as group:
        group.start_soon(ask, one)
        group.start_soon(ask, other)
    if not offers:
        raise CourierError("nobody delivers")
    _, best = min(offers)
    return {best: await ask_courier(best)}
