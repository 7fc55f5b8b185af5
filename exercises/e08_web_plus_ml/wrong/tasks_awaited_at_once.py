# task: e08.3
# diagnosis: one-picture-after-the-other
import asyncio

from anyio import to_process, to_thread

from fwlab import App
from fwlab.course.pictures import classify, picture

shop = App()


@shop.get("/many")
async def many():
    tasks = [lambda n=n: to_process.run_sync(classify, picture(n)) for n in [3, 7, 12]]
    return [(await task()).digit for task in tasks]
