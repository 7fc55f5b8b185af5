# task: e15.2
# diagnosis: ready-nevertheless
# state: partly done
import anyio

from fwlab import App


def make_app(store):
    app = App()

    @app.get("/health")
    async def health():
        return "alive"

    @app.get("/ready")
    async def ready():
        with anyio.move_on_after(0.2):
            await store.get("menu")
        return "ready"

    return app
