# task: e12.4
# diagnosis: the-loop-was-not-told
import asyncio

from fwlab.course.printer import print_then


async def printed(text):
    loop = asyncio.get_running_loop()
    slip = loop.create_future()

    def on_done(error, text):
        if error is not None:
            loop.call_soon(slip.set_exception, error)
        else:
            loop.call_soon(slip.set_result, text)

    print_then(text, on_done)
    return await slip
