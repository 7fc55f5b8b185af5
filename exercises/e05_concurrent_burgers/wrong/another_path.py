# task: e05.1
# diagnosis: nobody-at-the-path
from fwlab import App
from fwlab.course.kitchen import grill_patty

app = App()


@app.post("/orders/{number}")
async def order(number: int):
    patty = await grill_patty()
    return {"number": number, "burger": patty}
