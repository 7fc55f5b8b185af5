# task: e07.3
# diagnosis: another-picture
from fwlab import App
from fwlab.course.pictures import classify, picture

shop = App()


@shop.get("/digits/{number}")
def read_digit(number: int):
    return {"number": number, "digit": number}


@shop.get("/menu")
async def menu():
    return ["Classic", "Cheese", "Garden"]
