# task: e05.2
# diagnosis: lost-in-the-pause
from fwlab.course.kitchen import grill_patty

last = 0


async def take_order(customer: str):
    global last
    number = last + 1
    await grill_patty()
    last = number
    return {"number": number, "customer": customer}
