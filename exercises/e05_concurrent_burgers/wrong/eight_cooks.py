# task: e05.1
# diagnosis: cashiers-who-cook
from fwlab import App
from fwlab.course.kitchen import grill_patty_blocking

app = App()


@app.get("/orders/{number}")
def order(number: int):
    patty = grill_patty_blocking()
    return {"number": number, "burger": patty}
