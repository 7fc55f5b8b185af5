# task: e09.4
import sqlite3
import time
from contextlib import closing
from typing import Annotated

from fwlab import App, Depends
from fwlab.course.steps.step09 import orders

desk = App()


def connection():
    with closing(sqlite3.connect(orders().path, check_same_thread=False)) as opened:
        yield opened


def read_report(reading):
    reading.execute("BEGIN")  # a report is of one moment,
    time.sleep(0.1)  # and takes its time
    customers = reading.execute("SELECT customer FROM orders WHERE number <= 3").fetchall()
    reading.execute("COMMIT")
    return [customer for (customer,) in customers]


@desk.get("/report")
def report(reading: Annotated[sqlite3.Connection, Depends(connection)]):
    return read_report(reading)
