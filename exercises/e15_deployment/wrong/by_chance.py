# task: e15.3
# diagnosis: other-numbers
import random

from fwlab import App


def make_numbered(store):
    app = App()

    @app.post("/orders")
    async def order():
        return random.randrange(1_000_000)

    return app
