# task: e11.3
# diagnosis: the-tasks-did-not-hear
# state: partly done
import asyncio

from fwlab import App
from fwlab.course import couriers

app = App()


@app.get("/delivery", cancel_on_disconnect=True)
async def delivery():
    bike = asyncio.create_task(couriers.ask_courier("bike"))
    van = asyncio.create_task(couriers.ask_courier("van"))
    return {"bike": await bike, "van": await van}
