# task: e03.2
# diagnosis: it-blocks
import time
from time import monotonic


async def sleep(seconds):
    begin = monotonic()
    time.sleep(seconds)
    return monotonic() - begin
