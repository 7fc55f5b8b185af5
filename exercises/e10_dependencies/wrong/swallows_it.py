# task: e10.3
# diagnosis: swallowed
from typing import Annotated

from fwlab import App, Depends, HTTPException
from fwlab.course.connections import Connection, ConnectionPool
from fwlab.course.steps.step09 import orders

pool = ConnectionPool(orders(), size=2, patience=1.0)
app = App()


async def a_connection():
    connection = await pool.take()
    try:
        yield connection
    except Exception:
        pass
    pool.give_back(connection)


@app.get("/orders-of/{customer}")
def orders_of(customer: str, connection: Annotated[Connection, Depends(a_connection, scope="function")]):
    if customer == "nobody":
        raise HTTPException(404, "Nobody has ordered nothing.")
    return connection.orders_of(customer)
