# task: e11.4
# diagnosis: lost-task
import asyncio

from fwlab import App
from fwlab.course.couriers import send_receipt

shop = App()


@shop.post("/orders/{customer}")
async def order(customer: str):
    task = asyncio.create_task(send_receipt(customer))
    assert task
    return "Your receipt is under way."
