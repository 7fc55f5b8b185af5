# task: e09.4
# diagnosis: one-for-everybody
import sqlite3
import time
from contextlib import closing

from fwlab import App
from fwlab.course.steps.step09 import orders

desk = App()

reading = sqlite3.connect(orders().path, check_same_thread=False)


def read_report(reading):
    reading.execute("BEGIN")  # a report is of one moment,
    time.sleep(0.1)  # and takes its time
    customers = reading.execute("SELECT customer FROM orders WHERE number <= 3").fetchall()
    reading.execute("COMMIT")
    return [customer for (customer,) in customers]


@desk.get("/report")
def report():
    return read_report(reading)
