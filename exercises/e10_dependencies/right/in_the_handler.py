# task: e10.4
from fwlab import App
from fwlab.course.connections import ConnectionPool
from fwlab.course.steps.step09 import orders

pool = ConnectionPool(orders(), size=3, patience=10.0)
shop = App()


@shop.get("/orders-of/{customer}")
def orders_of(customer: str):
    connection = pool.take_blocking()
    try:
        return connection.orders_of(customer)
    finally:
        pool.give_back(connection)
