# task: e11.1
# diagnosis: lost-task
import asyncio

import anyio

from fwlab.course.couriers import ask_courier


async def offers_in_time(couriers, seconds):
    tasks = {courier: asyncio.create_task(ask_courier(courier)) for courier in couriers}
    await asyncio.wait(tasks.values(), timeout=seconds)
    return {courier: task.result() for courier, task in tasks.items() if task.done()}
