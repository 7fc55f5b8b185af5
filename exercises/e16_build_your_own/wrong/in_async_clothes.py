# task: e16.3
# diagnosis: the-loop-is-kept
import inspect


def in_its_lane(function):
    async def run(**values):
        result = function(**values)
        return await result if inspect.isawaitable(result) else result

    return run
