# task: e12.3
# diagnosis: nothing-is-sent-back
async def drive(steps):
    for wish in steps:
        result = await wish
    return result
