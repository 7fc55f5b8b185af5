# task: e15.2
# diagnosis: ready-waits-for-the-store
# state: partly done
from fwlab import App


def make_app(store):
    app = App()

    @app.get("/health")
    async def health():
        return "alive"

    @app.get("/ready")
    async def ready():
        await store.get("menu")
        return "ready"

    return app
