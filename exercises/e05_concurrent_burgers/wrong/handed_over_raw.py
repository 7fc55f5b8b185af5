# task: e05.1
# diagnosis: handed-over-raw
import asyncio

from fwlab import App
from fwlab.course.kitchen import grill_patty

app = App()
grilling = set()


@app.get("/orders/{number}")
async def order(number: int):
    grilling.add(asyncio.create_task(grill_patty()))
    return {"number": number, "burger": "patty"}
