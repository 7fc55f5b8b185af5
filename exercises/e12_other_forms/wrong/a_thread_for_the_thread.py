# task: e12.4
# diagnosis: a-thread-that-waits
import asyncio
import threading

from fwlab.course.printer import print_then


async def printed(text):
    there, said = threading.Event(), []

    def on_done(error, slip):
        said[:] = [error, slip]
        there.set()

    print_then(text, on_done)
    await asyncio.to_thread(there.wait)
    error, slip = said
    if error is not None:
        raise error
    return slip
