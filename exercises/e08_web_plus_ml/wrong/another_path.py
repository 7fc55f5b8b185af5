# task: e08.3
# diagnosis: nobody-at-the-path
import asyncio

from anyio import to_process

from fwlab import App
from fwlab.course.pictures import classify, picture

shop = App()


@shop.get("/all")
async def many():
    reading = [to_process.run_sync(classify, picture(number)) for number in [3, 7, 12]]
    return [guess.digit for guess in await asyncio.gather(*reading)]
