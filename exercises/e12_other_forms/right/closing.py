# task: e12.3
from contextlib import closing


async def drive(steps):
    with closing(steps):
        try:
            wish = next(steps)
            while True:
                try:
                    value = await wish
                except Exception as error:
                    wish = steps.throw(error)
                else:
                    wish = steps.send(value)
        except StopIteration as end:
            return end.value
