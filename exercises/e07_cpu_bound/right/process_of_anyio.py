# task: e07.2
import anyio
import anyio.to_process

from fwlab import App
from fwlab.course.pictures import classify, picture

app = App()


@app.get("/digits/{number}")
async def digit(number: int):
    guess = await anyio.to_process.run_sync(classify, picture(number))
    return {"number": number, "digit": guess.digit}
