# task: e07.2
# diagnosis: threads-took-turns
# state: partly done
import anyio

from fwlab import App
from fwlab.course.pictures import classify, picture

app = App()


@app.get("/digits/{number}")
async def digit(number: int):
    guess = await anyio.to_thread.run_sync(classify, picture(number))
    return {"number": number, "digit": guess.digit}
