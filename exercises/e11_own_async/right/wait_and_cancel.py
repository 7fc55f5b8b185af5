# task: e11.1
import asyncio

from fwlab.course.couriers import ask_courier


async def offers_in_time(couriers, seconds):
    tasks = {courier: asyncio.create_task(ask_courier(courier)) for courier in couriers}
    _, late = await asyncio.wait(tasks.values(), timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return {courier: task.result() for courier, task in tasks.items() if task not in late}
