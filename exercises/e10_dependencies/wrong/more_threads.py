# task: e10.4
# diagnosis: more-threads
from typing import Annotated

from anyio import to_thread

from fwlab import App, Depends
from fwlab.course.connections import Connection, ConnectionPool
from fwlab.course.steps.step09 import orders

few = ConnectionPool(orders(), size=3, patience=10.0)


async def sixty():
    to_thread.current_default_thread_limiter().total_tokens = 60


shop = App(dependencies=[Depends(sixty)])


def lent():
    connection = few.take_blocking()
    try:
        yield connection
    finally:
        few.give_back(connection)


@shop.get("/orders-of/{customer}")
def find_orders(customer: str, connection: Annotated[Connection, Depends(lent, scope="function")]):
    return connection.orders_of(customer)
