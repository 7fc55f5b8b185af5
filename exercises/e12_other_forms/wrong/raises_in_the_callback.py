# task: e12.4
# diagnosis: raised-in-the-thread
import asyncio

from fwlab.course.printer import print_then


async def printed(text):
    loop = asyncio.get_running_loop()
    slip = loop.create_future()

    def on_done(error, text):
        if error is not None:
            raise error
        loop.call_soon_threadsafe(slip.set_result, text)

    print_then(text, on_done)
    return await slip
