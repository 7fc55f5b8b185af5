# task: e11.4
# diagnosis: the-error-is-swallowed
# state: partly done
from fwlab import App, BackgroundTasks
from fwlab.course.couriers import send_receipt

shop = App()


async def quietly(customer):
    try:
        await send_receipt(customer)
    except Exception:
        pass


@shop.post("/orders/{customer}")
async def order(customer: str, tasks: BackgroundTasks):
    tasks.add_task(quietly, customer)
    return "Your receipt is under way."
