# task: e07.3
# diagnosis: something-is-gone
from fwlab import App
from fwlab.course.pictures import classify, picture

shop = App()


@shop.get("/digit/{number}")
def read_digit(number: int):
    guess = classify(picture(number))
    return {"number": number, "digit": guess.digit}


@shop.get("/menu")
async def menu():
    return ["Classic", "Cheese", "Garden"]
