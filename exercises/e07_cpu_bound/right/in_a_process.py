# task: e07.3
from fwlab import App
from fwlab.course.pictures import classify, picture

shop = App()


@shop.get("/digits/{number}", run_in="process")
def read_digit(number: int):
    guess = classify(picture(number))
    return {"number": number, "digit": guess.digit}


@shop.get("/menu")
async def menu():
    return ["Classic", "Cheese", "Garden"]
