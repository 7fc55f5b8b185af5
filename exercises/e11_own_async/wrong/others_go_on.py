# task: e11.2
# diagnosis: lost-task
import asyncio

from fwlab.course.couriers import ask_courier


async def quickest(couriers):
    tasks = {asyncio.create_task(ask_courier(courier)): courier for courier in couriers}
    done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    assert others
    return tasks[done.pop()]
