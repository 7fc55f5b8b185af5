# task: e15.2
# diagnosis: not-ready-when-it-is
import anyio

from fwlab import App, HTTPException


def make_app(store):
    app = App()

    @app.get("/health")
    async def health():
        return "alive"

    @app.get("/ready")
    async def ready():
        with anyio.move_on_after(0.2):
            await store.get("menu")
            "ready"
        raise HTTPException(503, "The store does not answer.")

    return app
