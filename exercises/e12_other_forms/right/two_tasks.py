# task: e12.2
import asyncio

from fwlab.course.couriers import CourierError, ask_courier


async def cheaper(one, other):
    tasks = [(courier, asyncio.create_task(ask_courier(courier))) for courier in (one, other)]
    await asyncio.wait([task for _, task in tasks])
    offers = {courier: task.result() for courier, task in tasks if task.exception() is None}
    if not offers:
        raise CourierError("nobody delivers")
    best = min(offers, key=offers.get)
    return {best: await ask_courier(best)}
