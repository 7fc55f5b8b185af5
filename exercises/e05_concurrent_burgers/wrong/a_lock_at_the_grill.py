# task: e05.1
# diagnosis: one-after-the-other
import anyio

from fwlab import App
from fwlab.course.kitchen import grill_patty

app = App()
grill = anyio.Lock()


@app.get("/orders/{number}")
async def order(number: int):
    async with grill:
        patty = await grill_patty()
    return {"number": number, "burger": patty}
