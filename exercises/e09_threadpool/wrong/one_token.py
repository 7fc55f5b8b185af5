# task: e09.4
# diagnosis: one-report-at-a-time
# state: partly done
import sqlite3
import time
from contextlib import closing

from anyio import CapacityLimiter, to_thread

from fwlab import App
from fwlab.course.steps.step09 import orders

desk = App()

ONE = CapacityLimiter(1)


def read_report(reading):
    reading.execute("BEGIN")  # a report is of one moment,
    time.sleep(0.1)  # and takes its time
    customers = reading.execute("SELECT customer FROM orders WHERE number <= 3").fetchall()
    reading.execute("COMMIT")
    return [customer for (customer,) in customers]


def opened_and_read():
    with closing(sqlite3.connect(orders().path)) as reading:
        return read_report(reading)


@desk.get("/report")
async def report():
    return await to_thread.run_sync(opened_and_read, limiter=ONE)
