# task: e07.3
# diagnosis: helper-on-the-loop
from fwlab import App
from fwlab.course.pictures import classify, picture

shop = App()


def read(number):
    return classify(picture(number)).digit


@shop.get("/digits/{number}")
async def read_digit(number: int):
    return {"number": number, "digit": read(number)}


@shop.get("/menu")
async def menu():
    return ["Classic", "Cheese", "Garden"]
