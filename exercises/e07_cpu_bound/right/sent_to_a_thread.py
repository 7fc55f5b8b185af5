# task: e07.3
import anyio

from fwlab import App
from fwlab.course.pictures import classify, picture

shop = App()


@shop.get("/digits/{number}")
async def read_digit(number: int):
    guess = await anyio.to_thread.run_sync(classify, picture(number))
    return {"number": number, "digit": guess.digit}


@shop.get("/menu")
async def menu():
    return ["Classic", "Cheese", "Garden"]
