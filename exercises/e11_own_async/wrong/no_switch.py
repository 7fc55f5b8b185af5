# task: e11.3
# diagnosis: nobody-told-the-handler
import asyncio

from fwlab import App
from fwlab.course import couriers

app = App()


@app.get("/delivery")
async def delivery():
    async with asyncio.TaskGroup() as group:
        bike = group.create_task(couriers.ask_courier("bike"))
        van = group.create_task(couriers.ask_courier("van"))
    return {"bike": bike.result(), "van": van.result()}
