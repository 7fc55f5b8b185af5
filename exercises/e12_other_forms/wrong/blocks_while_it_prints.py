# task: e12.4
# diagnosis: blocking-inside-async-def
import time

from fwlab.course.printer import print_then


async def printed(text):
    said = []
    print_then(text, lambda error, slip: said.append((error, slip)))
    time.sleep(0.4)
    error, slip = said[0]
    if error is not None:
        raise error
    return slip
