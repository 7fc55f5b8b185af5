# task: e03.1
# diagnosis: asyncio-does-it
import asyncio


def run(coroutine):
    return asyncio.run(coroutine)
