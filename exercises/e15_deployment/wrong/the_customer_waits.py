# task: e15.1
# diagnosis: the-customer-waits
from fwlab import App
from fwlab.course.kitchen import grill_patty

app = App()


@app.post("/orders")
async def order():
    await grill_patty()
    return "Your burger is under way."
