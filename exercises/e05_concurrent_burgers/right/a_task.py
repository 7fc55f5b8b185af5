# task: e05.1
import asyncio

from fwlab import App
from fwlab.course.kitchen import grill_patty

app = App()


@app.get("/orders/{number}")
async def order(number: int):
    patty = await asyncio.create_task(grill_patty())
    return {"number": number, "burger": patty}
