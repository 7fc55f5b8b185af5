# task: e08.1
# diagnosis: called-before-it-was-sent
import asyncio

from anyio import to_process, to_thread

from fwlab import App
from fwlab.course.loyalty import points_of, points_of_blocking
from fwlab.course.pictures import classify, picture

app = App()


@app.get("/receipts/{customer}/{number}")
async def receipt(customer: str, number: int):
    guess, points = await asyncio.gather(to_process.run_sync(classify(picture(number))), points_of(customer))
    return {"digit": guess.digit, "points": points}
