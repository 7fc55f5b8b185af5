# task: e07.3
# diagnosis: blocking-inside-async-def
import anyio

from fwlab import App
from fwlab.course.pictures import classify, picture

shop = App()


@shop.get("/digits/{number}")
async def read_digit(number: int):
    await anyio.sleep(0)
    guess = classify(picture(number))
    return {"number": number, "digit": guess.digit}


@shop.get("/menu")
async def menu():
    return ["Classic", "Cheese", "Garden"]
