# task: e03.2
# diagnosis: it-never-pauses
async def sleep(seconds):
    return seconds
