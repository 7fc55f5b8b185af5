# task: e08.3
# diagnosis: threads-read-them
import asyncio

from anyio import to_process, to_thread

from fwlab import App
from fwlab.course.pictures import classify, picture

shop = App()


@shop.get("/many")
async def many():
    reading = [to_thread.run_sync(classify, picture(n)) for n in [3, 7, 12]]
    return [guess.digit for guess in await asyncio.gather(*reading)]
