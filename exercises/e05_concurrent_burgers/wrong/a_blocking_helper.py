# task: e05.1
# diagnosis: blocking-inside-async-def
from fwlab import App
from fwlab.course.kitchen import grill_patty_blocking

app = App()


async def grilled():
    return grill_patty_blocking()


@app.get("/orders/{number}")
async def order(number: int):
    return {"number": number, "burger": await grilled()}
