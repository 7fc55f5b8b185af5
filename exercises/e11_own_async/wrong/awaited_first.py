# task: e11.4
# diagnosis: the-customer-waits
from fwlab import App
from fwlab.course.couriers import send_receipt

shop = App()


@shop.post("/orders/{customer}")
async def order(customer: str):
    await send_receipt(customer)
    return "Your receipt is under way."
