# task: e11.4
# diagnosis: never-awaited
from fwlab import App
from fwlab.course.couriers import send_receipt

shop = App()


@shop.post("/orders/{customer}")
async def order(customer: str):
    send_receipt(customer)
    return "Your receipt is under way."
