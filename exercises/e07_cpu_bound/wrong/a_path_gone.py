# task: e07.3
# diagnosis: nobody-at-the-path
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
