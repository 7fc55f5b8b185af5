# task: e15.3
# diagnosis: other-numbers
from fwlab import App


def make_numbered(store):
    app = App()
    mine = None
    last = 0

    @app.post("/orders")
    async def order():
        nonlocal mine, last
        if mine is None:
            mine = 1000 * await store.add("workers", 1)
        last += 1
        return mine + last

    return app
