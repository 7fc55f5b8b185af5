# task: e07.3
# diagnosis: never-awaited
from fwlab import App
from fwlab.course.pictures import classify, picture

shop = App()


async def read(number):
    return classify(picture(number)).digit


@shop.get("/digits/{number}")
def read_digit(number: int):
    guess = read(number)
    return {"number": number, "digit": guess}


@shop.get("/menu")
async def menu():
    return ["Classic", "Cheese", "Garden"]
