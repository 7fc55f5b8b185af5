# task: e05.1
# diagnosis: blocking-inside-async-def
import time

from fwlab import App

app = App()


@app.get("/orders/{number}")
async def order(number: int):
    time.sleep(0.4)
    return {"number": number, "burger": "patty"}
