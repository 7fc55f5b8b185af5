# task: e15.1
from fwlab import App, BackgroundTasks
from fwlab.course.kitchen import grill_patty

app = App()


@app.post("/orders")
async def order(tasks: BackgroundTasks):
    tasks.add_task(grill_patty)
    return "Your burger is under way."
