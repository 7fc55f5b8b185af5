# task: e07.2
# diagnosis: computed-on-the-loop
import anyio

from fwlab import App
from fwlab.course.pictures import classify, picture

app = App()


@app.get("/digits/{number}")
async def digit(number: int):
    await anyio.sleep(0)
    guess = classify(picture(number))
    return {"number": number, "digit": guess.digit}
