# task: e05.1
# diagnosis: never-awaited
from fwlab import App
from fwlab.course.kitchen import grill_patty

app = App()


@app.get("/orders/{number}")
async def order(number: int):
    patty = grill_patty()
    return {"number": number, "burger": patty}
