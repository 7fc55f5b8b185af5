# task: e10.4
# diagnosis: never-awaited
from typing import Annotated

from fwlab import App, Depends
from fwlab.course.connections import Connection, ConnectionPool
from fwlab.course.steps.step09 import orders

few = ConnectionPool(orders(), size=3, patience=10.0)
shop = App()


async def lent():
    connection = few.take()
    try:
        yield connection
    finally:
        few.give_back(connection)


@shop.get("/orders-of/{customer}")
def find_orders(customer: str, connection: Annotated[Connection, Depends(lent, scope="function")]):
    return connection.orders_of(customer)
