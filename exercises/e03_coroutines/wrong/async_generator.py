# task: e03.2
# diagnosis: a-generator-that-nobody-can-await
async def sleep(seconds):
    yield seconds
