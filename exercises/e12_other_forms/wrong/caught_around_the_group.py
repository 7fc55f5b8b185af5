# task: e12.2
# diagnosis: an-error-spoils-both
import asyncio

from fwlab.course.couriers import CourierError, ask_courier


async def cheaper(one, other):
    try:
        async with asyncio.TaskGroup() as group:
            tasks = {courier: group.create_task(ask_courier(courier)) for courier in (one, other)}
    except* CourierError as several:
        raise several.exceptions[0] from None
    best = min(tasks, key=lambda courier: tasks[courier].result())
    return {best: await ask_courier(best)}
