# task: e12.3
async def drive(steps):
    try:
        return await after(lambda: next(steps), steps)
    finally:
        steps.close()


async def after(move, steps):
    try:
        wish = move()
    except StopIteration as end:
        return end.value
    try:
        value = await wish
    except Exception as error:
        failure = error
        return await after(lambda: steps.throw(failure), steps)
    return await after(lambda: steps.send(value), steps)
