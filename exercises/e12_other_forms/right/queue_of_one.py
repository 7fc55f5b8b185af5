# task: e12.4
import asyncio

from fwlab.course.printer import print_then


async def printed(text):
    loop = asyncio.get_running_loop()
    said = asyncio.Queue()
    print_then(text, lambda *both: loop.call_soon_threadsafe(said.put_nowait, both))
    error, slip = await said.get()
    if error is not None:
        raise error
    return slip
