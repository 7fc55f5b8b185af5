# task: e10.4
from fwlab import App
from fwlab.course.connections import ConnectionPool
from fwlab.course.steps.step09 import orders

few = ConnectionPool(orders(), size=3, patience=10.0)
shop = App()


@shop.get("/orders-of/{customer}")
def find_orders(customer: str):
    connection = few.take_blocking()
    try:
        return connection.orders_of(customer)
    finally:
        few.give_back(connection)
