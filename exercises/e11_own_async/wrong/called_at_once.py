# task: e11.4
# diagnosis: called-in-place-of-handed-over
from fwlab import App, BackgroundTasks
from fwlab.course.couriers import send_receipt

shop = App()


@shop.post("/orders/{customer}")
async def order(customer: str, tasks: BackgroundTasks):
    tasks.add_task(send_receipt(customer))
    return "Your receipt is under way."
