# task: e05.2
from itertools import count

from fwlab.course.kitchen import grill_patty

numbers = count(1)


async def take_order(customer: str):
    number = next(numbers)
    await grill_patty()
    return {"number": number, "customer": customer}
