# task: e12.4
# diagnosis: waits-by-the-clock-for-the-slip
import asyncio

from fwlab.course.printer import print_then


async def printed(text):
    said = []
    print_then(text, lambda error, slip: said.append((error, slip)))
    while not said:
        await asyncio.sleep(0.07)
    error, slip = said[0]
    if error is not None:
        raise error
    return slip
