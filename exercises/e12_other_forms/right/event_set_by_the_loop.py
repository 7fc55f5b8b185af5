# task: e12.4
import asyncio

from fwlab.course.printer import print_then


async def printed(text):
    loop = asyncio.get_running_loop()
    there, said = asyncio.Event(), []

    def on_done(error, slip):
        said[:] = [error, slip]
        loop.call_soon_threadsafe(there.set)

    print_then(text, on_done)
    await there.wait()
    error, slip = said
    if error is not None:
        raise error
    return slip
