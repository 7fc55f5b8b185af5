# task: e11.3
# diagnosis: in-turn
# state: partly done
from fwlab import App
from fwlab.course import couriers

app = App()


@app.get("/delivery", cancel_on_disconnect=True)
async def delivery():
    return {"bike": await couriers.ask_courier("bike"), "van": await couriers.ask_courier("van")}
