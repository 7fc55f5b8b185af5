# task: e10.4
from anyio import to_thread

from fwlab import App
from fwlab.course.connections import ConnectionPool
from fwlab.course.steps.step09 import orders

few = ConnectionPool(orders(), size=3, patience=10.0)
shop = App()


@shop.get("/orders-of/{customer}")
async def find_orders(customer: str):
    connection = await few.take()
    try:
        return await to_thread.run_sync(connection.orders_of, customer)
    finally:
        few.give_back(connection)
