# task: e09.4
# diagnosis: helper-on-the-loop
import sqlite3
import time
from contextlib import closing

from fwlab import App
from fwlab.course.steps.step09 import orders

desk = App()


def read_report(reading):
    reading.execute("BEGIN")  # a report is of one moment,
    time.sleep(0.1)  # and takes its time
    customers = reading.execute("SELECT customer FROM orders WHERE number <= 3").fetchall()
    reading.execute("COMMIT")
    return [customer for (customer,) in customers]


@desk.get("/report")
async def report():
    with closing(sqlite3.connect(orders().path)) as reading:
        return read_report(reading)
