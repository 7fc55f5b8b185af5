# task: e08.3
# diagnosis: blocking-inside-async-def
import asyncio

from anyio import to_process, to_thread

from fwlab import App
from fwlab.course.pictures import classify, picture

shop = App()


@shop.get("/many")
async def many():
    digits = []
    for number in [3, 7, 12]:
        guess = classify(picture(number))
        digits.append(guess.digit)
    return digits
