# task: e05.2
# diagnosis: nobody-grills
last = 0


async def take_order(customer: str):
    global last
    last += 1
    return {"number": last, "customer": customer}
