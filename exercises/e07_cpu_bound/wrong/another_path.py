# task: e07.2
# diagnosis: nobody-at-the-path
from fwlab import App
from fwlab.course.pictures import classify, picture

app = App()


@app.get("/digit/{number}", run_in="process")
def digit(number: int):
    guess = classify(picture(number))
    return {"number": number, "digit": guess.digit}
