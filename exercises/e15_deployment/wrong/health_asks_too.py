# task: e15.2
# diagnosis: health-asks-the-store
# state: partly done
import anyio

from fwlab import App, HTTPException


def make_app(store):
    app = App()

    @app.get("/health")
    async def health():
        await store.get("menu")
        return "alive"

    @app.get("/ready")
    async def ready():
        with anyio.move_on_after(0.2):
            await store.get("menu")
            return "ready"
        raise HTTPException(503, "The store does not answer.")

    return app
