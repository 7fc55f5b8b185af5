# task: e11.3
# diagnosis: other-offers
import asyncio

from fwlab import App
from fwlab.course import couriers

app = App()


@app.get("/delivery", cancel_on_disconnect=True)
async def delivery():
    async with asyncio.TaskGroup() as group:
        bike = group.create_task(couriers.ask_courier("bike"))
        van = group.create_task(couriers.ask_courier("van"))
    return {"bike": bike.result(), "van": bike.result()}
