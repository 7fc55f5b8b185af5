# task: e09.4
import sqlite3
import time
from contextlib import closing
from typing import Annotated

from anyio import to_thread

from fwlab import App, Depends
from fwlab.course.steps.step09 import orders

desk = App()


def path():
    return orders().path


def read_report(reading):
    reading.execute("BEGIN")  # a report is of one moment,
    time.sleep(0.1)  # and takes its time
    customers = reading.execute("SELECT customer FROM orders WHERE number <= 3").fetchall()
    reading.execute("COMMIT")
    return [customer for (customer,) in customers]


@desk.get("/report")
async def report(file: Annotated[str, Depends(path)]):
    return await to_thread.run_sync(opened_and_read, file)


def opened_and_read(file):
    with closing(sqlite3.connect(file)) as reading:
        return read_report(reading)
