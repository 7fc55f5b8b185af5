# task: e10.4
# diagnosis: more-connections
from typing import Annotated

from fwlab import App, Depends
from fwlab.course.connections import Connection, ConnectionPool
from fwlab.course.steps.step09 import orders

pool = ConnectionPool(orders(), size=200, patience=10.0)
shop = App()


def a_connection():
    connection = pool.take_blocking()
    try:
        yield connection
    finally:
        pool.give_back(connection)


@shop.get("/orders-of/{customer}")
def orders_of(customer: str, connection: Annotated[Connection, Depends(a_connection, scope="function")]):
    return connection.orders_of(customer)
