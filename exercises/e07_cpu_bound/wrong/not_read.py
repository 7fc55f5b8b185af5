# task: e07.2
# diagnosis: another-digit
from fwlab import App
from fwlab.course.pictures import classify, picture

app = App()


@app.get("/digits/{number}", run_in="process")
def digit(number: int):
    return {"number": number, "digit": number % 10}
