# task: e12.4
# diagnosis: the-loop-was-not-told
import asyncio

from fwlab.course.printer import print_then


async def printed(text):
    there, said = asyncio.Event(), []

    def on_done(error, text):
        said.append((error, text))
        there.set()

    print_then(text, on_done)
    await there.wait()
    error, slip = said[0]
    if error is not None:
        raise error
    return slip
