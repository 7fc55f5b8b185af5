# task: e16.3
from fwlab.concurrency import lane_of, run_in_threadpool


def in_its_lane(function):
    async def run(*args, **values):
        if lane_of(function) == "thread":
            return await run_in_threadpool(function, *args, **values)
        return await function(*args, **values)

    return run
