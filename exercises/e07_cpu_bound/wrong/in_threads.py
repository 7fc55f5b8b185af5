# task: e07.2
# diagnosis: threads-took-turns
# state: partly done
from fwlab import App
from fwlab.course.pictures import classify, picture

app = App()


@app.get("/digits/{number}")
def digit(number: int):
    guess = classify(picture(number))
    return {"number": number, "digit": guess.digit}
