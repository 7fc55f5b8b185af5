# task: e12.4
import asyncio

from fwlab.course.printer import print_then


async def printed(text):
    loop = asyncio.get_running_loop()
    slip = loop.create_future()

    async def fill(error, text):
        if error is not None:
            slip.set_exception(error)
        else:
            slip.set_result(text)

    print_then(text, lambda *said: asyncio.run_coroutine_threadsafe(fill(*said), loop))
    return await slip
