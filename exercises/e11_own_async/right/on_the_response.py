# task: e11.4
from fwlab import App
from fwlab.background import BackgroundTask
from fwlab.course.couriers import send_receipt
from fwlab.responses import JSONResponse

shop = App()


@shop.post("/orders/{customer}")
async def order(customer: str):
    return JSONResponse("Your receipt is under way.", background=BackgroundTask(send_receipt, customer))
