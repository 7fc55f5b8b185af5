# task: e12.4
# diagnosis: no-error-arrives
# state: partly done
import asyncio

from fwlab.course.printer import print_then


async def printed(text):
    loop = asyncio.get_running_loop()
    slip = loop.create_future()
    print_then(text, lambda error, text: loop.call_soon_threadsafe(slip.set_result, text))
    return await slip
